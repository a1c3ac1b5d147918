internal import CProcess
internal import Foundation
internal import Glibc
internal import Pipeline
internal import Processes
internal import Synchronization

/// One executor child: started, spoken to and buried here. Ends with its supervisor, since its channel ends then.
final class ExecutorProcess: Sendable {
    private struct State {
        var isReaped = false
        var isCondemned = false
        var running: (ledger: AttemptLedger, end: OneShot<AttemptEnd>)?
        var jobs = 0
    }

    let pid: pid_t
    /// True when the child has said hello, false when it ended before.
    let greeting = OneShot<Bool>()
    let ending = OneShot<ExitReport>()
    private let channel: MessageChannel
    private let state = Mutex(State())

    /// - Throws: `workerCrashed` when the program can't be started.
    init(_ command: ExecutorCommand) throws(Failure) {
        let ends = try MessageChannel.pair()
        defer { close(ends.theirs) }
        channel = ends.ours
        pid = try Self.spawn(command, channel: ends.theirs)
        let thread = Thread { [self] in listen() }
        thread.name = "executor \(pid)"
        thread.start()
    }

    /// Attempts that it was given.
    var jobs: Int { state.withLock { $0.jobs } }

    /// False once it was told to end or ended by itself.
    var isFit: Bool { state.withLock { !$0.isCondemned } && ending.value == nil }

    var memory: ProcessMemory? { ProcessMemory.of(pid: pid) }

    func warm(_ kinds: [Kind]) { try? channel.send(SupervisorMessage.warm(kinds: kinds)) }

    /// Hands an attempt over. Its end comes through the answer, whatever happens to the process. Blocks shortly.
    func run(_ order: RunOrder, ledger: AttemptLedger) -> OneShot<AttemptEnd> {
        let end = OneShot<AttemptEnd>()
        state.withLock { state in
            state.running = (ledger, end)
            state.jobs += 1
        }
        ProcessMemory.resetPeak(pid: pid)
        do throws(Failure) { try channel.send(SupervisorMessage.run(order: order)) } catch {
            if error.kind == .workerLost { kill() } else { finish(.failed(error)) }
        }
        if let report = ending.value { finish(.exited(report)) }
        return end
    }

    func cancel(attempt: Int64) { try? channel.send(SupervisorMessage.cancel(attempt: attempt)) }

    /// Lets the child go, as this process's death would.
    func hangUp() { channel.hangUp() }

    /// Ends the child and all that it started.
    func kill() {
        state.withLock { state in
            state.isCondemned = true
            // Never after the burial: the number may be somebody else's by then.
            if !state.isReaped { _ = Glibc.kill(-pid, SIGKILL) }
        }
        channel.hangUp()
    }

    /// The life of the child, on a thread of its own: messages up to the end of the channel, then the burial.
    private func listen() {
        var violation: String?
        do throws(Failure) {
            while let message = try channel.receive(ExecutorMessage.self) { try receive(message) }
        } catch {
            violation = error.detail ?? error.summary
        }
        kill()
        let report = bury(violation)
        ending.set(report)
        greeting.set(false)
        finish(.exited(report))
    }

    private func receive(_ message: ExecutorMessage) throws(Failure) {
        if greeting.value == nil {
            guard case .hello(ExecutorMessage.version, pid) = message else {
                throw AttemptLedger.violation("no hello at first")
            }
            return greeting.set(true)
        }
        guard let running = state.withLock({ $0.running }) else { return }
        if let end = try running.ledger.receive(message) { finish(end) }
    }

    private func finish(_ end: AttemptEnd) {
        let running = state.withLock { state in
            defer { state.running = nil }
            return state.running
        }
        running?.end.set(end)
    }

    private func bury(_ violation: String?) -> ExitReport {
        _ = cprocess_wait_ended(pid)
        return state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
            return ExitReport(waitStatus: status, violation: violation)
        }
    }

    private static func spawn(_ command: ExecutorCommand, channel: Int32) throws(Failure) -> pid_t {
        do throws(ChildProgram.NotStarted) {
            // What it prints on standard output goes where errors go: results come through the channel only.
            return try ChildProgram(
                [command.path] + command.arguments, environment: command.environment,
                descriptors: [nil, STDERR_FILENO, STDERR_FILENO, channel]
            ).pid
        } catch {
            throw Failure(.workerCrashed, "The executor can't be started.", detail: "spawn: \(error.reason)")
        }
    }
}
