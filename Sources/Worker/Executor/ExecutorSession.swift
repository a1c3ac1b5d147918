internal import Foundation
internal import Glibc
internal import Pipeline
internal import Synchronization

/// One executor's talk with its supervisor: attempts in, one at a time; reports out.
final class ExecutorSession: Sendable {
    private enum Work: Sendable {
        case attempt(RunOrder, CancelFlag)
        case warmUp([Kind])
    }

    private let registry: StageRegistry
    private let channel: MessageChannel
    private let hungUp: @Sendable () -> Void
    private let flags = Mutex([Int64: CancelFlag]())

    /// - Parameter hungUp: called on the listening thread when the supervisor is gone.
    init(registry: StageRegistry, channel: MessageChannel, hungUp: @escaping @Sendable () -> Void) {
        (self.registry, self.channel, self.hungUp) = (registry, channel, hungUp)
    }

    /// Says hello and works until the channel ends.
    func run() async {
        let (work, line) = AsyncStream.makeStream(of: Work.self)
        let thread = Thread { [self] in
            listen(line)
            hungUp()
        }
        thread.name = "supervisor channel"
        thread.start()
        try? channel.send(ExecutorMessage.hello(version: ExecutorMessage.version, pid: getpid()))
        for await item in work {
            switch item {
            case .attempt(let order, let cancel): await perform(order, cancel)
            case .warmUp(let kinds): for kind in kinds { try? registry.stage(kind).warmUp() }
            }
        }
    }

    /// Cancels are obeyed here, beside the running attempt.
    private func listen(_ line: AsyncStream<Work>.Continuation) {
        while let message = try? channel.receive(SupervisorMessage.self) {
            switch message {
            case .run(let order):
                let flag = CancelFlag()
                flags.withLock { $0[order.attempt] = flag }
                line.yield(.attempt(order, flag))
            case .cancel(let attempt): flags.withLock { $0[attempt] }?.raise()
            case .warm(let kinds): line.yield(.warmUp(kinds))
            }
        }
        for flag in flags.withLock({ Array($0.values) }) { flag.raise() }
        line.finish()
    }

    private func perform(_ order: RunOrder, _ cancel: CancelFlag) async {
        let end: ExecutorMessage
        do throws(Failure) {
            end = .done(attempt: order.attempt, data: try await result(of: order, cancel))
        } catch {
            end = .failed(attempt: order.attempt, failure: error)
        }
        _ = flags.withLock { $0.removeValue(forKey: order.attempt) }
        do throws(Failure) { try channel.send(end) } catch {
            // A result too large for a message is the stage's fault; of a dead supervisor the listening thread hears.
            try? channel.send(ExecutorMessage.failed(attempt: order.attempt, failure: error))
        }
    }

    private func result(of order: RunOrder, _ cancel: CancelFlag) async throws(Failure) -> JSONValue {
        let scratch = URL(filePath: order.scratch)
        let sink = ExecutorSink(attempt: order.attempt, scratch: scratch, channel: channel)
        let inputs = order.inputs.map {
            StageInput(slot: $0.slot, name: $0.name, file: URL(filePath: $0.path), sha256: $0.sha256)
        }
        let context = StageContext(inputs: inputs, scratch: scratch, budget: order.budget, cancel: cancel, sink: sink)
        return try await registry.stage(order.kind).run(order.options, in: context)
    }
}
