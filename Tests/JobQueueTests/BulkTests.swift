import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct BulkTests {
    @Test func `many jobs come in at once, each as it would come alone`() async throws {
        let queue = try await QueueFixture.fresh()
        let later = Date(timeIntervalSince1970: 4_000_000_000.5)
        let requests = [
            QueueFixture.request(),
            JobRequest(
                kind: "cutout", options: ["name": "tab\there \\N \n ü \"x\"", "list": ["a", 2]],
                inputs: [QueueFixture.photo("a\\b")], subject: "car\t1", priority: 2, maxAttempts: 9),
            QueueFixture.request(runAt: later), JobRequest(kind: "cutout", inputs: [], priority: 0),
        ]
        let ids = try await queue.store.enqueue(many: requests, tenant: queue.tenant)
        #expect(ids.count == 4)
        #expect(ids.map(\.uuidString) == ids.map(\.uuidString).sorted())
        for (id, request) in zip(ids, requests) {
            let job = try await queue.store.job(id, tenant: queue.tenant)
            #expect(job.request == request)
            #expect(job.state == (request.runAt == nil ? .queued : .scheduled))
        }
        #expect(try await queue.claim().map(\.job) == [ids[3], ids[0], ids[1]])
        #expect(try await queue.store.enqueue(many: [], tenant: queue.tenant).isEmpty)
    }

    @Test func `one that is refused keeps all out`() async throws {
        let queue = try await QueueFixture.fresh()
        let good = QueueFixture.request()
        let foreign = QueueFixture.request(inputs: [QueueFixture.photo("left", 99)])
        let missing = await failure {
            _ = try await queue.store.enqueue(many: [good, foreign], tenant: queue.tenant)
        }
        #expect(missing?.code == .inputMissing)
        #expect(missing?.slot == "left")
        for broken in [
            JobRequest(kind: "", inputs: []), JobRequest(kind: "k", inputs: [], priority: 9),
            JobRequest(kind: "k\0", inputs: []), JobRequest(kind: "k", options: ["a": "\0"], inputs: []),
            QueueFixture.request(inputs: [QueueFixture.output("a", of: "b")]),
        ] {
            let refused = await failure {
                _ = try await queue.store.enqueue(many: [good, broken], tenant: queue.tenant)
            }
            #expect(refused != nil, "\(broken)")
        }
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
        // The connection is whole after all that.
        #expect(try await queue.store.enqueue(many: [good], tenant: queue.tenant).count == 1)
    }

    @Test func `what can't be stored is noticed on the way and leaves nothing, and the connection goes on`()
        async throws
    {
        let queue = try await QueueFixture.fresh(connections: 1)
        var requests = Array(repeating: JobRequest(kind: "cutout", inputs: []), count: 1000)
        requests[900] = JobRequest(kind: "cutout", inputs: [], subject: "car\u{0}1")
        let refused = await failure { _ = try await queue.store.enqueue(many: requests, tenant: queue.tenant) }
        #expect(refused?.code == .invalidRequest && refused?.summary.contains("NUL") == true)
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
        requests[900] = requests[0]
        #expect(try await queue.store.enqueue(many: requests, tenant: queue.tenant).count == 1000)
    }

    @Test func `bulk takes its places in turn with other tenants`() async throws {
        let queue = try await QueueFixture.fresh()
        let many = Array(repeating: JobRequest(kind: "cutout", inputs: []), count: 2000)
        _ = try await queue.store.enqueue(many: many, tenant: "noisy")
        let small = try await queue.enqueue()
        #expect(try await queue.claim(limit: 3).contains { $0.job == small.id })
    }
}
