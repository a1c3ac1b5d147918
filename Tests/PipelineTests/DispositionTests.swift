import Pipeline
import Testing

/// The whole space: every kind of failure, every cause of a stop, the attempts around every limit.
@Suite struct DispositionTests {
    static let stops: [StopCause?] = [nil] + StopCause.allCases.map { $0 }
    static let limits = RetryLimits(maxAttempts: 5, base: .seconds(2), ceiling: .seconds(600))

    /// The rules in words of their own, so that a slip in the table shows.
    static func expected(_ kind: Failure.Kind, _ stop: StopCause?, _ attempt: Int) -> Disposition {
        let delay = Duration.seconds(2 << (attempt - 1))
        let once: Disposition = attempt == 1 ? .retry(after: delay) : .discard
        if kind == .cancelled {
            if stop == .shutdown || stop == .leaseLost { return .release }
            return stop == .deadline ? once : .cancel
        }
        let hopeless: Set<Failure.Kind> = [.invalidOptions, .unreadableInput, .missingInput, .overBudget]
        if hopeless.contains(kind) { return .discard }
        if kind == .unavailable { return attempt < 5 ? .retry(after: delay) : .discard }
        return once
    }

    @Test(arguments: Failure.Kind.allCases)
    func `decides every case by kind, stop and attempt`(kind: Failure.Kind) {
        for stop in Self.stops {
            for attempt in 1...7 {
                let found = Disposition(kind, stop: stop, attempt: attempt, limits: Self.limits)
                #expect(
                    found == Self.expected(kind, stop, attempt), "stop \(String(describing: stop)), attempt \(attempt)")
            }
        }
    }

    @Test(arguments: Failure.Kind.allCases)
    func `never retries past the attempts that a job has`(kind: Failure.Kind) {
        let once = RetryLimits(maxAttempts: 1)
        for stop in Self.stops {
            let found = Disposition(kind, stop: stop, attempt: 1, limits: once)
            if case .retry = found { Issue.record("\(kind), stop \(String(describing: stop)) is retried") }
        }
    }

    @Test func `waits twice as long after each attempt, up to the ceiling`() {
        let limits = RetryLimits(maxAttempts: 100, base: .seconds(2), ceiling: .seconds(60))
        let delays = (1...40).map { Disposition(.unavailable, stop: nil, attempt: $0, limits: limits) }
        let wanted = [2, 4, 8, 16, 32] + Array(repeating: 60, count: 35)
        #expect(delays == wanted.map { .retry(after: .seconds($0)) })
    }

    @Test(arguments: [(-1.0, 4.0), (0.0, 4.0), (0.5, 6.0), (1.0, 8.0), (7.0, 8.0)])
    func `spreads the delay over its upper half`(jitter: Double, seconds: Double) {
        let found = Disposition(.unavailable, stop: nil, attempt: 3, limits: Self.limits, jitter: jitter)
        #expect(found == .retry(after: .seconds(seconds)))
    }

    @Test func `takes an attempt of zero as the first`() {
        #expect(Disposition(.bug, stop: nil, attempt: 0, limits: Self.limits) == .retry(after: .seconds(2)))
    }
}
