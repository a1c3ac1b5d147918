import Foundation
import TestKit

extension Arena {
    /// How this wave's workers are started.
    static func start(_ plan: Plan, url: String) -> Fleet.Start {
        let size = ChaosSize.current
        guard plan.usesFixture else {
            var words = ["worker", "--home", plan.home.path, "--executors", "2", "--kinds", "renditions"]
            if !size.isWhole { words += ["--lease", "\(Int(size.lease.inSeconds))"] }
            let environment = ["DATABASE_URL": plan.ownsServer ? "" : url]
            return { [words] in try Program(Program.rundum, words, environment: environment) }
        }
        let fixture = Program.rundum.deletingLastPathComponent().appending(path: "ExecutorFixture")
        let lease = Int(size.lease.inSeconds * 1000)
        let wish = #"{"executors": 2, "leaseMilliseconds": \#(lease), "retryMilliseconds": 200, "logsAll": true}"#
        return { try Program(fixture, ["work", url, plan.home.path, wish]) }
    }

    /// Ends a worker as a power cut would, and puts another in its place. The one before is at work by then: somebody must
    /// be left to rescue what was held.
    func killWorker(_ place: Int) async throws {
        guard await eventually(within: .seconds(60), { fleet.haveJoined() }) else {
            return complain("a worker did not join within 60 s")
        }
        let worker = fleet.worker(place)
        let moment = Audit.uptime()
        worker.signal(SIGKILL)
        _ = await worker.outcome()
        count("workers killed")
        try await audit.note(blow: worker.pid, at: moment)
        try fleet.replace(place)
    }

    /// Ends one of a worker's executors; nothing when it has none at the moment.
    func killExecutor(_ place: Int, _ choice: Int) {
        let executors = fleet.worker(place).children
        guard !executors.isEmpty else { return }
        kill(executors[choice % executors.count], SIGKILL)
        count("executors killed")
    }
}
