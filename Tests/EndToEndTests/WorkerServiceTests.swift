import Foundation
import TestKit
import Testing

/// `rundum worker` as a service manager treats it.
@Suite struct WorkerServiceTests {
    @Test func `a worker joins, reads its settings again, and drains`() async throws {
        let showroom = try Showroom()
        let home = showroom.home.url.appending(path: "worker")
        let worker = try Program(
            Program.rundum, ["worker", "--home", home.path], environment: showroom.environment)
        func says(_ text: String) async -> Bool { await eventually { worker.err.contains(text) } }
        try #require(await says("Joined the queue"), "\(worker.err)")
        let settings = home.appending(path: "worker.json")
        try Data(#"{"executers": 3}"#.utf8).write(to: settings)
        worker.signal(SIGHUP)
        #expect(await says("There is no member executers"))
        try Data(#"{"executors": 1}"#.utf8).write(to: settings)
        worker.signal(SIGHUP)
        #expect(await says("Changed the limits"))
        worker.signal(SIGTERM)
        #expect(await worker.outcome().status == 0)
        #expect(worker.err.contains("drained"))
    }
}
