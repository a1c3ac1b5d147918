import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct ReviewTests {
    private func inReview(_ queue: QueueFixture, key: String = "") async throws -> Job {
        let job = try await queue.enqueue()
        let result = QueueFixture.result(review: [QueueFixture.look])
        try await queue.complete(try await queue.takeFirst(), result, key: key)
        return job
    }

    @Test func `what a person approves has succeeded, with all that it had`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await inReview(queue)
        let before = try await queue.job(job)
        let approved = try await queue.store.approve(job.id, tenant: queue.tenant)
        #expect(approved.state == .succeeded)
        #expect(approved.result == before.result)
        #expect(approved.revision > before.revision)
        #expect(try await queue.store.approve(job.id, tenant: queue.tenant) == approved)
        let late = await failure { _ = try await queue.store.reject(job.id, reason: "", tenant: queue.tenant) }
        #expect(late?.code == .conflict)
    }

    @Test func `what a person rejects has failed, its outputs are gone, and it is not served from the cache`()
        async throws
    {
        let queue = try await QueueFixture.fresh()
        let job = try await inReview(queue, key: "k")
        let rejected = try await queue.store.reject(job.id, reason: "The plate shows.", tenant: queue.tenant)
        #expect(rejected.state == .failed)
        #expect(rejected.result == nil)
        #expect(rejected.failure?.failure == Failure(.rejected, "The plate shows."))
        #expect(try await queue.store.cachedResult("k", tenant: queue.tenant) == nil)
        #expect(try await queue.store.reject(job.id, reason: "Again.", tenant: queue.tenant) == rejected)
        let late = await failure { _ = try await queue.store.approve(job.id, tenant: queue.tenant) }
        #expect(late?.code == .conflict)
        #expect(try await queue.store.retry(job.id, tenant: queue.tenant).state == .queued)
    }

    @Test func `a job that asks something runs once more with the answer, and what it kept waiting follows`()
        async throws
    {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("plates"), queue.step("cutout", inputs: [QueueFixture.output("front", of: "plates")]),
            queue.step("spin", inputs: [QueueFixture.output("front", of: "cutout")]),
        ])
        let open = QueueFixture.result([:], review: [QueueFixture.question])
        try await queue.complete(try await queue.take(jobs["plates"]), open)
        #expect(try await queue.state(jobs["cutout"]) == .failed)
        #expect(try await queue.state(jobs["spin"]) == .failed)
        let plates = try #require(jobs["plates"])
        let unknown = await failure {
            _ = try await queue.store.approve(plates.id, answer: "blur", tenant: queue.tenant)
        }
        #expect(unknown?.code == .conflict)
        #expect(unknown?.hint == "Answers are: approve, cover.")

        let again = try await queue.store.approve(plates.id, answer: "cover", tenant: queue.tenant)
        #expect(again.state == .queued)
        #expect(again.request.options == ["edge": 2, "cover": "0123456789ab"])
        #expect(try await queue.state(jobs["cutout"]) == .blocked)
        #expect(try await queue.state(jobs["spin"]) == .blocked)
        for step in ["plates", "cutout", "spin"] { try await queue.complete(try await queue.take(jobs[step])) }
        for job in jobs.values { #expect(try await queue.state(job) == .succeeded) }
    }

    @Test func `an answer that nothing asked for is refused`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await inReview(queue)
        let refused = await failure {
            _ = try await queue.store.approve(job.id, answer: "cover", tenant: queue.tenant)
        }
        #expect(refused?.code == .conflict)
        #expect(try await queue.state(job) == .review)
    }

    @Test func `only a job of one's own that is in review is decided about`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await inReview(queue)
        let foreign = await failure { _ = try await queue.store.approve(job.id, tenant: "other") }
        #expect(foreign?.code == .notFound)
        let open = try await queue.enqueue()
        let early = await failure { _ = try await queue.store.approve(open.id, tenant: queue.tenant) }
        #expect(early?.code == .conflict)
        #expect(early?.summary == "The job has not ended.")
    }
}

@Suite struct PauseTests {
    @Test func `a paused lane gives nothing, the other one goes on`() async throws {
        let queue = try await QueueFixture.fresh()
        let live = try await queue.enqueue()
        let bulk = try await queue.enqueue(JobRequest(kind: "cutout", inputs: [], priority: 3))
        try await queue.store.pause(.live)
        #expect(try await queue.claim().map(\.job) == [bulk.id])
        try await queue.store.resume(.live)
        #expect(try await queue.claim().map(\.job) == [live.id])
        try await queue.store.pause(.bulk)
        _ = try await queue.enqueue(JobRequest(kind: "cutout", inputs: [], priority: 3))
        #expect(try await queue.claim().isEmpty)
    }
}

@Suite struct LaneTests {
    private func enqueue(_ queue: QueueFixture, _ priorities: Int...) async throws -> [UUID] {
        var ids: [UUID] = []
        for priority in priorities {
            ids.append(try await queue.enqueue(JobRequest(kind: "cutout", inputs: [], priority: priority)).id)
        }
        return ids
    }

    @Test func `bulk jobs get what live ones leave of their own limit`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await enqueue(queue, 3, 3, 3, 1, 0)
        func claim(_ limit: Int, _ bulk: Int) async throws -> [UUID] {
            try await queue.store.claim(queue.worker, kinds: ["cutout"], limit: limit, bulk: bulk).map(\.job)
        }
        #expect(try await claim(1, 0) == [jobs[4]])
        #expect(try await claim(3, 2) == [jobs[3], jobs[0]])
        #expect(try await claim(3, 0).isEmpty)
        #expect(try await claim(1, 3) == [jobs[1]])
    }

    @Test func `a worker with room for live jobs only is not told of bulk ones`() async throws {
        let queue = try await QueueFixture.fresh()
        func idle() async throws -> [String?] {
            try await queue.db.rows("select idle, idle_bulk from rundum.worker")[0]
        }
        _ = try await queue.store.claim(queue.worker, kinds: ["cutout"], limit: 1, bulk: 0)
        #expect(try await idle() == ["t", "f"])
        _ = try await enqueue(queue, 1)
        _ = try await queue.store.claim(queue.worker, kinds: ["cutout"], limit: 1, bulk: 1)
        #expect(try await idle() == ["f", "f"])
        _ = try await queue.store.claim(queue.worker, kinds: ["cutout"], limit: 2, bulk: 1)
        #expect(try await idle() == ["t", "t"])
    }

    @Test func `a worker that is full of bulk jobs is still told of live ones`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await enqueue(queue, 3, 3)
        #expect(try await queue.store.claim(queue.worker, kinds: ["cutout"], limit: 2, bulk: 2).count == 2)
        #expect(try await queue.db.rows("select idle, idle_bulk from rundum.worker") == [["t", "f"]])
    }

    @Test func `a lease that a clock set back made long is cut to its length`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        let far = WorkerDescription(host: "elsewhere", pid: 1, processStart: 1)
        let worker = try await queue.store.register(far, lease: .seconds(15))
        _ = try await queue.store.claim(worker, kinds: ["cutout"], limit: 1)
        // What is left in the row when the server's clock goes back by an hour.
        try await queue.db.rows(
            "update rundum.worker set lease_until = lease_until + interval '1 h' where host = 'elsewhere'")
        _ = try await queue.store.sweep()
        let left = try await queue.db.rows(
            "select lease_until <= now() + interval '15 s' from rundum.worker where host = 'elsewhere'")
        #expect(left == [["t"]])
        #expect(try await queue.job(job).state == .running)
    }
}

@Suite struct LimitTests {
    private func enqueue(_ queue: QueueFixture, _ count: Int) async throws {
        for _ in 0..<count { _ = try await queue.enqueue() }
    }

    /// How many of the tenant's jobs are let in, running ones included, and how many are parked.
    private func counts(_ queue: QueueFixture) async throws -> [String?] {
        try await queue.db.rows(
            "select count(*) filter (where gate = 2), count(*) filter (where gate = 1) from rundum.job")[0]
    }

    @Test func `no more run than the tenant may, however they come in and go`() async throws {
        let queue = try await QueueFixture.fresh()
        try await enqueue(queue, 3)
        try await queue.store.limit(queue.tenant, to: TenantLimits(maxRunning: 2))
        try await enqueue(queue, 2)
        _ = try await queue.store.enqueue(
            many: Array(repeating: QueueFixture.request(), count: 3), tenant: queue.tenant)
        #expect(try await counts(queue) == ["2", "6"])
        let first = try await queue.claim()
        #expect(first.count == 2)
        #expect(try await queue.claim().isEmpty)
        // However an attempt ends, it makes room for one.
        try await queue.complete(first[0])
        let third = try await queue.takeFirst()
        #expect(try await queue.claim().isEmpty)
        try await queue.end(third, .discard)
        let fourth = try await queue.takeFirst()
        try await queue.end(fourth, .retry(after: .seconds(60)))
        let fifth = try await queue.takeFirst()
        try await queue.end(fifth, .release)
        _ = try await queue.store.cancel(first[1].job, tenant: queue.tenant)
        #expect(try await counts(queue) == ["2", "3"])
        try await queue.end(first[1], .cancel)
        #expect(try await queue.claim().count == 2)
    }

    @Test func `a batch of a limited tenant goes alone and lets the next in`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.limit(queue.tenant, to: TenantLimits(maxRunning: 1))
        try await enqueue(queue, 2)
        let claim = try await queue.takeFirst()
        let answer = try await queue.store.exchange(
            [Completion(claim, result: QueueFixture.result())], for: queue.worker, kinds: ["cutout"], limit: 5)
        #expect(answer == Exchange(accepted: [nil], claims: []))
        #expect(try await queue.complete(claim))
        #expect(try await queue.claim().count == 1)
    }

    @Test func `limits that are taken away free what was parked, behind no floor`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.limit(queue.tenant, to: TenantLimits(maxRunning: 0))
        try await enqueue(queue, 4)
        #expect(try await queue.claim().isEmpty)
        // Others go on, and the floor rises past the parked ones.
        for _ in 0..<8 {
            _ = try await queue.store.enqueue(
                JobRequest(kind: "cutout", inputs: []), tenant: "other", idempotencyKey: nil)
        }
        for claim in try await queue.claim() { try await queue.complete(claim) }
        for _ in 0..<2 {
            try await queue.db.rows("update rundum.band set passed_at = '-infinity', looked_at = now()")
            _ = try await queue.store.sweep()
        }
        try await queue.store.limit(queue.tenant, to: nil)
        #expect(try await queue.claim().count == 4)
        #expect(try await counts(queue) == ["0", "0"])
    }

    @Test func `a rate lets in a burst and then one after another`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.limit(queue.tenant, to: TenantLimits(perMinute: 1, burst: 2))
        try await enqueue(queue, 5)
        #expect(try await queue.claim().count == 2)
        #expect(try await queue.claim().isEmpty)
        // As if 61 seconds had gone by.
        try await queue.db.rows(
            """
            update rundum.tenant_limit
            set refilled_at = refilled_at - interval '61 s', wake_at = wake_at - interval '61 s'
            """)
        #expect(try await queue.claim().count == 1)
        #expect(try await queue.claim().isEmpty)
        #expect(try await counts(queue) == ["3", "2"])
    }

    @Test func `steps of a workflow and retried jobs keep to the limit too`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.limit(queue.tenant, to: TenantLimits(maxRunning: 1))
        _ = try await queue.enqueue([
            queue.step("a"), queue.step("b", after: ["a"]), queue.step("c", after: ["a"]),
        ])
        try await queue.complete(try await queue.takeFirst())
        let next = try await queue.claim()
        #expect(next.count == 1)
        #expect(try await counts(queue) == ["1", "1"])
        try await queue.end(try #require(next.first), .discard)
        _ = try await queue.store.retry(try #require(next.first).job, tenant: queue.tenant)
        #expect(try await queue.claim().count == 1)
        #expect(try await counts(queue) == ["1", "1"])
    }

    @Test func `limits and paused lanes are told as they were set`() async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        #expect(try await queue.store.tenantLimits().isEmpty)
        let limits = [
            "a": TenantLimits(maxRunning: 0), "b": TenantLimits(perMinute: 0.5, burst: 3),
            "c": TenantLimits(maxRunning: 7, perMinute: 60),
        ]
        for (tenant, one) in limits { try await queue.store.limit(tenant, to: one) }
        #expect(try await queue.store.tenantLimits() == limits)
        try await queue.store.limit("b", to: nil)
        #expect(try await Set(queue.store.tenantLimits().keys) == ["a", "c"])
        #expect(try await queue.store.pausedLanes().isEmpty)
        try await queue.store.pause(.live)
        #expect(try await queue.store.pausedLanes() == [.live])
        try await queue.store.pause(.bulk)
        #expect(try await queue.store.pausedLanes() == [.live, .bulk])
    }

    @Test(arguments: [
        TenantLimits(maxRunning: -1), TenantLimits(perMinute: 0), TenantLimits(perMinute: .nan),
        TenantLimits(perMinute: 1, burst: 0),
    ])
    func `limits that mean nothing are refused`(limits: TenantLimits) async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        let refused = await failure { try await queue.store.limit("t", to: limits) }
        #expect(refused?.code == .invalidRequest)
    }
}
