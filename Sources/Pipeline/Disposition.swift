/// What the queue does with an attempt that did not succeed. Pure and total: no clock, no I/O, no `default`.
public enum Disposition: Equatable, Sendable {
    case retry(after: Duration)
    /// Put back at once; this attempt does not count. Shutdown and lost leases end here.
    case release
    case cancel
    case discard

    /// Decides by the kind of failure, the cause of the stop and how often the job was tried.
    ///
    /// - Parameters:
    ///   - attempt: the number of this attempt, from 1; counted when it was claimed.
    ///   - jitter: 0...1, spreads retries over [half, whole] of the exponential delay.
    public init(_ kind: Failure.Kind, stop: StopCause?, attempt: Int, limits: RetryLimits, jitter: Double = 1) {
        self =
            switch (kind, stop) {
            case (.cancelled, .shutdown), (.cancelled, .leaseLost): .release
            case (.cancelled, .caller), (.cancelled, nil): .cancel
            case (.cancelled, .deadline), (.timedOut, _): limits.again(attempt, atMost: 2, jitter: jitter)
            case (.invalidOptions, _), (.unreadableInput, _), (.missingInput, _), (.overBudget, _): .discard
            case (.bug, _), (.outOfMemory, _), (.workerLost, _): limits.again(attempt, atMost: 2, jitter: jitter)
            case (.unavailable, _): limits.again(attempt, atMost: limits.maxAttempts, jitter: jitter)
            }
    }
}

/// Why the runner raised the cancel flag.
public enum StopCause: String, Sendable, Codable, CaseIterable { case caller, shutdown, leaseLost, deadline }

/// How often and how late a job is tried again.
public struct RetryLimits: Sendable, Equatable {
    public let maxAttempts: Int
    public let base: Duration
    public let ceiling: Duration

    public init(maxAttempts: Int = 5, base: Duration = .seconds(2), ceiling: Duration = .seconds(600)) {
        (self.maxAttempts, self.base, self.ceiling) = (maxAttempts, base, ceiling)
    }

    func again(_ attempt: Int, atMost cap: Int, jitter: Double) -> Disposition {
        guard attempt < min(cap, maxAttempts) else { return .discard }
        let delay = min(base * (1 << min(max(attempt - 1, 0), 20)), ceiling)
        return .retry(after: delay * (0.5 + 0.5 * min(max(jitter, 0), 1)))
    }
}
