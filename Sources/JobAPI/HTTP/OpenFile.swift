internal import Glibc
internal import Pipeline
internal import Synchronization

/// A file that is open for reading, until somebody takes its descriptor or the last reference goes.
final class OpenFile: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `notFound` when the file is gone, `storageUnavailable` when it can't be opened.
    init(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                errno == ENOENT ? .notFound : .storageUnavailable, "The blob could not be opened.",
                detail: "\(path): \(String(cString: strerror(errno)))")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        if let descriptor = take() { close(descriptor) }
    }

    /// The descriptor, now the caller's to close; nil when it was taken before.
    func take() -> Int32? {
        descriptor.withLock { held in
            defer { held = nil }
            return held
        }
    }

    /// The first `count` bytes at most.
    func prefix(_ count: Int) -> [UInt8] {
        descriptor.withLock { held in
            guard let held else { return [] }
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
                used = max(0, pread(held, buffer.baseAddress, count, 0))
            }
        }
    }
}
