import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct StatsTests {
    @Test func `an operator sees depth, pace, failures, workers and what is paused`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.limit("limited", to: TenantLimits(maxRunning: 0))
        _ = try await queue.store.enqueue(JobRequest(kind: "spin", inputs: []), tenant: "limited", idempotencyKey: nil)
        for _ in 0..<4 { _ = try await queue.enqueue() }
        _ = try await queue.enqueue(QueueFixture.request(runAt: .now + 3600))
        let claims = try await queue.claim(limit: 3)
        try await queue.complete(claims[0])
        try await queue.end(claims[1], .discard)
        try await queue.store.pause(.bulk)
        let stats = try await queue.store.stats(over: .seconds(3600))
        let depths = stats.depths.map { "\($0.kind) \($0.tenant) \($0.state) \($0.jobs)" }
        #expect(
            Set(depths) == [
                "cutout dealer queued 1", "cutout dealer running 1", "cutout dealer scheduled 1",
                "spin limited parked 1",
            ])
        #expect(stats.depths.allSatisfy { $0.oldestSeconds >= 0 && $0.oldestSeconds < 600 })
        let pace = try #require(stats.paces.first)
        #expect(stats.paces.count == 1)
        #expect(pace.jobs == 2)
        #expect(pace.waitP50 >= 0)
        #expect(pace.waitP95 >= pace.waitP50)
        #expect(stats.failures.map(\.code) == ["image_corrupt"])
        #expect(stats.workers.map(\.attempts) == [1])
        #expect(stats.workers[0].leaseSeconds > 0)
        #expect(stats.paused == ["bulk"])
        #expect(try await queue.store.stats(over: .zero).paces.isEmpty)
    }

    @Test func `failed jobs are found by code and age, one's own only`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([queue.step("a"), queue.step("b", after: ["a"])])
        let other = try await queue.enqueue()
        for claim in try await queue.claim() {
            let failure = claim.job == other.id ? Failure(.storageUnavailable, "Away.") : QueueFixture.broken
            try await queue.end(claim, .discard, failure)
        }
        let all = try await queue.store.failed(code: nil, within: nil, tenant: queue.tenant)
        #expect(Set(all.map(\.id)) == [try #require(jobs["a"]).id, other.id], "b follows a")
        let broken = try await queue.store.failed(code: "image_corrupt", within: .seconds(60), tenant: queue.tenant)
        #expect(broken.map(\.id) == [try #require(jobs["a"]).id])
        #expect(broken.first?.summary == "The picture is broken.")
        try await queue.db.rows("update rundum.done set finished_at = now() - interval '1 h'")
        #expect(try await queue.store.failed(code: nil, within: .seconds(60), tenant: queue.tenant).isEmpty)
        #expect(try await queue.store.failed(code: nil, within: nil, tenant: "nobody").isEmpty)
    }
}
