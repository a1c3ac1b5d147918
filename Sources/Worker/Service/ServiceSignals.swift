internal import Dispatch
internal import Glibc
internal import Synchronization

/// What the signals of a service's process ask for, in the order of their coming; ends with the object.
///
/// The first SIGTERM or SIGINT asks to stop, the second to stop at once, the third ends the process. SIGHUP asks to read
/// the settings again; on a terminal it means that the terminal is gone, and asks to stop.
// @unchecked: the sources are made and cancelled only, and Dispatch's objects may be called from any thread.
public final class ServiceSignals: @unchecked Sendable {
    public enum Call: Sendable, Equatable { case stop, stopNow, reload }

    public let calls: AsyncStream<Call>
    private let rope: AsyncStream<Call>.Continuation
    private let sources: [any DispatchSourceSignal]

    public init() {
        let (calls, rope) = AsyncStream.makeStream(of: Call.self)
        let hasTerminal = isatty(STDIN_FILENO) == 1
        let tally = Tally()
        self.calls = calls
        self.rope = rope
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            var present = sigaction()
            sigaction(number, nil, &present)
            // Only where nobody listens yet: ignoring it again would cut off another source's handler, and with it this one.
            if present.__sigaction_handler.sa_handler == nil { signal(number, SIG_IGN) }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if number == SIGHUP, !hasTerminal {
                    rope.yield(.reload)
                    return
                }
                switch tally.next() {
                case 1: rope.yield(.stop)
                case 2: rope.yield(.stopNow)
                default: _exit(128 + number)
                }
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        rope.finish()
    }

    private final class Tally: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }
}
