public import Foundation
internal import Synchronization

/// A wall clock that only a test moves.
public final class ManualClock: Sendable {
    private let time: Mutex<Date>

    public init(_ start: Date = Date(timeIntervalSince1970: 1_800_000_000)) { time = Mutex(start) }

    public var now: Date { time.withLock { $0 } }

    public func advance(by span: Duration) {
        time.withLock { $0 += Double(span.components.seconds) + Double(span.components.attoseconds) * 1e-18 }
    }
}
