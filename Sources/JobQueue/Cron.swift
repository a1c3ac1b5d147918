public import Foundation
public import Pipeline

/// A job that comes again by the clock of a place.
public struct CronEntry: Sendable, Equatable, Codable {
    /// Up to 64 letters, digits, dots, hyphens and underscores; unique within the tenant.
    public let name: String
    public let tenant: String
    /// Minute, hour, day of the month, month, day of the week, as cron writes them.
    public let schedule: String
    /// Name in the tz database.
    public let zone: String
    /// As `rundum.enqueue` takes it, see docs/enqueue.md; without tenant, key and runAt.
    public let request: JSONValue
    public let nextAt: Date
    public let lastAt: Date?
    public let lastJob: UUID?
    /// Why the last one was not enqueued.
    public let failure: String?
}

/// Jobs that come again.
public protocol CronTable: Sendable {
    /// Adds an entry, or changes the one of that name.
    ///
    /// - Parameter zone: whose clocks the schedule goes by.
    /// - Throws: `invalidRequest` for a name, schedule, zone or request that is none; `inputMissing`.
    func setCron(
        _ name: String, schedule: String, zone: String, request: JSONValue, tenant: String
    ) async throws(Failure) -> CronEntry
    /// - Throws: `notFound`.
    func removeCron(_ name: String, tenant: String) async throws(Failure)
    /// By name; of all tenants if nil.
    func cron(tenant: String?) async throws(Failure) -> [CronEntry]
}

extension CronTable {
    public static var defaultZone: String { "Europe/Berlin" }
}

extension PostgresJobStore: CronTable {
    public func setCron(
        _ name: String, schedule: String, zone: String, request: JSONValue, tenant: String
    ) async throws(Failure) -> CronEntry {
        guard !tenant.isEmpty else { throw Failure(.invalidRequest, "The tenant has no name.") }
        let rows = try await database.query(
            CronStatements.set,
            [.text(tenant), .text(name), .text(schedule), .text(zone), .json(try JSON.encode(request))])
        guard let row = rows.first else { throw Failure(.internalError, "The entry was not written.") }
        return try CronEntry(row)
    }

    public func removeCron(_ name: String, tenant: String) async throws(Failure) {
        guard try await !database.query(CronStatements.remove, [.text(tenant), .text(name)]).isEmpty else {
            throw Failure(.notFound, "There is no entry \(name).")
        }
    }

    public func cron(tenant: String?) async throws(Failure) -> [CronEntry] {
        let rows = try await database.query(CronStatements.list, [.text(tenant)])
        return try rows.map { row throws(Failure) in try CronEntry(row) }
    }

    /// Enqueues what is due.
    ///
    /// - Parameter asOf: in place of the database's time; for tests.
    /// - Returns: how many jobs.
    package func fireCron(asOf: Date? = nil) async throws(Failure) -> Int {
        let rows = try await database.query(CronStatements.fire, [.text(asOf.map { $0.formatted(.iso8601) })])
        return try rows.first?.int("fired") ?? 0
    }
}

extension CronEntry {
    fileprivate init(_ row: Row) throws(Failure) {
        name = try row.text("name")
        tenant = try row.text("tenant")
        schedule = try row.text("schedule")
        zone = try row.text("zone")
        request = try row.json("request")
        guard let next = try row.optionalDate("next_at") else {
            throw Failure(.internalError, "An entry has no next time.")
        }
        nextAt = next
        lastAt = try row.optionalDate("last_at")
        lastJob = try row.optionalUUID("last_job")
        failure = try row.optional("failure")
    }
}

private enum CronStatements {
    private static func columns(tenant: String) -> String {
        """
        c.name, \(tenant)::text as tenant, c.schedule, c.zone, c.request, c.last_job, c.failure, \
        (extract(epoch from c.next_at) * 1000000)::bigint as next_at, \
        (extract(epoch from c.last_at) * 1000000)::bigint as last_at
        """
    }
    /// The tenant may be new: a join in the same statement would not see it.
    static let set = Statement(
        "cron.set", "select \(columns(tenant: "$1")) from rundum.set_cron($1, $2, $3, $4, $5, now()) c")
    static let remove = Statement(
        "cron.remove",
        """
        delete from rundum.cron c using rundum.tenant t
        where t.id = c.tenant_id and t.key = $1 and c.name = $2 returning c.name
        """)
    static let list = Statement(
        "cron.list",
        """
        select \(columns(tenant: "t.key")) from rundum.cron c join rundum.tenant t on t.id = c.tenant_id
        where $1::text is null or t.key = $1 order by t.key, c.name
        """)
    static let fire = Statement(
        "cron.fire", "select rundum.fire_cron(coalesce($1::timestamptz, now())) as fired")
}
