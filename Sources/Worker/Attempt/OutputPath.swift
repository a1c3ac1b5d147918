/// The relative paths that outputs may have in a result folder.
enum OutputPath {
    /// True for `frames/003.webp`; false for anything absolute, hidden, upward or unprintable.
    static func isSafe(_ path: String) -> Bool {
        guard !path.isEmpty, path.utf8.count <= 400 else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 200
                && part.unicodeScalars.allSatisfy { $0.value > 31 && $0.value != 127 && $0 != "\\" && $0 != ":" }
        }
    }
}
