internal import Foundation
internal import Glibc
internal import Pipeline
internal import Synchronization

/// Writes one blob to a file beside its place, and hands the file over when its bytes are on the disk.
final class DirectoryBlobWriter: BlobWriter {
    private struct Open: ~Copyable {
        let descriptor: FileDescriptor
        var hasher: SHA256Hasher
    }

    private struct State: ~Copyable {
        var open: Open?
        var count = 0
    }

    private let file: URL
    private let disk: DiskCalls
    private let settle: @Sendable (URL, Blob) throws(Failure) -> Void
    private let state: Mutex<State>

    init(
        file: URL, disk: DiskCalls, settle: @escaping @Sendable (URL, Blob) throws(Failure) -> Void
    ) throws(Failure) {
        (self.file, self.disk, self.settle) = (file, disk, settle)
        let hasher = try SHA256Hasher()
        state = Mutex(State(open: Open(descriptor: try FileDescriptor.fresh(file), hasher: hasher)))
    }

    deinit { abandon() }

    var count: Int { state.withLock { $0.count } }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        let lent = LentBytes(bytes: bytes)
        do throws(Failure) {
            try state.withLock { (state) throws(Failure) in
                guard var open = state.open.take() else { throw Self.ended }
                try write(lent.bytes, to: open.descriptor)
                try open.hasher.update(lent.bytes)
                state.count += lent.bytes.count
                state.open = consume open
            }
        } catch {
            unlink(file.path)
            throw error
        }
    }

    func commit(expecting expected: String?) throws(Failure) -> Blob {
        do throws(Failure) {
            let blob = try state.withLock { (state) throws(Failure) in
                guard var open = state.open.take() else { throw Self.ended }
                let blob = Blob(sha256: try open.hasher.finish(), bytes: state.count)
                guard expected == nil || expected == blob.sha256 else {
                    throw Failure(
                        .hashMismatch, "The bytes are not those that their name says.",
                        hint: "Send them again; the name is the SHA-256 of the bytes.", detail: "found \(blob.sha256)")
                }
                guard fchmod(open.descriptor.number, 0o400) == 0, disk.synchronise(open.descriptor.number) == 0 else {
                    throw FileDescriptor.storageFailure("fsync")
                }
                return blob
            }
            try settle(file, blob)
            return blob
        } catch {
            unlink(file.path)
            throw error
        }
    }

    func abandon() {
        let wasOpen = state.withLock { state in
            guard let open = state.open.take() else { return false }
            _ = consume open
            return true
        }
        if wasOpen { unlink(file.path) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to descriptor: borrowing FileDescriptor) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            let count = disk.write(descriptor.number, rest)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileDescriptor.storageFailure("write") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    private static var ended: Failure {
        Failure(.internalError, "The blob was ended already.")
    }
}

// @unchecked: the bytes are only read, and only during the call that they were lent for.
private struct LentBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
}
