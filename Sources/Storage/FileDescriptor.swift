internal import Foundation
internal import Glibc
internal import Pipeline

/// An open file that closes itself; each call's errno becomes a failure here and nowhere else.
struct FileDescriptor: ~Copyable {
    let number: Int32
    static let pieceBytes = 1 << 20

    init(adopting number: Int32) { self.number = number }

    deinit { _ = close(number) }

    /// Opens a regular file for reading; FIFOs and devices are refused without waiting for them.
    static func source(_ file: URL, followLinks: Bool) throws(Failure) -> FileDescriptor {
        let number = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followLinks ? 0 : O_NOFOLLOW))
        guard number >= 0 else {
            let missing = errno == ENOENT || errno == ENOTDIR
            throw Failure(
                missing ? .inputMissing : .inputUnreadable,
                missing ? "The file does not exist." : "The file can't be opened.",
                hint: "Check the path and its rights.", detail: Self.detail("open"))
        }
        let descriptor = FileDescriptor(adopting: number)
        guard try descriptor.status().st_mode & S_IFMT == S_IFREG else {
            throw Failure(.inputUnreadable, "This is not a regular file.", hint: "Check the path.")
        }
        return descriptor
    }

    /// Creates a file that was not there, readable by its owner only.
    static func fresh(_ file: URL) throws(Failure) -> FileDescriptor {
        let number = open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw storageFailure("create") }
        return FileDescriptor(adopting: number)
    }

    borrowing func status() throws(Failure) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw Self.storageFailure("fstat") }
        return status
    }

    /// Calls `body` with piece after piece up to the end of the file.
    borrowing func readAll(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = read(number, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure(.inputUnreadable, "The file can't be read.", detail: Self.detail("read"))
            }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }

    borrowing func hashed() throws(Failure) -> Blob {
        var hasher = try SHA256Hasher()
        var bytes = 0
        try readAll { (piece) throws(Failure) in
            try hasher.update(piece)
            bytes += piece.count
        }
        return Blob(sha256: try hasher.finish(), bytes: bytes)
    }

    static func storageFailure(_ call: String) -> Failure {
        let full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG
        return Failure(
            .storageUnavailable, full ? "The storage is full." : "The storage can't be used.",
            hint: full ? "Free some disk space." : "Check the storage folder and its rights.", detail: detail(call))
    }

    private static func detail(_ call: String) -> String { "\(call): \(String(cString: strerror(errno)))" }
}

/// The two calls that a full or broken disk shows up in; tests put their own in place.
struct DiskCalls: Sendable {
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    var synchronise: @Sendable (_ descriptor: Int32) -> Int32

    static let system = DiskCalls(
        write: { descriptor, bytes in Glibc.write(descriptor, bytes.baseAddress, bytes.count) },
        synchronise: { descriptor in fsync(descriptor) })
}
