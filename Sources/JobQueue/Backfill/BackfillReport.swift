public import Foundation
public import Pipeline

/// An item that did not succeed, and why.
public struct BackfillTrouble: Sendable, Equatable, Codable {
    public let number: Int
    public let key: String
    public let subject: String?
    /// `failed`, `review`, `canceled` or `gone`.
    public let outcome: String
    /// The job that it began with.
    public let job: UUID?
    public let failure: Failure?
    public let review: [ReviewFlag]
    public let attempt: Int
}

/// An item of a canary, and how it ended.
public struct BackfillSight: Sendable, Equatable {
    public let item: BackfillItem
    public let outcome: String?
    public let failure: Failure?
    /// What was made: one job, or those of the workflow.
    public let jobs: [Job]
    /// What was there before, if anything was.
    public let before: [Job]
}

extension PostgresJobStore {
    /// Items that did not succeed, in their order, a page at a time.
    ///
    /// - Parameter place: only items after this one.
    public func troubles(
        ofBackfill id: Int64, after place: Int = 0, limit: Int = 1000
    ) async throws(Failure) -> [BackfillTrouble] {
        try await database.query(BackfillStatements.troubles, [.int(id), .int(place), .int(limit)])
            .map { row throws(Failure) in
                BackfillTrouble(
                    number: try row.int("n"), key: try row.text("key"), subject: try row.optional("subject"),
                    outcome: try row.text("outcome"), job: try row.optionalUUID("job"),
                    failure: try row.optionalJSON("failure"), review: try row.optionalJSON("review") ?? [],
                    attempt: try row.int("attempt"))
            }
    }

    /// The items with these numbers, with what was made of them and what was there before.
    public func sights(_ numbers: [Int], ofBackfill backfill: Backfill) async throws(Failure) -> [BackfillSight] {
        let rows = try await database.query(
            BackfillStatements.seen, [.int(backfill.id), .plainArray(numbers.map { "\($0)" })])
        var sights: [BackfillSight] = []
        for row in rows {
            let item = try BackfillItem(row)
            let made = try row.optionalUUID(backfill.spec.isWorkflow ? "workflow_id" : "job_id")
            var before = item.previous
            if before == nil {
                let earlier = try await database.query(
                    BackfillStatements.before, [.int(backfill.id), .text(item.key)])
                before = try earlier.first?.optionalUUID("id")
            }
            sights.append(
                BackfillSight(
                    item: item, outcome: try row.optional("outcome"), failure: try row.optionalJSON("failure"),
                    jobs: try await jobs(of: made, in: backfill), before: try await jobs(of: before, in: backfill)))
        }
        return sights
    }

    private func jobs(of id: UUID?, in backfill: Backfill) async throws(Failure) -> [Job] {
        guard let id else { return [] }
        do throws(Failure) {
            if backfill.spec.isWorkflow { return try await workflow(id, tenant: backfill.tenant) }
            return [try await job(id, tenant: backfill.tenant)]
        } catch {
            // Erased meanwhile.
            guard error.code == .notFound else { throw error }
            return []
        }
    }
}
