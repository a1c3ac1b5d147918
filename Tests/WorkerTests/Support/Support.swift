import ExecutorFixture
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

/// A fence that no two attempts of the test process share.
func run(
    _ kind: Kind, _ options: JSONValue = [:], inputs: [RunOrder.Input] = [], fence: Int64 = 1, in scratch: URL,
    budget: Budget = Budget(pixels: 0, bytes: 256 << 20, wallSeconds: 60)
) -> RunOrder {
    RunOrder(
        attempt: fence, kind: kind, options: options, inputs: inputs, scratch: scratch.path, budget: budget)
}
