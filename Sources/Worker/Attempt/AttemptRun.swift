internal import Dispatch
internal import Pipeline
internal import Synchronization

/// One order on one executor, watched: its memory, its time, and whether it should stop.
final class AttemptRun: Sendable {
    struct Report: Sendable {
        let verdict: AttemptWatch.Verdict
        let seconds: Double
        let peakBytes: Int
    }

    /// Between two looks; a picture's buffers come and go in this time, which is why the kernel's peak is read.
    private static let interval = DispatchTimeInterval.milliseconds(100)

    private let executor: ExecutorProcess
    private let attempt: RunningAttempt
    private let watch: Mutex<AttemptWatch>

    init(executor: ExecutorProcess, attempt: RunningAttempt, budget: Budget, grace: Duration) {
        (self.executor, self.attempt) = (executor, attempt)
        let baseline = executor.memory?.resident ?? 0
        watch = Mutex(AttemptWatch(budget: budget, baseline: baseline, grace: grace))
    }

    func run(_ order: RunOrder) async -> Report {
        let start = ContinuousClock.now
        // A thread of its own by way of a queue: a busy cooperative pool must not let an executor eat the machine.
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "attempt watch", qos: .userInteractive))
        timer.setEventHandler { [self] in look(at: ContinuousClock.now - start) }
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        timer.resume()
        let end = await blocking { [self] in executor.run(order, ledger: attempt.ledger) }.wait()
        let took = ContinuousClock.now - start
        timer.cancel()
        let memory = executor.memory
        return watch.withLock { watch in
            if let memory { watch.note(peak: memory.peak) }
            return Report(verdict: watch.verdict(end), seconds: took.seconds, peakBytes: watch.peakBytes)
        }
    }

    private func look(at elapsed: Duration) {
        let (memory, stop) = (executor.memory, attempt.stopCause)
        switch watch.withLock({ $0.tick(at: elapsed, peak: memory?.peak, stop: stop) }) {
        case .none: break
        case .ask: executor.cancel(attempt: attempt.ledger.attempt)
        case .kill: executor.kill()
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
