internal import Pipeline

/// One order on one executor, watched: its memory, its time, and whether it should stop.
struct AttemptRun: Sendable {
    struct Report: Sendable {
        let verdict: AttemptWatch.Verdict
        let seconds: Double
        let peakBytes: Int
    }

    /// Between two looks; a picture's buffers come and go in this time, which is why the kernel's peak is read.
    private static let interval = Duration.milliseconds(100)

    let executor: ExecutorProcess
    let attempt: RunningAttempt
    let grace: Duration

    func run(_ order: RunOrder) async -> Report {
        let baseline = executor.memory?.resident ?? 0
        let start = ContinuousClock.now
        let watcher = Task {
            var watch = AttemptWatch(budget: order.budget, baseline: baseline, grace: grace)
            while true {
                try? await Task.sleep(for: Self.interval)
                if Task.isCancelled { return watch }
                look(&watch, start)
            }
        }
        let end = await blocking { executor.run(order, ledger: attempt.ledger) }.wait()
        let took = ContinuousClock.now - start
        watcher.cancel()
        var watch = await watcher.value
        if let memory = executor.memory { watch.note(peak: memory.peak) }
        return Report(verdict: watch.verdict(end), seconds: took.seconds, peakBytes: watch.peakBytes)
    }

    private func look(_ watch: inout AttemptWatch, _ start: ContinuousClock.Instant) {
        let elapsed = ContinuousClock.now - start
        switch watch.tick(at: elapsed, peak: executor.memory?.peak, stop: attempt.stopCause) {
        case .none: break
        case .ask: executor.cancel(attempt: attempt.ledger.attempt)
        case .kill: executor.kill()
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
