internal import Glibc
internal import Synchronization

/// Ends connections that are too slow, and those whose peer has gone.
///
/// libmicrohttpd only times out silence, so a header or a body that trickles in byte by byte would never end. And on
/// edge-triggered epoll it misses the end of a connection that arrives together with the last bytes.
final class ConnectionWatch: Sendable {
    private struct Entry {
        var deadline: ContinuousClock.Instant?
        /// We wait for bytes, so a peer that will send none has gone.
        var expectsBytes: Bool
        /// The peer had ended its side at the last look, and nothing has happened since.
        var wasEnded = false
    }

    private let entries = Mutex<[Int32: Entry]>([:])

    /// The connection must have come further by `deadline`.
    func set(_ deadline: ContinuousClock.Instant?, expectsBytes: Bool, socket: Int32) {
        entries.withLock { $0[socket] = Entry(deadline: deadline, expectsBytes: expectsBytes) }
    }

    /// Bytes came; whether more are expected before anything else happens.
    func moved(expectsBytes: Bool, socket: Int32) {
        entries.withLock { entries in
            entries[socket]?.expectsBytes = expectsBytes
            entries[socket]?.wasEnded = false
        }
    }

    /// The connection is about to be closed.
    func forget(socket: Int32) {
        entries.withLock { _ = $0.removeValue(forKey: socket) }
    }

    /// Shuts what is late or left. The lock is held meanwhile, so that no socket is closed and taken anew in between.
    func look(now: ContinuousClock.Instant = .now) {
        entries.withLock { entries in
            for socket in Self.ended(among: entries.filter(\.value.expectsBytes).keys) {
                // Only at the second look: at the first one the library may be about to read the last bytes.
                if entries[socket]?.wasEnded == true { entries[socket]?.deadline = now }
                entries[socket]?.wasEnded = true
            }
            for (socket, entry) in entries where entry.deadline.map({ $0 <= now }) ?? false {
                entries[socket] = nil
                shutdown(socket, Int32(SHUT_RDWR))
            }
        }
    }

    /// Those that have sent their last byte, all of which was read.
    private static func ended(among sockets: some Sequence<Int32>) -> [Int32] {
        var polls = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polls, nfds_t(polls.count), 0) > 0 else { return [] }
        return polls.filter { $0.revents != 0 && isAtEnd($0.fd) }.map { $0.fd }
    }

    private static func isAtEnd(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }
}
