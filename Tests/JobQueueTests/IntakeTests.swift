import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct IntakeTests {
    @Test func `the same request with the same key gives the first job`() async throws {
        let queue = try await QueueFixture.fresh()
        let first = try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
        let again = try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
        #expect(!first.replayed)
        #expect(again.replayed)
        #expect(again.jobs == first.jobs)
        var other = QueueFixture.request()
        other.options = ["edge": 3]
        let refused = await failure {
            _ = try await queue.store.enqueue(other, tenant: queue.tenant, idempotencyKey: "k")
        }
        #expect(refused?.code == .idempotencyMismatch)
        // The answer to a replay is the job as it is now.
        try await queue.complete(try await queue.takeFirst())
        let late = try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
        #expect(late.jobs.map(\.state) == [.succeeded])
    }

    @Test func `a key of one tenant means nothing to another`() async throws {
        let queue = try await QueueFixture.fresh()
        try await queue.store.own(blob: QueueFixture.sha(1), bytes: 1, tenant: "other")
        let mine = try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
        let theirs = try await queue.store.enqueue(QueueFixture.request("spin"), tenant: "other", idempotencyKey: "k")
        #expect(!theirs.replayed)
        #expect(theirs.jobs.map(\.id) != mine.jobs.map(\.id))
    }

    @Test func `a workflow is replayed whole`() async throws {
        let queue = try await QueueFixture.fresh()
        let workflow = WorkflowRequest(name: "w", steps: [queue.step("a"), queue.step("b", after: ["a"])])
        let first = try await queue.store.enqueue(workflow, tenant: queue.tenant, idempotencyKey: "k")
        let again = try await queue.store.enqueue(workflow, tenant: queue.tenant, idempotencyKey: "k")
        #expect(again.replayed)
        #expect(again.workflow == first.workflow)
        #expect(again.jobs == first.jobs)
        let other = WorkflowRequest(name: "other", steps: workflow.steps)
        let refused = await failure {
            _ = try await queue.store.enqueue(other, tenant: queue.tenant, idempotencyKey: "k")
        }
        #expect(refused?.code == .idempotencyMismatch)
    }

    @Test func `eight callers at once with one key make one job`() async throws {
        let queue = try await QueueFixture.fresh(connections: 8)
        let all = try await withThrowingTaskGroup(of: Enqueued.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(all.flatMap(\.jobs).map(\.id)).count == 1)
        #expect(all.filter { !$0.replayed }.count == 1)
    }

    @Test func `a request that was refused leaves its key unused`() async throws {
        let queue = try await QueueFixture.fresh()
        let foreign = QueueFixture.request(inputs: [QueueFixture.photo("rear", 99)])
        let refused = await failure {
            _ = try await queue.store.enqueue(foreign, tenant: queue.tenant, idempotencyKey: "k")
        }
        #expect(refused?.code == .inputMissing)
        let accepted = try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
        #expect(!accepted.replayed)
    }

    @Test func `another tenant's job is not found`() async throws {
        let queue = try await QueueFixture.fresh()
        let enqueued = try await queue.store.enqueue(
            WorkflowRequest(name: "w", steps: [queue.step("a")]), tenant: queue.tenant, idempotencyKey: nil)
        let id = enqueued.jobs[0].id
        let workflow = try #require(enqueued.workflow)
        let store = queue.store
        let calls: [@Sendable (UUID) async throws -> Void] = [
            { _ = try await store.job($0, tenant: "other") }, { _ = try await store.cancel($0, tenant: "other") },
            { _ = try await store.retry($0, tenant: "other") },
        ]
        for call in calls {
            let foreign = await failure { try await call(id) }
            let unknown = await failure { try await call(UUID()) }
            #expect(foreign?.code == .notFound)
            #expect(foreign == unknown, "a caller can't tell whether the job exists")
        }
        #expect(await failure { _ = try await store.workflow(workflow, tenant: "other") }?.code == .notFound)
        #expect(try await store.jobs(JobFilter(), tenant: "other").jobs.isEmpty)
        #expect(try await queue.state(enqueued.jobs[0]) == .queued)
        try await queue.complete(try await queue.takeFirst())
        #expect(await failure { _ = try await store.retry(id, tenant: "other") }?.code == .notFound)
    }

    @Test func `a hash is not a key`() async throws {
        let queue = try await QueueFixture.fresh()
        let store = queue.store
        #expect(try await store.owns(blob: QueueFixture.sha(1), tenant: queue.tenant))
        #expect(try await !store.owns(blob: QueueFixture.sha(1), tenant: "thief"))
        #expect(try await !store.owns(blob: "../../etc/passwd", tenant: queue.tenant))
        let stolen = await failure {
            _ = try await store.enqueue(QueueFixture.request(), tenant: "thief", idempotencyKey: nil)
        }
        #expect(stolen?.code == .inputMissing)
        #expect(stolen?.slot == "front")
        #expect(stolen?.summary == "The input front is not stored.")
        try await store.own(blob: QueueFixture.sha(1), bytes: 10, tenant: "thief")
        try await store.own(blob: QueueFixture.sha(1), bytes: 10, tenant: "thief")
        _ = try await store.enqueue(QueueFixture.request(), tenant: "thief", idempotencyKey: nil)
        for bad in ["", "ABC", String(repeating: "A", count: 64), QueueFixture.sha(1) + "0"] {
            #expect(await failure { try await store.own(blob: bad, bytes: 1, tenant: "t") }?.code == .invalidRequest)
        }
    }

    @Test func `many jobs and blobs are asked for at once`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = [try await queue.enqueue(), try await queue.enqueue(), try await queue.enqueue()]
        try await queue.complete(try await queue.takeFirst())
        let asked = try await queue.store.jobs(jobs.map(\.id) + [UUID()], tenant: queue.tenant)
        #expect(Set(asked.map(\.id)) == Set(jobs.map(\.id)))
        #expect(asked.filter { $0.state == .succeeded }.count == 1)
        #expect(try await queue.store.jobs(jobs.map(\.id), tenant: "other").isEmpty)
        #expect(try await queue.store.jobs([], tenant: queue.tenant).isEmpty)
        let blobs: Set = [QueueFixture.sha(1), QueueFixture.sha(7), QueueFixture.sha(99), "nonsense"]
        let owned = try await queue.store.owned(blobs: blobs, tenant: queue.tenant)
        #expect(owned == [QueueFixture.sha(1), QueueFixture.sha(7)])
        #expect(try await queue.store.owned(blobs: blobs, tenant: "other").isEmpty)
    }

    @Test func `the result cache is a tenant's own`() async throws {
        let queue = try await QueueFixture.fresh()
        let store = queue.store
        _ = try await queue.enqueue()
        _ = try await queue.enqueue()
        let claims = try await queue.claim()
        #expect(try await store.cachedResult("key", tenant: queue.tenant) == nil)
        try await queue.complete(claims[0], key: "key")
        let cached = try #require(try await store.cachedResult("key", tenant: queue.tenant))
        #expect(cached == QueueFixture.result())
        #expect(try await store.cachedResult("key", tenant: "other") == nil)
        #expect(try await store.complete(claims[1], result: cached, cacheKey: "key", cached: true))
        #expect(try await store.job(claims[1].job, tenant: queue.tenant).cached)
    }

    @Test func `a list pages from the newest and filters`() async throws {
        let queue = try await QueueFixture.fresh()
        var ids: [UUID] = []
        for number in 0..<7 {
            var request = QueueFixture.request(number % 2 == 0 ? "cutout" : "spin")
            request.subject = number < 3 ? "car-1" : nil
            ids.append(try await queue.enqueue(request).id)
        }
        try await queue.complete(try await queue.takeFirst())
        var filter = JobFilter(limit: 3)
        var pages: [[UUID]] = []
        repeat {
            let page = try await queue.store.jobs(filter, tenant: queue.tenant)
            pages.append(page.jobs.map(\.id))
            filter.cursor = page.next
        } while filter.cursor != nil
        #expect(pages.map(\.count) == [3, 3, 1])
        #expect(pages.flatMap { $0 } == ids.reversed())
        func listed(_ filter: JobFilter) async throws -> [UUID] {
            try await queue.store.jobs(filter, tenant: queue.tenant).jobs.map(\.id).reversed()
        }
        #expect(try await listed(JobFilter(states: [.succeeded])) == [ids[0]])
        #expect(try await listed(JobFilter(states: [.succeeded, .queued])) == ids)
        #expect(try await listed(JobFilter(kind: "spin")) == [ids[1], ids[3], ids[5]])
        #expect(try await listed(JobFilter(subject: "car-1")) == Array(ids[0..<3]))
        #expect(try await listed(JobFilter(workflow: UUID())).isEmpty)
        for bad in [JobFilter(limit: 0), JobFilter(limit: 201), JobFilter(cursor: "'; drop table x")] {
            #expect(await failure { _ = try await listed(bad) }?.code == .invalidRequest)
        }
    }

    @Test func `what can't be stored is refused with a reason`() async throws {
        let queue = try await QueueFixture.fresh()
        func code(tenant: String = "dealer", key: String? = nil, _ change: (inout JobRequest) -> Void) async -> Failure
            .Code?
        {
            var request = QueueFixture.request()
            change(&request)
            return await failure { [request] in
                _ = try await queue.store.enqueue(request, tenant: tenant, idempotencyKey: key)
            }?.code
        }
        #expect(await code { $0.priority = 4 } == .invalidRequest)
        #expect(await code { $0.priority = -1 } == .invalidRequest)
        #expect(await code { $0.maxAttempts = 0 } == .invalidRequest)
        #expect(await code { $0.kind = "" } == .unknownKind)
        #expect(await code { $0.options = [] as JSONValue } == .invalidOptions)
        #expect(await code { $0.options = ["text": "a\0b"] } == .invalidRequest)
        #expect(await code { $0.subject = "a\0b" } == .invalidRequest)
        #expect(await code { $0.inputs = [QueueFixture.output("a", of: "b")] } == .invalidInputs)
        #expect(await code { $0.inputs[0].source = .blob(sha256: "nonsense") } == .inputMissing)
        #expect(await code { $0.runAt = .distantFuture } == nil)
        #expect(await code(tenant: "") { _ in } == .invalidRequest)
        #expect(await code(tenant: "a\0b") { _ in } == .invalidRequest)
        #expect(await code(key: "") { _ in } == .invalidRequest)
        #expect(await code(tenant: "'; drop schema rundum cascade; --") { $0.inputs = [] } == nil)
    }
}
