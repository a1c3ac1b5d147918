internal import JobQueue
internal import Pipeline
internal import Synchronization

/// A claim in work: what the heartbeat reports of it, and why it should stop.
final class RunningAttempt: Sendable {
    let claim: Claim
    let ledger: AttemptLedger
    private let cause = Mutex<StopCause?>(nil)

    init(_ claim: Claim) {
        self.claim = claim
        ledger = AttemptLedger(attempt: claim.fence)
    }

    var report: AttemptReport { AttemptReport(job: claim.job, fence: claim.fence, progress: ledger.progress) }

    var stopCause: StopCause? { cause.withLock { $0 } }

    /// The first cause stays, except that a lost lease outdoes every other: there is nobody left to tell.
    func stop(_ cause: StopCause) {
        self.cause.withLock { if $0 == nil || cause == .leaseLost { $0 = cause } }
    }
}
