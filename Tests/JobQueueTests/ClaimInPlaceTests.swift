import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct ClaimInPlaceTests {
    @Test func `a claim writes no index`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.store.enqueue(
            many: Array(repeating: QueueFixture.request(), count: 200), tenant: queue.tenant)
        // The counters are the transaction's own, so the claim has to be in it.
        let counted = try await queue.db.rows(
            """
            with c as materialized (select count(*) as n from rundum.claim(\(queue.worker), '{cutout}', 200, 200))
            select n, pg_stat_get_xact_tuples_updated('rundum.job'::regclass),
                pg_stat_get_xact_tuples_hot_updated('rundum.job'::regclass) from c
            """)
        #expect(counted == [["200", "200", "200"]])
    }

    @Test func `a dead worker's jobs are found however far the floor has risen`() async throws {
        let queue = try await QueueFixture.fresh()
        let long = try await queue.enqueue()
        let lost = try await queue.takeFirst()
        for _ in 0..<3 {
            _ = try await queue.enqueue()
            try await queue.complete(try await queue.takeFirst())
            try await queue.pass()
        }
        let places = try await queue.db.rows(
            "select low = (select min(vt) from rundum.job), low < floor from rundum.band where priority = 1")
        #expect(places == [["t", "t"]])
        try await queue.db.rows("update rundum.worker set lease_until = now() - interval '1 s'")
        #expect(try await queue.store.sweep().rescued == 1)
        #expect(try await queue.state(long) == .queued)
        #expect(try await !queue.complete(lost))
    }

    @Test func `when nothing runs any more the bound of running jobs follows the floor`() async throws {
        let queue = try await QueueFixture.fresh()
        for _ in 0..<4 {
            _ = try await queue.enqueue()
            try await queue.complete(try await queue.takeFirst())
            try await queue.pass()
        }
        let places = try await queue.db.rows("select low = floor, low > 0 from rundum.band where priority = 1")
        #expect(places == [["t", "t"]])
    }

    @Test func `claims that move the clock at once never move it back, and keep no lock`() async throws {
        let queue = try await QueueFixture.fresh(connections: 8)
        try await withThrowingTaskGroup { group in
            for place in (1...400).map({ 1 + $0 * 171 % 400 }) {
                group.addTask { try await queue.db.rows("select rundum.raise_clock(1::smallint, \(place))") }
            }
            try await group.waitForAll()
        }
        #expect(try await queue.db.rows("select rundum.vnow(1::smallint)") == [["400"]])
        let holder = Database(url: queue.db.url, connections: 1)
        _ = try await holder.execute("begin; select rundum.raise_clock(1::smallint, 401)")
        try await queue.db.rows("select rundum.raise_clock(1::smallint, 402)")
        #expect(try await queue.db.rows("select rundum.vnow(1::smallint)") == [["402"]])
        await holder.close()
    }

    @Test(arguments: [
        ("blocked", "3"), ("scheduled", "2"), ("queued", "0"), ("running", "0"),
    ])
    func `every live state has its place among the indexes`(state: String, shelf: String) async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([
            queue.step("a"), queue.step("b", inputs: [QueueFixture.output("front", of: "a")]),
            queue.step("c", runAt: .distantFuture), queue.step("d"),
        ])
        _ = try await queue.claim(limit: 1)
        #expect(jobs.count == 4)
        let found = try await queue.db.rows("select distinct shelf from rundum.job where state = '\(state)'")
        #expect(found == [[shelf]])
    }
}
