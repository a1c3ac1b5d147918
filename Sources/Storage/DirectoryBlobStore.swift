public import Foundation
internal import Glibc
public import Pipeline

/// Blobs as read-only files `ab/cd/<sha256>` of one directory.
///
/// A blob is written beside, made durable, then renamed into place: it is there whole or not at all, also after a power
/// cut. Many processes may share the directory.
public struct DirectoryBlobStore: BlobStore {
    let root: URL
    private let incoming: URL
    private let disk: DiskCalls

    /// Makes the directory (mode 0700) where it is missing and removes unfinished files of processes that are gone.
    ///
    /// - Throws: `storageUnavailable`.
    public init(root: URL) throws(Failure) { try self.init(root: root, disk: .system) }

    init(root: URL, disk: DiskCalls) throws(Failure) {
        (self.root, self.disk) = (root, disk)
        incoming = root.appending(path: "incoming")
        try ScratchSpace.makeFolder(incoming)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: incoming.path)) ?? [] {
            guard let tag = name.split(separator: "+").first, ProcessIdentity(tag: tag)?.isGone == true else {
                continue
            }
            unlink(incoming.appending(path: name).path)
        }
    }

    public func begin() throws(Failure) -> any BlobWriter { try writer() }

    public func put(file: URL, move: Bool) throws(Failure) -> Blob {
        let source = try FileDescriptor.source(file, followLinks: !move)
        if move, let blob = try adopt(file, source) { return blob }
        let writer = try writer()
        try source.readAll { (piece) throws(Failure) in try writer.write(piece) }
        let blob = try writer.commit(expecting: nil)
        if move { unlink(file.path) }
        return blob
    }

    public func size(of sha256: String) throws(Failure) -> Int? {
        var status = stat()
        guard stat(try place(of: sha256).path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileDescriptor.storageFailure("stat")
        }
        return Int(status.st_size)
    }

    public func file(_ sha256: String) throws(Failure) -> URL {
        guard try size(of: sha256) != nil else {
            throw Failure(.notFound, "There is no such blob.", hint: "Upload it first.", detail: sha256)
        }
        return try place(of: sha256)
    }

    public func remove(_ sha256: String) throws(Failure) {
        guard unlink(try place(of: sha256).path) == 0 || errno == ENOENT || errno == ENOTDIR else {
            throw FileDescriptor.storageFailure("unlink")
        }
    }

    private func writer() throws(Failure) -> DirectoryBlobWriter {
        let file = incoming.appending(path: "\(ProcessIdentity.current.tag)+\(UUID().uuidString)")
        return try DirectoryBlobWriter(file: file, disk: disk) { (file, blob) throws(Failure) in
            try settle(file, as: blob)
        }
    }

    /// Takes the file itself, or answers nil where only a copy will do: another file system, somebody else's file.
    private func adopt(_ file: URL, _ source: borrowing FileDescriptor) throws(Failure) -> Blob? {
        let taken = incoming.appending(path: "\(ProcessIdentity.current.tag)+\(UUID().uuidString)")
        guard rename(file.path, taken.path) == 0 else { return nil }
        do throws(Failure) {
            let blob = try source.hashed()
            guard fchmod(source.number, 0o400) == 0, disk.synchronise(source.number) == 0 else {
                throw FileDescriptor.storageFailure("fsync")
            }
            try settle(taken, as: blob)
            return blob
        } catch {
            // The caller keeps its file when it could not be stored.
            rename(taken.path, file.path)
            throw error
        }
    }

    /// Moves a durable file to its place; where the same blob stands already, that one stays.
    private func settle(_ file: URL, as blob: Blob) throws(Failure) {
        let place = try place(of: blob.sha256)
        let folder = place.deletingLastPathComponent()
        if try size(of: blob.sha256) == blob.bytes {
            unlink(file.path)
        } else {
            try ScratchSpace.makeFolder(folder)
            guard rename(file.path, place.path) == 0 else { throw FileDescriptor.storageFailure("rename") }
        }
        for folder in [folder, folder.deletingLastPathComponent(), root] { try synchronise(folder: folder) }
    }

    private func synchronise(folder: URL) throws(Failure) {
        let number = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileDescriptor.storageFailure("open") }
        let descriptor = FileDescriptor(adopting: number)
        guard disk.synchronise(descriptor.number) == 0 else { throw FileDescriptor.storageFailure("fsync") }
    }

    /// Where a blob stands. A name that is not a hash never becomes a path.
    func place(of sha256: String) throws(Failure) -> URL {
        guard SHA256Hasher.isName(sha256) else {
            throw Failure(
                .invalidRequest, "This is not the name of a blob.",
                hint: "A name is the SHA-256 of the bytes: 64 lower-case hexadecimal digits.")
        }
        return root.appending(path: "\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256)")
    }
}
