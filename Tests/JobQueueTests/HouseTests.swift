import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

/// Partitions of ended jobs, and how long they are kept.
@Suite struct HouseTests {
    private func day(_ text: String) throws -> Date { try Date(text + "T12:00:00Z", strategy: .iso8601) }

    /// An ended job of that day.
    private func end(_ queue: QueueFixture, _ tenant: String, on day: String) async throws {
        let time = "'\(day) 12:00Z'::timestamptz"
        try await queue.db.rows(
            """
            insert into rundum.done (id, created_at, finished_at, fence, revision, progress, tenant_id, attempt,
                max_attempts, state, priority, tolerant, kind, step, options, inputs, result)
            values (rundum.uuid_v7((extract(epoch from \(time)) * 1000000)::bigint), \(time), \(time), 1, 1, 1,
                rundum.tenant_number('\(tenant)'), 1, 5, 'succeeded', 1, false, 'cutout', '', '{}', '[]', '{}')
            """)
    }

    private func weeks(_ queue: QueueFixture) async throws -> [String] {
        try await queue.db.rows(
            "select relname from pg_class where relname ~ '^done_[0-9]{8}$' order by 1"
        ).compactMap { $0[0] }
    }

    private func left(_ queue: QueueFixture) async throws -> [String] {
        try await queue.db.rows(
            """
            select t.key || ' ' || to_char(d.finished_at at time zone 'UTC', 'MM-DD')
            from rundum.done d join rundum.tenant t on t.id = d.tenant_id order by d.finished_at, t.key
            """
        ).compactMap { $0[0] }
    }

    @Test func `weeks are made ahead, once however many ask`() async throws {
        let queue = try await QueueFixture.fresh(connections: 4)
        let now = try day("2027-01-06")
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await queue.store.keepHouse(asOf: now).weeksMade } }
            return try await group.reduce(0, +)
        }
        #expect(made == 4)
        #expect(try await weeks(queue) == ["done_20270104", "done_20270111", "done_20270118", "done_20270125"])
        #expect(try await queue.store.keepHouse(asOf: now + 7 * 86400).weeksMade == 1)
        try await end(queue, "a", on: "2027-01-12")
        #expect(try await queue.db.rows("select count(*) from rundum.done_20270111") == [["1"]])
    }

    @Test func `a week that began before its partition stays where it is`() async throws {
        let queue = try await QueueFixture.fresh()
        try await end(queue, "a", on: "2027-01-05")
        #expect(try await queue.store.keepHouse(asOf: day("2027-01-06")).weeksMade == 3)
        #expect(try await left(queue) == ["a 01-05"])
    }

    @Test func `a job that ends while its week is made is accepted`() async throws {
        let queue = try await QueueFixture.fresh(connections: 2)
        _ = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        let maker = Database(url: queue.db.url, connections: 1)
        _ = try await maker.execute("begin; select rundum.make_weeks(now())")
        let end = Task { try await queue.complete(claim) }
        #expect(try await queue.isSomebodyWaiting())
        _ = try await maker.execute("commit")
        #expect(try await end.value)
        let partitions = try await queue.db.rows("select tableoid::regclass::text from rundum.done")
        #expect(partitions.count == 1 && partitions != [["rundum.done_default"]], "\(partitions)")
        await maker.close()
    }

    @Test func `weeks that are over are dropped, and each tenant keeps what it may`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.store.keepHouse(asOf: day("2027-01-06"))
        for tenant in ["long", "rest", "short"] {
            for date in ["2027-01-05", "2027-01-12", "2027-01-19"] { try await end(queue, tenant, on: date) }
        }
        #expect(try await queue.store.keepHouse(asOf: day("2028-01-01")).jobsDeleted == 0, "kept for ever until said")
        try await queue.store.keep(days: 10, tenant: nil)
        try await queue.store.keep(days: 0, tenant: "long")
        try await queue.store.keep(days: 3, tenant: "short")
        let report = try await queue.store.keepHouse(asOf: day("2027-01-23"))
        #expect(report.weeksDropped == 1)
        #expect(report.jobsDeleted == 4)
        #expect(
            try await left(queue) == ["long 01-05", "long 01-12", "rest 01-12"] + ["long 01-19", "rest 01-19"],
            "the second week is not over for all")
        try await queue.store.keep(days: 20, tenant: "long")
        #expect(try await queue.store.keepHouse(asOf: day("2027-01-30")).jobsDeleted == 2)
        #expect(try await left(queue) == ["long 01-12", "long 01-19", "rest 01-19"])
        #expect(try await queue.store.keepHouse(asOf: day("2027-03-30")).jobsDeleted == 3)
        #expect(try await left(queue).isEmpty)
    }

    @Test func `what a workflow still needs is kept`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.store.keepHouse(asOf: nil)
        _ = try await queue.enqueue([queue.step("a"), queue.step("b", after: ["a"])])
        try await queue.complete(try await queue.takeFirst())
        try await queue.store.keep(days: 1, tenant: nil)
        let later = Date.now + 30 * 86400
        #expect(try await queue.store.keepHouse(asOf: later).jobsDeleted == 0)
        try await queue.complete(try await queue.takeFirst())
        let report = try await queue.store.keepHouse(asOf: later)
        #expect(report.weeksDropped > 0 && report.jobsDeleted == 2)
        let rest = try await queue.db.rows(
            "select (select count(*) from rundum.workflow), (select count(*) from rundum.dependency)")
        #expect(rest == [["0", "0"]])
    }

    @Test func `keys go with the jobs that they made`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "k")
        try await queue.store.keep(days: 2, tenant: queue.tenant)
        _ = try await queue.store.keepHouse(asOf: .now + 86400)
        #expect(try await queue.db.rows("select count(*) from rundum.idempotency") == [["1"]])
        _ = try await queue.store.keepHouse(asOf: .now + 3 * 86400)
        #expect(try await queue.db.rows("select count(*) from rundum.idempotency") == [["0"]])
    }

    @Test func `days that mean nothing are refused`() async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        for days in [-1, 40_000] {
            #expect(await failure { try await queue.store.keep(days: days, tenant: nil) }?.code == .invalidRequest)
        }
    }
}
