internal import Glibc
internal import Synchronization

/// Shuts connections that are too slow.
///
/// libmicrohttpd only times out silence, so a header or a body that trickles in byte by byte would never end.
final class ConnectionDeadlines: Sendable {
    private let due = Mutex<[Int32: ContinuousClock.Instant]>([:])

    /// The connection must have come further by `deadline`; nil lets it be.
    func set(_ deadline: ContinuousClock.Instant?, socket: Int32) {
        due.withLock { $0[socket] = deadline }
    }

    /// Ends what is late. The lock is held while it shuts, so a socket cannot be closed and taken anew in between.
    ///
    /// - Returns: how many were shut.
    @discardableResult
    func enforce(now: ContinuousClock.Instant = .now) -> Int {
        due.withLock { due in
            let late = due.filter { $0.value <= now }.keys
            for socket in late {
                due[socket] = nil
                shutdown(socket, Int32(SHUT_RDWR))
            }
            return late.count
        }
    }
}
