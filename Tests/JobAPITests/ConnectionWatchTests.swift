import Glibc
import Testing

@testable import JobAPI

struct ConnectionWatchTests {
    /// Two ends of a stream; what is written to one is read from the other.
    private final class Ends {
        let ours: Int32
        let theirs: Int32

        init() throws {
            var both: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &both) == 0)
            (ours, theirs) = (both[0], both[1])
        }

        deinit {
            close(ours)
            close(theirs)
        }

        /// Whether our side was shut: the other one reads the end.
        var isShut: Bool {
            var byte: UInt8 = 0
            return recv(theirs, &byte, 1, Int32(MSG_DONTWAIT)) == 0
        }
    }

    private let watch = ConnectionWatch()

    @Test func `shuts what is late, and only that`() throws {
        let (late, early, free) = (try Ends(), try Ends(), try Ends())
        let now = ContinuousClock.now
        watch.set(now + .seconds(1), expectsBytes: false, socket: late.ours)
        watch.set(now + .seconds(3), expectsBytes: false, socket: early.ours)
        watch.set(nil, expectsBytes: false, socket: free.ours)
        watch.look(now: now)
        #expect(!late.isShut)
        watch.look(now: now + .seconds(2))
        #expect((late.isShut, early.isShut, free.isShut) == (true, false, false))
    }

    @Test func `shuts what has ended at the second look, when it expects bytes`() throws {
        let (left, working) = (try Ends(), try Ends())
        watch.set(nil, expectsBytes: true, socket: left.ours)
        watch.set(nil, expectsBytes: false, socket: working.ours)
        for ends in [left, working] { shutdown(ends.theirs, Int32(SHUT_WR)) }
        watch.look()
        #expect(!left.isShut)
        watch.look()
        #expect((left.isShut, working.isShut) == (true, false))
    }

    @Test func `waits while there are bytes to read, and begins anew when some were`() throws {
        let ends = try Ends()
        watch.set(nil, expectsBytes: true, socket: ends.ours)
        #expect(send(ends.theirs, "ab", 2, 0) == 2)
        shutdown(ends.theirs, Int32(SHUT_WR))
        for _ in 0..<3 { watch.look() }
        #expect(!ends.isShut)
        var bytes: [UInt8] = [0, 0]
        #expect(recv(ends.ours, &bytes, 2, 0) == 2)
        watch.look()
        watch.moved(expectsBytes: true, socket: ends.ours)
        watch.look()
        #expect(!ends.isShut)
        watch.moved(expectsBytes: false, socket: ends.ours)
        for _ in 0..<3 { watch.look() }
        #expect(!ends.isShut)
    }

    @Test func `forgets what is closed`() throws {
        let ends = try Ends()
        watch.set(.now, expectsBytes: true, socket: ends.ours)
        watch.forget(socket: ends.ours)
        watch.moved(expectsBytes: true, socket: ends.ours)
        watch.look(now: .now + .seconds(9))
        #expect(!ends.isShut)
    }
}
