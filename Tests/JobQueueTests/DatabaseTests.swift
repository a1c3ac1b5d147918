import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

@Suite struct DatabaseTests {
    private static let echo = Statement("test.echo", "select $1::text as a, $2::text[] as b, $3::text as c")

    @Test func `parameters and results carry any text`() async throws {
        let db = try await TestDatabase.fresh()
        let odd = ["", " ", "{a,b}", "NULL", "a\"b\\c", "ü 🚗", "x\ny", "'; drop"]
        let rows = try await db.database.query(Self.echo, [.text(odd[6]), .array(odd), .null])
        let row = try #require(rows.first)
        #expect(try row.text("a") == odd[6])
        #expect(try row.optional("c") == nil)
        let same = Statement("test.array", "select $1::text[] = array(select jsonb_array_elements_text($2)) as same")
        let json = try JSON.encode(odd)
        #expect(try await db.database.query(same, [.array(odd), .json(json)])[0].bool("same"))
    }

    @Test func `statements that run all the time are parsed once a connection`() async throws {
        let queue = try await QueueFixture.fresh()
        let one = queue.db.reached(by: queue.db.url, connections: 1)
        for _ in 0..<2 {
            _ = try await one.store.enqueue(QueueFixture.request(), tenant: queue.tenant, idempotencyKey: nil)
            _ = try await one.store.claim(queue.worker, kinds: ["cutout"], limit: 1)
            _ = try await one.store.owns(blob: QueueFixture.sha(1), tenant: queue.tenant)
        }
        let names = try await one.database.execute("select name from pg_prepared_statements order by name", [])
        #expect(names == [["claims.claim"], ["intake.enqueue"]])
    }

    @Test(arguments: ["deallocate all", "discard all", "discard plans"])
    func `a connection that lost its prepared statements makes them again`(loss: String) async throws {
        let db = try await TestDatabase.fresh(connections: 1)
        let kept = Statement("test.kept", "select $1::int + 1 as next", isPrepared: true)
        for number in 1...2 {
            #expect(try await db.database.query(kept, [.int(number)])[0].int("next") == number + 1)
            _ = try await db.database.execute(loss)
        }
    }

    @Test func `a prepared statement whose columns changed is made anew`() async throws {
        let db = try await TestDatabase.fresh(connections: 1)
        _ = try await db.database.execute("create table public.shape (a int); insert into public.shape values (1)")
        let kept = Statement("test.shape", "select * from public.shape", isPrepared: true)
        #expect(try await db.database.query(kept)[0].int("a") == 1)
        _ = try await db.database.execute("alter table public.shape add column b int default 2")
        #expect(try await db.database.query(kept)[0].int("b") == 2)
    }

    @Test func `a row that has another shape is our fault, and says where`() async throws {
        let db = try await TestDatabase.fresh()
        let statement = Statement("test.row", "select 'x' as text, null as nothing, '{\"a\":1}'::jsonb as json")
        let row = try #require(try await db.database.query(statement).first)
        let reads: [(Row) throws -> Void] = [
            { let _: Int = try $0.int("text") }, { _ = try $0.double("text") }, { _ = try $0.uuid("text") },
            { _ = try $0.uuid("nothing") }, { _ = try $0.text("nothing") }, { _ = try $0.text("absent") },
            { _ = try $0.optionalDate("text") }, { let _: [Int] = try $0.json("json") },
            { let _: Int = try $0.json("nothing") },
        ]
        for read in reads {
            let failure = await failure { try read(row) }
            #expect(failure?.code == .internalError)
            #expect(failure?.detail?.hasPrefix("test.row.") == true)
        }
    }

    @Test(arguments: [
        ("RU404", Failure.Code.notFound), ("RU422", .idempotencyMismatch), ("23514", .invalidRequest),
        ("42P01", .databaseUnavailable), ("08006", .databaseUnavailable), ("40P01", .databaseUnavailable),
        ("53300", .databaseUnavailable), ("57P01", .databaseUnavailable), ("42601", .internalError),
    ])
    func `each SQLSTATE has its failure`(state: String, code: Failure.Code) {
        let error = DatabaseError(
            statement: "s", sqlState: state, message: "m", detail: "d", hint: "h", column: "c", connected: true)
        let failure = Failure(error)
        #expect(failure.code == code)
        // PostgreSQL's own words are for operators only.
        if !state.hasPrefix("RU") { #expect(failure.detail == "s: \(state) m d" && !failure.summary.contains("m d")) }
    }

    @Test func `a lost connection is unavailable, whatever was said`() {
        let error = DatabaseError(
            statement: "s", sqlState: nil, message: "", detail: nil, hint: nil, column: nil, connected: false)
        #expect(Failure(error).code == .databaseUnavailable)
        #expect(Failure(error).kind == .unavailable)
    }

    @Test func `a database that can't be reached is unavailable`() async {
        let database = Database(url: "postgresql:///x?host=/nonexistent")
        let failure = await failure { try await database.ping() }
        #expect(failure?.code == .databaseUnavailable)
        #expect(failure?.summary.contains("/nonexistent") == false)
        #expect(failure?.detail?.contains("/nonexistent") == true)
    }

    @Test func `a connection that was cut while idle is replaced unnoticed`() async throws {
        let db = try await TestDatabase.fresh(connections: 1)
        try await db.database.ping()
        let other = Database(url: db.url, connections: 1)
        _ = try await other.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() "
                + "and pid <> pg_backend_pid()", [])
        try await db.database.ping()
    }

    @Test func `a connection that is cut at work is unavailable once`() async throws {
        let db = try await TestDatabase.fresh(connections: 1)
        let failure = await failure { try await db.rows("select pg_terminate_backend(pg_backend_pid())") }
        #expect(failure?.code == .databaseUnavailable)
        try await db.database.ping()
    }

    @Test func `a transaction that was left open does not reach the next caller`() async throws {
        let db = try await TestDatabase.fresh(connections: 1)
        _ = try await db.database.execute("begin; create table public.leftover ()")
        #expect(try await db.rows("select to_regclass('public.leftover')") == [[nil]])
    }

    @Test func `more callers than connections wait in line`() async throws {
        let db = try await TestDatabase.fresh(connections: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await db.database.ping() } }
            try await group.waitForAll()
        }
        let count = try await db.rows(
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'rundum'")
        #expect(count == [["2"]])
        await db.database.close()
        try await db.database.ping()
    }

    @Test func `a database without our tables says what to do`() async throws {
        let db = try await TestDatabase.fresh()
        try await db.rows("drop schema rundum cascade")
        let failure = await failure { _ = try await db.store.job(UUID(), tenant: "t") }
        #expect(failure?.code == .databaseUnavailable)
        #expect(failure?.hint == "Run `rundum db migrate`.")
    }

    @Test func `intervals keep their microseconds`() {
        #expect(Parameter.interval(.milliseconds(1500)).text == "1 seconds 500000 microseconds")
        #expect(Parameter.interval(.microseconds(7)).text == "0 seconds 7 microseconds")
    }
}
