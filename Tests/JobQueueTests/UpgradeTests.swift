import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

/// A database that an older program left, with jobs in every state that is not final and one that is.
@Suite struct UpgradeTests {
    @Test(arguments: [9, 13, 16, 18, 20])
    func `jobs that an older program left are done by this one`(version: Int) async throws {
        let db = try await TestDatabase.fresh(connections: 2)
        try await db.rows("drop schema rundum cascade")
        _ = try await db.database.migrate(upTo: version)
        let running = try await Self.leaveJobs(in: db, version: version)
        #expect(try await db.database.migrate().count == Database.schemaVersion - version)
        #expect(
            try await db.rows("select a.state, count(*) from rundum.any_job a group by 1 order by a.state::text")
                == [["blocked", "1"], ["queued", "2"], ["running", "1"], ["scheduled", "1"], ["succeeded", "1"]])

        // The attempt that was under way ends as it would have.
        #expect(
            try await db.rows("select rundum.complete('\(running.job)', \(running.fence), '\(Self.result)', '', false)")
                == [["t"]])
        let worker = try await db.store.register(.current, lease: .seconds(300))
        let queue = QueueFixture(db: db, worker: worker)
        var done: [Kind] = []
        while case let claims = try await queue.claim(), !claims.isEmpty {
            for claim in claims {
                #expect(try await queue.complete(claim))
                done.append(claim.request.kind)
            }
        }
        #expect(done == ["cutout", "cutout", "cutout"])
        let rest = try #require(try await db.rows("select j.id, j.state from rundum.job j").first)
        #expect(rest[1] == "scheduled")
        let waiting = try #require(rest[0].flatMap { UUID(uuidString: $0) })
        #expect(try await db.store.cancel(waiting, tenant: queue.tenant).state == .canceled)
        #expect(try StoreSurvey(url: db.url).breaches().isEmpty)
    }

    private static let result = #"{"kind": "cutout", "version": 1, "outputs": {}}"#

    /// Two queued, one in the bulk lane, one for next year, and two of a workflow; of those that are ready the first is done
    /// and the second runs when this returns.
    private static func leaveJobs(
        in db: TestDatabase, version: Int
    ) async throws -> (job: String, fence: String) {
        func job(_ more: String) -> String { #"{"tenant": "dealer", "kind": "cutout"\#(more)}"# }
        for more in [
            "", "", #", "priority": 3"#, #", "runAt": "\#(Date.now.addingTimeInterval(3e7).ISO8601Format())""#,
        ] {
            try await db.rows("select rundum.enqueue('\(job(more))')")
        }
        let steps =
            #"[{"label": "a", "job": {"kind": "cutout"}}, {"label": "b", "job": {"kind": "cutout"}, "after": ["a"]}]"#
        try await db.rows("select count(*) from rundum.enqueue_steps('dealer', 'pair', '\(steps)', null)")
        let worker = try await db.rows("select rundum.register_worker('elsewhere', 1, 1, '1 h')")[0][0] ?? ""
        let bulk = version < 13 ? "" : ", 2"
        let claims = try await db.rows("select c.job, c.fence from rundum.claim(\(worker), '{cutout}', 2\(bulk)) c")
        let (first, second) = (claims[0].compactMap(\.self), claims[1].compactMap(\.self))
        try await db.rows("select rundum.complete('\(first[0])', \(first[1]), '\(result)', '', false)")
        return (second[0], second[1])
    }
}
