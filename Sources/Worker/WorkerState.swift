internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Synchronization

/// What the loops of one worker share: who it is in the queue, what it holds, and whether it is to stop.
final class WorkerState: Sendable {
    private struct Fields {
        var limits: WorkerLimits
        var worker: WorkerID = 0
        /// By fence: a job that was lost may come back while its old attempt still ends.
        var held: [Int64: RunningAttempt] = [:]
        var heldBulk = 0
        var isStopping = false
        var isPastDrain = false
        /// When a claim's answer was lost: since then the queue may count attempts to this worker that it knows nothing of.
        var lastDoubt: ContinuousClock.Instant?
        var lastContact: ContinuousClock.Instant?
        var failedStarts = 0
        var fatal: Failure?

        @discardableResult mutating func remove(_ fence: Int64) -> Bool {
            guard let attempt = held.removeValue(forKey: fence) else { return false }
            if attempt.claim.request.lane == .bulk { heldBulk -= 1 }
            return true
        }
    }

    private let fields: Mutex<Fields>
    /// Rings when the lines should look again: a slot is free, work may have come, or it is to stop.
    let bell = Bell()
    let stopped = OneShot<Bool>()

    init(_ limits: WorkerLimits) { fields = Mutex(Fields(limits: limits)) }

    var limits: WorkerLimits { fields.withLock { $0.limits } }

    func apply(_ limits: WorkerLimits) {
        fields.withLock { $0.limits = limits }
        ring()
    }

    func ring() { bell.ring() }

    var worker: WorkerID { fields.withLock { $0.worker } }
    var isStopping: Bool { fields.withLock { $0.isStopping } }
    var isPastDrain: Bool { fields.withLock { $0.isPastDrain } }
    var fatal: Failure? { fields.withLock { $0.fatal } }
    var held: [RunningAttempt] { fields.withLock { Array($0.held.values) } }
    var heldCount: Int { fields.withLock { $0.held.count } }

    /// What may be claimed now beside what is held.
    var room: ClaimRoom {
        fields.withLock { ClaimRoom(live: $0.held.count - $0.heldBulk, bulk: $0.heldBulk, under: $0.limits) }
    }

    func joined(as worker: WorkerID) {
        fields.withLock { ($0.worker, $0.lastDoubt, $0.lastContact) = (worker, nil, .now) }
    }

    func noteDoubtfulClaim() { fields.withLock { $0.lastDoubt = .now } }

    /// Whether an answer was lost lately.
    func isInDoubt(since span: Duration) -> Bool {
        fields.withLock { $0.lastDoubt.map { ContinuousClock.now - $0 < span } ?? false }
    }

    func noteContact() { fields.withLock { $0.lastContact = .now } }

    /// Whether the queue heard of this worker lately; if not, its own attempts look dead in there.
    func hadContact(within span: Duration) -> Bool {
        fields.withLock { $0.lastContact.map { ContinuousClock.now - $0 < span } ?? false }
    }

    func hold(_ claims: [Claim]) -> [RunningAttempt] {
        let attempts = claims.map(RunningAttempt.init)
        fields.withLock { fields in
            for attempt in attempts {
                fields.held[attempt.claim.fence] = attempt
                if attempt.claim.request.lane == .bulk { fields.heldBulk += 1 }
                if fields.isPastDrain { attempt.stop(.shutdown) }
            }
        }
        return attempts
    }

    func drop(_ attempt: RunningAttempt) {
        let wasHeld = fields.withLock { $0.remove(attempt.claim.fence) }
        if wasHeld { ring() }
    }

    /// Makes room at once for attempts that the queue has seen the end of.
    func release(_ fences: some Sequence<Int64>) {
        fields.withLock { fields in
            for fence in fences { fields.remove(fence) }
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
