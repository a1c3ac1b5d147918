package import Foundation
public import Pipeline

/// What one pass of keeping house did.
public struct HouseReport: Sendable, Equatable {
    /// Partitions of a week that were made ahead, and those that were over and are gone.
    public var weeksMade, weeksDropped: Int
    /// Ended jobs that were kept long enough.
    public var jobsDeleted: Int

    public init(weeksMade: Int = 0, weeksDropped: Int = 0, jobsDeleted: Int = 0) {
        (self.weeksMade, self.weeksDropped, self.jobsDeleted) = (weeksMade, weeksDropped, jobsDeleted)
    }
}

extension PostgresJobStore {
    public func keepHouse() async throws(Failure) -> HouseReport { try await keepHouse(asOf: nil) }

    /// Makes partitions ahead, and drops and deletes what was kept long enough, in as many transactions as it takes.
    ///
    /// - Parameter asOf: in place of the database's time; for tests.
    package func keepHouse(asOf: Date?) async throws(Failure) -> HouseReport {
        var report = HouseReport()
        while true {
            let rows = try await database.query(
                HouseStatements.keep, [.text(asOf.map { $0.formatted(.iso8601) }), .int(10_000)])
            guard let row = rows.first else { return report }
            report.weeksMade += try row.int("weeks_made")
            report.weeksDropped += try row.int("weeks_dropped")
            report.jobsDeleted += try row.int("jobs_deleted")
            if try !row.bool("again") { return report }
        }
    }

    /// Sets how long ended jobs are kept.
    ///
    /// - Parameters:
    ///   - days: 0 keeps them for ever; nil is what all tenants have, or for ever where all are meant.
    ///   - tenant: nil for all that have no number of their own.
    /// - Throws: `invalidRequest` for days out of 0...36500.
    public func keep(days: Int?, tenant: String?) async throws(Failure) {
        guard (0...36500).contains(days ?? 0), tenant?.isEmpty != true else {
            throw Failure(.invalidRequest, "Ended jobs are kept 0 to 36500 days; 0 is for ever.")
        }
        _ = try await database.query(HouseStatements.setKeep, [.text(tenant), .int(days)])
    }
}

private enum HouseStatements {
    static let keep = Statement(
        "house.keep",
        """
        select h.weeks_made, h.weeks_dropped, h.jobs_deleted, h.again
        from rundum.keep_house(coalesce($1::timestamptz, now()), $2) h
        """)
    static let setKeep = Statement("house.set-keep", "select rundum.set_keep($1, $2)")
}
