import Foundation
import JobQueue
import Pipeline
import Storage
import TestKit

@testable import Worker

extension ExecutorCommand {
    /// The fixture program, which stands beside the test program.
    static let fixture = ExecutorCommand(
        path: Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "ExecutorFixture").path ?? "",
        arguments: ["execute"])
}

/// An executor of the fixture program with a folder, for tests that speak to it without a worker.
final class ExecutorBench: Sendable {
    let folder: TemporaryFolder
    let executor: ExecutorProcess

    init(_ command: ExecutorCommand = .fixture) throws {
        folder = try TemporaryFolder()
        executor = try ExecutorProcess(command)
    }

    deinit { executor.kill() }

    /// A new attempt at a job of this kind; its first input's name is its fence, which the fixture's faults speak with.
    func order(_ kind: Kind, _ options: JSONValue = [:], fence: Int64 = 1) throws -> RunOrder {
        let stage = try FixtureRegistry.registry.stage(kind)
        let input = folder.url.appending(path: "input")
        try Data("input".utf8).write(to: input)
        let scratch = folder.url.appending(path: "attempt-\(fence)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        return RunOrder(
            attempt: fence, kind: kind, options: options,
            inputs: [.init(slot: "photo-1", name: "\(fence)", path: input.path, sha256: "-")], scratch: scratch.path,
            budget: try stage.budget(for: stage.complete(options)))
    }

    /// Runs an order as a worker would.
    func run(
        _ order: RunOrder, attempt: RunningAttempt? = nil, grace: Duration = .milliseconds(300)
    ) async -> AttemptRun.Report {
        let attempt = attempt ?? RunningAttempt(.sample(order))
        return await AttemptRun(executor: executor, attempt: attempt, budget: order.budget, grace: grace)
            .run(order)
    }
}

extension Claim {
    static func sample(_ order: RunOrder) -> Claim {
        Claim(
            job: UUID(), fence: order.attempt, tenant: "dealer", workflow: nil, label: nil,
            request: JobRequest(kind: order.kind, options: order.options, inputs: []), attempt: 1, inputs: [])
    }
}

extension AttemptWatch.Verdict {
    var failure: Failure? { if case .failed(let failure, _) = self { failure } else { nil } }
    var cause: StopCause? { if case .failed(_, let cause) = self { cause } else { nil } }
}
