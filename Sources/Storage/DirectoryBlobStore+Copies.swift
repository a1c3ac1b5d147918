internal import Foundation
internal import Glibc
public import Pipeline

extension DirectoryBlobStore {
    /// Gives each stored blob's name, size and age in seconds to `body`, in the order of the names. Blocks.
    public func each(_ body: (Blob, _ age: Double) throws(Failure) -> Void) throws(Failure) {
        for first in try Self.names(in: root, length: 2) {
            for second in try Self.names(in: root.appending(path: first), length: 2) {
                let folder = root.appending(path: "\(first)/\(second)")
                for name in try Self.names(in: folder, length: 64) where SHA256Hasher.isName(name) {
                    var status = stat()
                    // One that is removed meanwhile is not there.
                    guard stat(folder.appending(path: name).path, &status) == 0 else { continue }
                    let age = Date.now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
                    try body(Blob(sha256: name, bytes: Int(status.st_size)), age)
                }
            }
        }
    }

    /// Whether a stored blob's bytes are those that its name says; false also when it is not there.
    public func isWhole(_ sha256: String) throws(Failure) -> Bool {
        guard try size(of: sha256) != nil else { return false }
        do throws(Failure) { return try SHA256Hasher.hash(file: try file(sha256)).sha256 == sha256 } catch {
            guard error.kind == .unreadableInput || error.kind == .missingInput else { throw error }
            return false
        }
    }

    /// Takes a blob from another store: the same file under a second name where the file systems allow, else a copy.
    ///
    /// - Returns: false when the other store has none.
    public func take(_ sha256: String, from other: DirectoryBlobStore) throws(Failure) -> Bool {
        guard let bytes = try other.size(of: sha256) else { return false }
        if try size(of: sha256) == bytes { return true }
        let (source, target) = (try other.place(of: sha256), try place(of: sha256))
        try ScratchSpace.makeFolder(target.deletingLastPathComponent())
        unlink(target.path)
        if link(source.path, target.path) == 0 { return true }
        if errno == ENOENT { return false }
        _ = try put(file: source, move: false)
        return try size(of: sha256) == bytes
    }

    private static func names(in folder: URL, length: Int) throws(Failure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.utf8.count == length }.sorted()
        } catch {
            throw Failure(
                .storageUnavailable, "A folder of the storage can't be read.", hint: "Check its rights.",
                detail: "\(folder.path): \(error)")
        }
    }
}
