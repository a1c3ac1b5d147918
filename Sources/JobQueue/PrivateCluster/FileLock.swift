internal import Foundation
internal import Pipeline

/// A lock on a file by flock: it goes with the process that holds it, however that ends, and children don't inherit it.
// @unchecked: the descriptor never changes, and flock is a system call.
final class FileLock: @unchecked Sendable {
    private let descriptor: Int32

    init(_ file: URL) throws(Failure) {
        descriptor = Foundation.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .databaseUnavailable, "The private database's folder can't be used.",
                hint: "Does it belong to another user? Choose another with RUNDUM_HOME.",
                detail: "\(file.path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { Foundation.close(descriptor) }

    func tryExclusive() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
    func tryShared() -> Bool { flock(descriptor, LOCK_SH | LOCK_NB) == 0 }
    func unlock() { _ = flock(descriptor, LOCK_UN) }

    /// Runs `body` under the exclusive lock; others get `seconds` to let go.
    func exclusively<R>(seconds: Double, _ body: () throws(Failure) -> R) throws(Failure) -> R {
        guard Deadline.reaches(within: seconds, { tryExclusive() }) else {
            throw Failure(
                .databaseUnavailable, "Another program is starting or stopping the private database and does not end.",
                hint: "Look for hanging rundum processes.")
        }
        defer { unlock() }
        return try body()
    }
}

/// Waiting for another process, on a thread that may block.
enum Deadline {
    /// Asks `condition` every few milliseconds; false when the time is over.
    static func reaches(within seconds: Double, _ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !condition() {
            if ContinuousClock.now >= end { return false }
            usleep(5000)
        }
        return true
    }
}
