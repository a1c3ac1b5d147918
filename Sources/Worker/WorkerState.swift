internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Synchronization

/// What the loops of one worker share: who it is in the queue, what it holds, and whether it is to stop.
final class WorkerState: Sendable {
    private struct Fields {
        var worker: WorkerID = 0
        /// By fence: a job that was lost may come back while its old attempt still ends.
        var held: [Int64: RunningAttempt] = [:]
        var isStopping = false
        var isPastDrain = false
        /// A claim's answer was lost, so the queue may count attempts to this worker that it knows nothing of.
        var hasDoubtfulClaim = false
        var lastContact: ContinuousClock.Instant?
        var failedStarts = 0
        var fatal: Failure?
    }

    private let fields = Mutex(Fields())
    /// Rings when the lines should look again: a slot is free, work may have come, or it is to stop.
    let bell = Bell()
    let stopped = OneShot<Bool>()

    func ring() { bell.ring() }

    var worker: WorkerID { fields.withLock { $0.worker } }
    var isStopping: Bool { fields.withLock { $0.isStopping } }
    var isPastDrain: Bool { fields.withLock { $0.isPastDrain } }
    var hasDoubtfulClaim: Bool { fields.withLock { $0.hasDoubtfulClaim } }
    var fatal: Failure? { fields.withLock { $0.fatal } }
    var held: [RunningAttempt] { fields.withLock { Array($0.held.values) } }
    var heldCount: Int { fields.withLock { $0.held.count } }

    func joined(as worker: WorkerID) {
        fields.withLock { ($0.worker, $0.hasDoubtfulClaim, $0.lastContact) = (worker, false, .now) }
    }

    func noteDoubtfulClaim() { fields.withLock { $0.hasDoubtfulClaim = true } }

    func noteContact() { fields.withLock { $0.lastContact = .now } }

    /// Whether the queue heard of this worker lately; if not, its own attempts look dead in there.
    func hadContact(within span: Duration) -> Bool {
        fields.withLock { $0.lastContact.map { ContinuousClock.now - $0 < span } ?? false }
    }

    func hold(_ claim: Claim) -> RunningAttempt {
        let attempt = RunningAttempt(claim)
        fields.withLock { fields in
            fields.held[claim.fence] = attempt
            if fields.isPastDrain { attempt.stop(.shutdown) }
        }
        return attempt
    }

    func drop(_ attempt: RunningAttempt) {
        let wasHeld = fields.withLock { $0.held.removeValue(forKey: attempt.claim.fence) != nil }
        if wasHeld { ring() }
    }

    /// Makes room at once for attempts that the queue has seen the end of.
    func release(_ fences: some Sequence<Int64>) {
        fields.withLock { fields in
            for fence in fences { fields.held[fence] = nil }
        }
    }

    func stopAll(_ cause: StopCause) { for attempt in held { attempt.stop(cause) } }

    /// Starts the drain; true when it had not begun.
    func beginStop(because failure: Failure? = nil) {
        fields.withLock { fields in
            fields.isStopping = true
            fields.fatal = fields.fatal ?? failure
        }
        stopped.set(true)
        ring()
    }

    /// From here on nothing is waited for.
    func endDrain() {
        fields.withLock { $0.isPastDrain = true }
        stopAll(.shutdown)
    }

    /// Counts executors that did not start, in a row; answers how many.
    func noteStart(succeeded: Bool) -> Int {
        fields.withLock { fields in
            fields.failedStarts = succeeded ? 0 : fields.failedStarts + 1
            return fields.failedStarts
        }
    }
}
