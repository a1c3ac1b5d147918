import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

@Suite struct BackfillTests {
    private static let spec = BackfillSpec(name: "cutout", isWorkflow: false, options: ["edge": 2])

    private static func item(_ number: Int) -> BackfillItem {
        BackfillItem(
            key: "car-\(number)",
            source: .init(subject: "car-\(number)", files: [.init(slot: "front", sha256: QueueFixture.sha(1))]))
    }

    private static func job(_ item: BackfillItem) -> BackfillEntry {
        .job(JobRequest(kind: "cutout", options: ["edge": 2], inputs: [QueueFixture.photo()], priority: 3))
    }

    private func planned(
        _ count: Int, in queue: QueueFixture, canary: Int = 0, keys: @escaping @Sendable (Int) -> Int = { $0 }
    ) async throws -> Backfill {
        let id = try await queue.store.plan(
            Self.spec, pace: BackfillPace(), canary: canary, tenant: queue.tenant
        ) { emit throws(Failure) in
            for number in 1...count { try emit(Self.item(keys(number))) }
        }
        return try await queue.store.backfill(id, tenant: queue.tenant)
    }

    /// Feeds what is left, `chunk` items at a time, at most `most`.
    private func feed(_ feed: BackfillFeed, chunk: Int = 3, most: Int = .max) async throws -> [Int] {
        var (place, fed): (Int, [Int]) = (0, [])
        while fed.count < most {
            let items = try await feed.next(after: place, limit: min(chunk, most - fed.count))
            guard let last = items.last else { break }
            #expect(try await feed.feed(items.map { ($0, Self.job($0)) }, blobs: [], checkpoint: last.number))
            (place, fed) = (last.number, fed + items.map(\.number))
        }
        return fed
    }

    @Test func `items go in once each, and are counted as they end`() async throws {
        let queue = try await QueueFixture.fresh()
        let backfill = try await planned(5, in: queue)
        #expect(backfill.total == 5 && backfill.state == .stopped && !backfill.isFed)
        let right = try await queue.store.takeUp(backfill)
        #expect(try await queue.store.backfill(backfill.id, tenant: queue.tenant).isFed)
        #expect(try await feed(right) == [1, 2, 3, 4, 5])
        var tally = try await queue.store.tally(backfill.id)
        #expect(tally.underWay == 5 && tally.waiting == 0)

        let claims = try await queue.claim()
        #expect(claims.count == 5 && claims.allSatisfy { $0.request.priority == 3 })
        try await queue.complete(claims[0])
        try await queue.complete(claims[1], QueueFixture.result(review: [QueueFixture.look]))
        try await queue.end(claims[2], .discard)
        #expect(try await right.collect(into: &tally))
        #expect(tally.succeeded == 1 && tally.review == 1 && tally.failed == 1 && tally.underWay == 2)
        #expect(try await right.end(as: .done))
        #expect(try await !right.collect(into: &tally))
        let troubles = try await queue.store.troubles(ofBackfill: backfill.id)
        #expect(troubles.map(\.outcome) == ["review", "failed"])
        #expect(troubles[1].failure?.code == .imageCorrupt && troubles[1].key == "car-3")
        #expect(troubles[0].review == [QueueFixture.look])
    }

    @Test func `a person and a retry change how an item ended`() async throws {
        let queue = try await QueueFixture.fresh()
        let backfill = try await planned(2, in: queue)
        _ = try await feed(try await queue.store.takeUp(backfill))
        let claims = try await queue.claim()
        try await queue.complete(claims[0], QueueFixture.result(review: [QueueFixture.look]))
        try await queue.end(claims[1], .discard)
        #expect(try await queue.store.tally(backfill.id).failed == 1)
        _ = try await queue.store.approve(claims[0].job, tenant: queue.tenant)
        _ = try await queue.store.retry(claims[1].job, tenant: queue.tenant)
        let tally = try await queue.store.tally(backfill.id)
        #expect(tally.succeeded == 1 && tally.failed == 0 && tally.underWay == 1)
    }

    @Test func `whoever takes up goes on where the last one stopped, and fences it`() async throws {
        let queue = try await QueueFixture.fresh()
        let backfill = try await planned(7, in: queue)
        let first = try await queue.store.takeUp(backfill)
        #expect(try await feed(first, most: 4) == [1, 2, 3, 4])
        let live = await failure {
            _ = try await queue.store.takeUp(queue.store.backfill(backfill.id, tenant: queue.tenant))
        }
        #expect(live?.code == .conflict)

        // The process that feeds is gone: a pid of this host that nobody has.
        try await queue.db.rows("update rundum.backfill set pid = 2147483646")
        let gone = try await queue.store.backfill(backfill.id, tenant: queue.tenant)
        #expect(!gone.isFed && gone.fed == 4)
        let second = try await queue.store.takeUp(gone)
        let left = try await first.next(after: 0, limit: 10)
        #expect(try await !first.feed(left.map { ($0, Self.job($0)) }, blobs: [], checkpoint: 7))
        var tally = BackfillTally()
        #expect(try await !first.collect(into: &tally))
        #expect(try await !first.end(as: .done))
        #expect(try await feed(second) == [5, 6, 7])
        let jobs = try await queue.db.rows("select count(*), count(distinct id) from rundum.job where priority = 3")
        #expect(jobs == [["7", "7"]])
    }

    @Test(arguments: [true, false])
    func `a chunk looks up its own items only, whatever the planner knows`(isKnown: Bool) async throws {
        let queue = try await QueueFixture.fresh()
        let id = try await planned(20_000, in: queue).id
        let known = try await queue.db.rows(
            "select reltuples::int from pg_class where oid = 'rundum.backfill_item'::regclass")
        #expect(known == [["20000"]])
        if !isKnown {
            try await queue.db.rows("delete from pg_statistic where starelid = 'rundum.backfill_item'::regclass")
            try await queue.db.rows(
                "update pg_class set reltuples = -1, relpages = 0 where oid = 'rundum.backfill_item'::regclass")
        }
        let numbers = (1000..<1100).map { "\($0)" }
        let explain = Statement("test.explain", "explain " + BackfillStatements.setJobs.sql)
        let plan = try await queue.db.database.query(
            explain, [.int(id), .plainArray(numbers), .array(numbers.map { _ in UUID() })]
        ).map { try $0.text("QUERY PLAN") }.joined(separator: "\n")
        #expect(plan.contains("n = ANY") && plan.contains("Index Cond") && !plan.contains("Join Filter"), "\(plan)")
    }

    @Test func `a chunk with a mistake leaves nothing`() async throws {
        let queue = try await QueueFixture.fresh()
        let right = try await queue.store.takeUp(try await planned(3, in: queue))
        let items = try await right.next(after: 0, limit: 3)
        let foreign = JobRequest(kind: "cutout", inputs: [QueueFixture.photo("left", 99)], priority: 3)
        let refused = await failure {
            _ = try await right.feed(
                [(items[0], Self.job(items[0])), (items[1], .job(foreign))], blobs: [], checkpoint: 2)
        }
        #expect(refused?.code == .inputMissing)
        // The same item again is refused too, and takes the others with it.
        #expect(try await right.feed([(items[0], Self.job(items[0]))], blobs: [], checkpoint: 1))
        let again = await failure {
            _ = try await right.feed(items.map { ($0, Self.job($0)) }, blobs: [], checkpoint: 3)
        }
        #expect(again?.code == .internalError)
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["1"]])
        #expect(try await queue.store.backfill(right.id, tenant: queue.tenant).fed == 1)
    }

    @Test func `what can't become a job keeps its cause, and its blobs are the tenant's`() async throws {
        let queue = try await QueueFixture.fresh()
        let right = try await queue.store.takeUp(try await planned(2, in: queue))
        let items = try await right.next(after: 0, limit: 2)
        let stored = JobRequest(kind: "cutout", inputs: [QueueFixture.photo("left", 5)], priority: 3)
        #expect(
            try await right.feed(
                [(items[0], .failure(QueueFixture.broken)), (items[1], .job(stored))],
                blobs: [(QueueFixture.sha(5), 10), (QueueFixture.sha(5), 10)], checkpoint: 2))
        #expect(try await queue.store.owns(blob: QueueFixture.sha(5), tenant: queue.tenant))
        #expect(try await queue.store.troubles(ofBackfill: right.id).first?.failure == QueueFixture.broken)
        let tally = try await queue.store.tally(right.id)
        #expect(tally.failed == 1 && tally.underWay == 1)
    }

    @Test func `a workflow is one item`() async throws {
        let queue = try await QueueFixture.fresh()
        let right = try await queue.store.takeUp(try await planned(1, in: queue))
        let items = try await right.next(after: 0, limit: 1)
        let steps = [
            queue.step("one"), queue.step("two", inputs: [QueueFixture.output("front", of: "one")]),
        ]
        #expect(
            try await right.feed(
                [(items[0], .workflow(WorkflowRequest(name: "w", steps: steps)))], blobs: [], checkpoint: 1))
        try await queue.complete(try await queue.takeFirst())
        #expect(try await queue.store.tally(right.id).underWay == 1)
        try await queue.end(try await queue.takeFirst(), .discard)
        #expect(try await queue.store.tally(right.id).failed == 1)
        #expect(try await queue.store.troubles(ofBackfill: right.id).first?.failure?.code == .imageCorrupt)
    }

    @Test func `a rollback makes current what was`() async throws {
        let queue = try await QueueFixture.fresh()
        let old = try await queue.enqueue()
        try await queue.complete(try await queue.takeFirst())

        /// Does the old job again, and answers the new one's id.
        func again() async throws -> (Backfill, UUID) {
            let id = try await queue.store.plan(
                Self.spec, pace: BackfillPace(), canary: 0, tenant: queue.tenant
            ) { [store = queue.store, tenant = queue.tenant] emit throws(Failure) in
                try store.items(of: JobSelection(tenant: tenant, kind: "cutout"), keepsOptions: true, emit)
            }
            let backfill = try await queue.store.backfill(id, tenant: queue.tenant)
            #expect(backfill.total == 1)
            _ = try await feed(try await queue.store.takeUp(backfill))
            let claim = try await queue.takeFirst()
            #expect(claim.inputs.map(\.sha256) == [QueueFixture.sha(1)])
            try await queue.complete(claim, key: "key-\(id)")
            _ = try await queue.store.tally(id)
            return (backfill, claim.job)
        }
        func current() async throws -> [[String?]] {
            try await queue.db.rows("select key, id, backfill_id from rundum.current_result")
        }
        let key = old.id.uuidString.lowercased()
        let (first, firstJob) = try await again()
        #expect(try await current() == [[key, firstJob.uuidString.lowercased(), "\(first.id)"]])
        let (second, secondJob) = try await again()
        #expect(try await current() == [[key, secondJob.uuidString.lowercased(), "\(second.id)"]])
        #expect(try await queue.store.cachedResult("key-\(second.id)", tenant: queue.tenant) != nil)

        try await queue.store.rollBack(backfill: second.id, tenant: queue.tenant)
        #expect(try await current() == [[key, firstJob.uuidString.lowercased(), "\(first.id)"]])
        #expect(try await queue.store.cachedResult("key-\(second.id)", tenant: queue.tenant) == nil)
        #expect(try await queue.store.cachedResult("key-\(first.id)", tenant: queue.tenant) != nil)
        try await queue.store.rollBack(backfill: first.id, tenant: queue.tenant)
        // The second one stood in the first one's place; what it was about is the first job of all.
        #expect(try await current().first?[1] == key)
        // A result that a person refused meanwhile is nobody's current one.
        try await queue.db.rows(
            "update rundum.done set state = 'failed', result = null, failure = '{}' where id = '\(key)'")
        #expect(try await current().isEmpty)
        let over = await failure {
            _ = try await queue.store.takeUp(queue.store.backfill(first.id, tenant: queue.tenant))
        }
        #expect(over?.code == .conflict)
    }

    @Test func `a rollback cancels what is under way`() async throws {
        let queue = try await QueueFixture.fresh()
        let backfill = try await planned(4, in: queue)
        let right = try await queue.store.takeUp(backfill)
        _ = try await feed(right, most: 3)
        try await queue.complete(try await queue.takeFirst())
        try await queue.store.rollBack(backfill: backfill.id, tenant: queue.tenant)
        let tally = try await queue.store.tally(backfill.id)
        #expect(tally.succeeded == 1 && tally.canceled == 2 && tally.waiting == 1)
        #expect(try await !right.end(as: .done))
    }

    @Test func `a stop is seen by the process that feeds`() async throws {
        let queue = try await QueueFixture.fresh()
        let backfill = try await planned(2, in: queue, canary: 9)
        #expect(backfill.canary == 2)
        let right = try await queue.store.takeUp(backfill)
        try await queue.store.stop(backfill: backfill.id)
        var tally = BackfillTally()
        #expect(try await !right.collect(into: &tally))
        // Stopped before it was looked at, it begins with the same canary.
        let again = try await queue.store.takeUp(queue.store.backfill(backfill.id, tenant: queue.tenant))
        #expect(try await queue.store.backfill(backfill.id, tenant: queue.tenant).canary == 2)
        #expect(try await again.end(as: .waiting))
        _ = try await queue.store.takeUp(queue.store.backfill(backfill.id, tenant: queue.tenant))
        #expect(try await queue.store.backfill(backfill.id, tenant: queue.tenant).canary == 0)
    }

    @Test func `a plan that fails leaves nothing, and a key counts once`() async throws {
        let queue = try await QueueFixture.fresh()
        let broken = await failure {
            _ = try await queue.store.plan(
                Self.spec, pace: BackfillPace(), canary: 0, tenant: queue.tenant
            ) { emit throws(Failure) in
                try emit(Self.item(1))
                throw Failure(.inputUnreadable, "The source ended.")
            }
        }
        #expect(broken?.code == .inputUnreadable)
        #expect(await failure { _ = try await planned(2, in: queue, keys: { _ in 1 }) } != nil)
        #expect(try await queue.store.backfills(tenant: queue.tenant).isEmpty)
        #expect(await failure { _ = try await queue.store.backfill(1, tenant: queue.tenant) }?.code == .notFound)
    }

    @Test func `costs are those of jobs that ran`() async throws {
        let queue = try await QueueFixture.fresh()
        #expect(try await queue.store.cost(of: "cutout", options: [:]) == nil)
        for _ in 0..<3 {
            _ = try await queue.enqueue()
            try await queue.complete(try await queue.takeFirst())
        }
        // Three of two seconds each, two of them side by side.
        try await queue.db.rows(
            """
            update rundum.done d set started_at = t.base + t.start * interval '1 second',
                finished_at = t.base + (t.start + 2) * interval '1 second'
            from (select id, timestamptz '2026-01-01' as base, (array[0, 0, 2])[row_number() over (order by id)] as start
                from rundum.done) t where t.id = d.id
            """)
        let cost = try #require(try await queue.store.cost(of: "cutout", options: [:]))
        #expect(cost.jobs == 3 && cost.seconds == 2 && cost.abreast == 1.5 && cost.bytes == 5 && !cost.isSame)
    }

    @Test func `a query's rows come as texts, and it can't write`() async throws {
        let queue = try await QueueFixture.fresh()
        var rows: [[String: String]] = []
        let good = QuerySource(url: queue.db.url, sql: "select 'a' as file, null as subject, 7 as key;\n")
        try good.each { rows.append($0) }
        #expect(rows == [["file": "a", "key": "7"]])
        for sql in ["delete from rundum.tenant", "select 1; select 2", "select", "nonsense"] where sql != "select" {
            let refused = await failure { try QuerySource(url: queue.db.url, sql: sql).each { _ in } }
            #expect(refused?.code == .invalidRequest, "\(sql)")
        }
    }
}
