/// A single range of `Range: bytes=...` (RFC 9110, 14.1.2).
enum ByteRange: Equatable {
    /// No range that counts: the whole is sent. Several ranges, other units and broken ones are ignored, as the RFC allows.
    case whole
    case part(ClosedRange<Int>)
    case unsatisfiable

    init(_ header: String?, size: Int) {
        guard let header, header.hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.position(ends[0]), let last = Self.position(ends[1]) else {
            self = .whole
            return
        }
        self =
            switch (first, last) {
            case (.absent, .absent): .whole
            case (.absent, .at(let count)):
                count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)...size - 1)
            case (.at(let first), .absent): first >= size ? .unsatisfiable : .part(first...size - 1)
            case (.at(let first), .at(let last)):
                if first > last {
                    .whole
                } else if first >= size {
                    .unsatisfiable
                } else {
                    .part(first...min(last, size - 1))
                }
            }
    }

    private enum Position {
        case absent
        case at(Int)
    }

    private static func position(_ text: Substring) -> Position? {
        if text.isEmpty { return .absent }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return .at(Int(text) ?? .max)
    }
}
