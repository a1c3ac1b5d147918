internal import Pipeline

/// Decides when an attempt must stop and what its end means. No clock and no process: times and sizes are told to it.
struct AttemptWatch: Sendable {
    enum Action: Sendable, Equatable { case none, ask, kill }

    enum Verdict: Sendable, Equatable {
        case finished(JSONValue)
        case failed(Failure, StopCause?)
    }

    private let budget: Budget
    private let ceiling: Int
    private let grace: Duration
    /// Since when the stage was asked to stop, and why.
    private var asked: (at: Duration, cause: StopCause)?
    private var killed = false
    private var overMemory = false
    private(set) var peakBytes = 0

    /// - Parameters:
    ///   - baseline: resident bytes before the attempt. They are models that other kinds keep warm as well, so the
    ///     ceiling stands that much higher than the budget.
    ///   - grace: how long a stage has to obey before its executor is killed.
    init(budget: Budget, baseline: Int, grace: Duration) {
        (self.budget, self.grace) = (budget, grace)
        ceiling = budget.bytes + baseline
    }

    /// One look at the attempt.
    ///
    /// - Parameters:
    ///   - elapsed: since the executor got its order.
    ///   - peak: the most resident bytes since then; nil when the process can't be seen any more.
    ///   - stop: why the supervisor wants it to end, if it does.
    mutating func tick(at elapsed: Duration, peak: Int?, stop: StopCause?) -> Action {
        if killed { return .none }
        // Gone, or a zombie whose channel somebody else holds open: clear it away.
        guard let peak else { return kill() }
        peakBytes = max(peakBytes, peak)
        if peak > ceiling {
            overMemory = true
            return kill()
        }
        if let asked { return elapsed - asked.at >= grace ? kill() : .none }
        let late = elapsed >= .seconds(budget.wallSeconds)
        guard let cause = stop ?? (late ? .deadline : nil) else { return .none }
        asked = (elapsed, cause)
        return .ask
    }

    /// A last reading of the peak, from after the end.
    mutating func note(peak: Int) { peakBytes = max(peakBytes, peak) }

    /// What the end means, in the light of what was asked before.
    func verdict(_ end: AttemptEnd) -> Verdict {
        let cause = asked?.cause
        if overMemory { return .failed(memoryExceeded, nil) }
        switch (end, cause) {
        case (.done, .caller), (.done, .leaseLost): return .failed(Self.cancelled, cause)
        case (.done(let data), .deadline), (.done(let data), .shutdown), (.done(let data), nil): return .finished(data)
        case (.failed(let failure), .deadline) where failure.kind == .cancelled: return .failed(deadlineExceeded, cause)
        case (.failed(let failure), _): return .failed(failure, cause)
        case (.exited(let report), nil): return .failed(Self.crashed(report), nil)
        case (.exited, .deadline): return .failed(deadlineExceeded, cause)
        case (.exited, .caller), (.exited, .leaseLost), (.exited, .shutdown): return .failed(Self.cancelled, cause)
        }
    }

    private mutating func kill() -> Action {
        killed = true
        return .kill
    }

    private static var cancelled: Failure { Failure(.cancelled, "The job was cancelled.") }

    private var deadlineExceeded: Failure {
        Failure(
            .deadlineExceeded, "The job took longer than it may.", hint: "Send smaller or fewer pictures.",
            detail: "limit \(budget.wallSeconds) s")
    }

    private var memoryExceeded: Failure {
        Failure(
            .memoryExceeded, "The job needed more memory than it may.", hint: "Send smaller or fewer pictures.",
            detail: "peak \(peakBytes), ceiling \(ceiling) bytes")
    }

    private static func crashed(_ report: ExitReport) -> Failure {
        Failure(
            .workerCrashed, "The process that worked on the job broke off.",
            hint: "If it happens again with the same pictures, they may be damaged.", detail: report.words)
    }
}
