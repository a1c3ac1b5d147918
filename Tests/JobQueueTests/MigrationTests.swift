import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

@Suite struct MigrationTests {
    @Test func `a second migration does nothing`() async throws {
        let db = try await TestDatabase.fresh()
        #expect(try await db.database.migrate().isEmpty)
        let count = try await db.rows("select count(*) from rundum.migration")
        #expect(count == [["\(Migration.all.count)"]])
    }

    @Test func `several programs may migrate at once`() async throws {
        let db = try await TestDatabase.fresh(connections: 4)
        try await db.rows("drop schema rundum cascade")
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask { try await db.database.migrate() }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == Migration.all.map(\.name))
    }

    @Test func `a migration that stopped midway leaves nothing`() async throws {
        let db = try await TestDatabase.fresh(connections: 1)
        // The schema is made by the first step again, so a type that is in the way stops the last one.
        try await db.rows("drop schema rundum cascade")
        try await db.rows("create schema rundum")
        try await db.rows(
            "create function rundum.retry(_tenant text, _job uuid) returns text language sql as 'select null'")
        let failure = await failure { _ = try await db.database.migrate() }
        #expect(failure?.code == .internalError)
        #expect(failure?.detail?.contains("migration.callers") == true)
        #expect(try await db.rows("select to_regclass('rundum.job')") == [[nil]])
        try await db.rows("drop schema rundum cascade")
        #expect(try await db.database.migrate().count == Migration.all.count)
    }

    @Test func `a database that is newer than the program is left alone`() async throws {
        let db = try await TestDatabase.fresh()
        try await db.rows("insert into rundum.migration (version, name) values (9999, 'from the future')")
        let failure = await failure { _ = try await db.database.migrate() }
        #expect(failure?.code == .conflict)
        #expect(failure?.hint == "Update rundum.")
    }

    @Test func `steps are numbered without gaps`() {
        let versions = Migration.all.map(\.version)
        #expect(versions == Set(versions).sorted())
        #expect(Set(Migration.all.map(\.name)).count == Migration.all.count)
        #expect(Migration.all.allSatisfy { !$0.sql.isEmpty })
    }

    /// `RECORD=1` writes the file anew, and fails so that nobody commits a recording unseen.
    @Test func `the committed schema is the one that the migrations make`() async throws {
        let db = try await TestDatabase.fresh()
        let live = try await Self.dump(db.url)
        let file = Fixtures.root.appending(path: "docs/schema.sql")
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try live.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("Recorded docs/schema.sql anew; look at the difference.")
        }
        let committed = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(committed == live, "docs/schema.sql differs; record it with RECORD=1")
    }

    @Test(arguments: [
        ("state = 'succeeded'", "job_state_is_live"), ("state = 'blocked'", "job_blocked_has_dependencies"),
        ("state = 'running'", "job_running_has_worker"), ("cancel = true", "job_cancel_is_running"),
        ("progress = 1.5", "job_progress"), ("progress = 'NaN'", "job_progress"), ("priority = 4", "job_priority"),
        ("attempt = -1", "job_attempts"), ("kind = ''", "job_kind"), ("inputs = '{}'", "job_shapes"),
        ("label = 'x'", "job_label_in_workflow"),
    ])
    func `the table of live jobs refuses what can't be`(change: String, constraint: String) async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        _ = try await queue.enqueue()
        let failure = await failure { _ = try await queue.db.rows("update rundum.job set \(change)") }
        #expect(failure?.detail?.contains(constraint) == true)
    }

    @Test(arguments: [
        ("state = 'queued', result = null", "done_state_is_final"), ("result = null", "done_has_result"),
        ("state = 'failed'", "done_has_"), ("failure = '{}'", "done_has_failure"),
        ("ended_by = id", "done_by_another_did_not_succeed"), ("finished_at = null", "finished_at"),
    ])
    func `the table of done jobs refuses what can't be`(change: String, constraint: String) async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        _ = try await queue.enqueue()
        try await queue.complete(try await queue.takeFirst())
        let failure = await failure { _ = try await queue.db.rows("update rundum.done set \(change)") }
        #expect(failure?.code == .invalidRequest || failure?.code == .internalError)
        #expect(failure?.detail?.contains(constraint) == true)
    }

    /// What pg_dump says of our schema, without what differs between versions and runs.
    private static func dump(_ url: String) async throws -> String {
        let dump = try await Program.run(
            ["--schema-only", "--schema=rundum", "--no-owner", "--no-privileges", "-d", url],
            executable: try PostgresBinaries.find(major: nil).folder.appending(path: "pg_dump"))
        try #require(dump.status == 0, "\(dump.err)")
        let noise = ["--", "SET ", "SELECT pg_catalog.set_config", "\\"]
        let lines = dump.out.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { line in !noise.contains { line.hasPrefix($0) } }
        var kept: [Substring] = []
        for line in lines where !(line.isEmpty && kept.last?.isEmpty ?? true) { kept.append(line) }
        while kept.last?.isEmpty == true { kept.removeLast() }
        return kept.joined(separator: "\n") + "\n"
    }
}
