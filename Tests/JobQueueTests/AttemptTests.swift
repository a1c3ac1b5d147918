import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct AttemptTests {
    @Test func `a claim carries all that the executor needs`() async throws {
        let queue = try await QueueFixture.fresh()
        let runAt = Date(timeIntervalSince1970: 1_700_000_000.25)
        let request = JobRequest(
            kind: "cutout", options: ["edge": 2, "name": "ü \"quoted\" \\ {a,b}"],
            inputs: [QueueFixture.photo("front")],
            subject: "car, 1", priority: 2, runAt: runAt, maxAttempts: 7)
        let job = try await queue.enqueue(request)
        #expect(job.request == request)
        #expect(job.state == .queued)
        let claim = try await queue.takeFirst()
        #expect(claim.job == job.id)
        #expect(claim.tenant == queue.tenant)
        #expect(claim.request == request)
        #expect(claim.attempt == 1)
        #expect(claim.fence > 0)
        #expect(claim.inputs == [ResolvedInput(slot: "front", name: "front.jpg", sha256: QueueFixture.sha(1))])
        let running = try await queue.job(job)
        #expect(running.startedAt != nil)
        #expect(running.attempt == 1)
        #expect(running.revision > job.revision)
    }

    @Test func `jobs come by priority, then in turn between tenants`() async throws {
        let queue = try await QueueFixture.fresh()
        let store = queue.store
        try await store.own(blob: QueueFixture.sha(1), bytes: 1, tenant: "small")
        for _ in 0..<5 { _ = try await queue.enqueue() }
        _ = try await store.enqueue(QueueFixture.request(), tenant: "small", idempotencyKey: nil)
        var urgent = QueueFixture.request()
        urgent.priority = 0
        let first = try await queue.enqueue(urgent)
        let claims = try await queue.claim()
        #expect(claims.first?.job == first.id)
        // The small tenant's only job stands beside the large one's first, not behind its last.
        let place = try #require(claims.firstIndex { $0.tenant == "small" })
        #expect(place <= 2)
    }

    @Test func `a tenant that comes late is not behind the backlog of another`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.own(blob: QueueFixture.sha(1), bytes: 1, tenant: "late")
        for _ in 0..<50 { _ = try await queue.enqueue() }
        _ = try await queue.claim(limit: 20)
        _ = try await queue.store.enqueue(QueueFixture.request(), tenant: "late", idempotencyKey: nil)
        #expect(try await queue.claim(limit: 2).contains { $0.tenant == "late" })
        // Nor does it save up turns while it has nothing to do.
        _ = try await queue.claim(limit: 20)
        for _ in 0..<5 {
            _ = try await queue.store.enqueue(QueueFixture.request(), tenant: "late", idempotencyKey: nil)
        }
        #expect(try await queue.claim(limit: 4).filter { $0.tenant == "late" }.count <= 2)
    }

    @Test func `only asked kinds are claimed`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.enqueue(QueueFixture.request("spin"))
        #expect(try await queue.claim("cutout", "plates").isEmpty)
        #expect(try await queue.store.claim(queue.worker, kinds: [], limit: 5).isEmpty)
        #expect(try await queue.store.claim(queue.worker, kinds: ["spin"], limit: 0).isEmpty)
        #expect(try await queue.claim("cutout", "spin").count == 1)
    }

    @Test func `a completion writes the result, the outputs' owner and the end`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        let result = QueueFixture.result(["image": 7, "copy": 7, "mask": 8])
        #expect(try await queue.complete(claim, result))
        let done = try await queue.job(job)
        #expect(done.state == .succeeded)
        #expect(done.result == result)
        #expect(done.progress.fraction == 1)
        #expect(done.finishedAt != nil)
        #expect(done.failure == nil)
        #expect(try await queue.store.owns(blob: QueueFixture.sha(8), tenant: queue.tenant))
        #expect(try await !queue.store.owns(blob: QueueFixture.sha(8), tenant: "other"))
    }

    @Test func `a zombie's late completion is refused`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        let zombie = try await queue.takeFirst()
        try await queue.db.rows("update rundum.worker set lease_until = now() - interval '1 s'")
        #expect(try await queue.store.sweep().rescued == 1)
        #expect(try await !queue.complete(zombie))
        #expect(try await !queue.end(zombie, .discard))
        #expect(try await queue.state(job) == .queued)

        let second = try await queue.store.register(.current, lease: .seconds(60))
        let claim = try #require(try await queue.store.claim(second, kinds: ["cutout"], limit: 1).first)
        #expect(claim.attempt == 2)
        #expect(claim.fence > zombie.fence)
        #expect(try await !queue.complete(zombie, QueueFixture.result(["image": 66])))
        #expect(try await queue.complete(claim))
        #expect(try await !queue.complete(zombie, QueueFixture.result(["image": 66])))
        #expect(try await !queue.end(zombie, .retry(after: .zero)))
        #expect(try await queue.job(job).result == QueueFixture.result())
        #expect(try await !queue.store.owns(blob: QueueFixture.sha(66), tenant: queue.tenant))
    }

    @Test func `who lost the answer may ask again`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = [try await queue.enqueue(), try await queue.enqueue(), try await queue.enqueue()]
        let claims = try await queue.claim()
        try #require(claims.count == 3)
        for _ in 0..<2 {
            #expect(try await queue.complete(claims[0]))
            #expect(try await queue.end(claims[1], .discard))
            #expect(try await queue.end(claims[2], .retry(after: .seconds(5))))
        }
        #expect(try await queue.state(jobs[0]) == .succeeded)
        #expect(try await queue.state(jobs[1]) == .failed)
        #expect(try await queue.job(jobs[2]).attempt == 1)
        #expect(try await !queue.complete(claims[1]))
        #expect(try await !queue.end(claims[0], .discard))
    }

    @Test func `a failed attempt is kept with its cause and tried again when due`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        try await queue.end(
            try await queue.takeFirst(), .retry(after: .seconds(60)),
            Failure(.storageUnavailable, "Gone\0.", detail: "NUL \0 and \\u0000"))
        let waiting = try await queue.job(job)
        #expect(waiting.state == .scheduled)
        #expect(waiting.failure?.attempt == 1)
        #expect(waiting.failure?.failure.summary == "Gone.")
        #expect(waiting.failure?.failure.detail == "NUL  and \\u0000")
        #expect(abs(try #require(waiting.failure).at.timeIntervalSinceNow) < 60)
        #expect(try await queue.claim().isEmpty)
        try await queue.db.rows("update rundum.job set due_at = now()")
        let again = try await queue.takeFirst()
        #expect(again.attempt == 2)
        try await queue.complete(again)
        #expect(try await queue.job(job).failure == nil)
    }

    @Test func `a released attempt does not count`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        try await queue.end(try await queue.takeFirst(), .release)
        #expect(try await queue.job(job).attempt == 0)
        _ = try await queue.claim()
        try await queue.store.deregister(queue.worker)
        let back = try await queue.job(job)
        #expect(back.state == .queued)
        #expect(back.attempt == 0)
        #expect(back.failure == nil)
        #expect(try await queue.claim().isEmpty, "the worker is gone")
    }

    @Test func `a retry by the caller begins anew`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        try await queue.end(try await queue.takeFirst(), .discard)
        let failed = try await queue.job(job)
        #expect(failed.state == .failed)
        #expect(failed.failure?.failure == QueueFixture.broken)
        let retried = try await queue.store.retry(job.id, tenant: queue.tenant)
        #expect(retried.state == .queued)
        #expect(retried.attempt == 0)
        #expect(retried.createdAt == job.createdAt)
        #expect(retried.revision > failed.revision)
        let twice = await failure { _ = try await queue.store.retry(job.id, tenant: queue.tenant) }
        #expect(twice?.code == .conflict)
        try await queue.complete(try await queue.takeFirst())
        let succeeded = await failure { _ = try await queue.store.retry(job.id, tenant: queue.tenant) }
        #expect(succeeded?.code == .conflict)
        #expect(succeeded?.summary == "The job is final: succeeded.")
    }

    @Test func `a canceled running job is told and never succeeds`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([queue.step("a"), queue.step("b", after: ["a"])])
        let a = try #require(jobs["a"])
        let claim = try await queue.takeFirst()
        let report = AttemptReport(job: a.id, fence: claim.fence, progress: JobProgress(fraction: 0.1, step: "x"))
        #expect(try await queue.store.heartbeat(queue.worker, lease: .seconds(9), attempts: [report]).cancelled.isEmpty)
        for _ in 0..<2 { #expect(try await queue.store.cancel(a.id, tenant: queue.tenant).state == .running) }
        let reply = try await queue.store.heartbeat(queue.worker, lease: .seconds(9), attempts: [report])
        #expect(reply == HeartbeatReply(cancelled: [a.id], lost: [], expired: false))
        #expect(try await queue.complete(claim, key: "k"))
        #expect(try await queue.state(a) == .canceled)
        #expect(try await queue.state(jobs["b"]) == .canceled)
        #expect(try await queue.store.cancel(a.id, tenant: queue.tenant).state == .canceled)
        // The work was done, so the next job like it may use it.
        #expect(try await queue.store.cachedResult("k", tenant: queue.tenant) != nil)
    }

    @Test(arguments: [Disposition.retry(after: .seconds(1)), .release, .cancel, .discard])
    func `however the attempt of a canceled job ends, the job ends canceled`(disposition: Disposition) async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        _ = try await queue.store.cancel(job.id, tenant: queue.tenant)
        #expect(try await queue.end(claim, disposition))
        let canceled = try await queue.job(job)
        #expect(canceled.state == .canceled)
        #expect(canceled.failure?.failure.code == .cancelled)
    }

    @Test func `a finished job can't be canceled`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        try await queue.complete(try await queue.takeFirst())
        let refused = await failure { _ = try await queue.store.cancel(job.id, tenant: queue.tenant) }
        #expect(refused?.code == .conflict)
        #expect(refused?.summary == "The job is already final: succeeded.")
    }
}
