import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct SmokeTests {
    @Test func `a job goes through`() async throws {
        let db = try await TestDatabase.fresh()
        let store = db.store
        let clock = ContinuousClock()
        let t0 = clock.now
        let worker = try await store.register(.current, lease: .seconds(30))
        let sha = String(repeating: "ab", count: 32)
        try await store.own(blob: sha, bytes: 3, tenant: "t")
        let request = JobRequest(
            kind: "k", options: ["a": 1], inputs: [JobInput(slot: "s", name: "n.jpg", source: .blob(sha256: sha))])
        let e = try await store.enqueue(request, tenant: "t", idempotencyKey: "x")
        #expect(e.jobs.count == 1)
        #expect(try await store.enqueue(request, tenant: "t", idempotencyKey: "x").replayed)
        let claims = try await store.claim(worker, kinds: ["k"], limit: 10)
        #expect(claims.count == 1)
        #expect(claims[0].request == request)
        let ok = try await store.complete(
            claims[0], result: StageResult(kind: "k", version: 1), cacheKey: "c", cached: false)
        #expect(ok)
        let job = try await store.job(e.jobs[0].id, tenant: "t")
        #expect(job.state == .succeeded)
        print("smoke", clock.now - t0)
    }
}
