internal import Foundation
internal import Pipeline

/// The pictures below a folder, folder by folder, in the order of their names.
enum PictureFolders {
    /// What a folder's files are taken by; a file that is named itself is always taken.
    static let suffixes: Set<String> = ["jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "tif", "tiff"]

    /// Gives each folder that holds pictures to `body`, with them. Hidden ones are left out; links to folders are not
    /// followed, so that no circle is.
    ///
    /// - Throws: `inputUnreadable`, and what `body` throws.
    static func walk(_ folder: URL, _ body: (URL, [URL]) throws(Failure) -> Void) throws(Failure) {
        let keys: [URLResourceKey] = [.isDirectoryKey, .isSymbolicLinkKey]
        let entries: [URL]
        do {
            entries = try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
        } catch {
            throw Failure(
                .inputUnreadable, "The folder \(folder.path) can't be read.", hint: "Check its rights.",
                detail: "\(error)")
        }
        var (pictures, folders): ([URL], [URL]) = ([], [])
        for entry in entries.sorted(by: { $0.lastPathComponent < $1.lastPathComponent }) {
            let facts = try? entry.resourceValues(forKeys: Set(keys))
            if facts?.isDirectory == true {
                if facts?.isSymbolicLink != true { folders.append(entry) }
            } else if suffixes.contains(entry.pathExtension.lowercased()) {
                pictures.append(entry)
            }
        }
        if !pictures.isEmpty { try body(folder, pictures) }
        for folder in folders { try walk(folder, body) }
    }
}
