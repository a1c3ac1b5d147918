internal import Foundation
public import Pipeline

/// What the database says of the blobs, and whether its rows agree with one another; all at one moment.
public struct StoreSurvey: Sendable {
    private let url: String
    /// Of the moment, for pg_dump; valid while `read` runs.
    public typealias Snapshot = String

    /// - Parameter url: a direct connection: a snapshot does not pass a pooler.
    public init(url: String) { self.url = url }

    /// A blob that rows speak of.
    public struct NamedBlob: Sendable, Equatable {
        public let sha256: String
        /// As its owners' rows say; nil when a job names it and nobody owns it.
        public let bytes: Int?
    }

    /// A rule that rows break.
    public struct Breach: Sendable, Equatable, Codable {
        public let rule: String
        public let rows: Int
    }

    /// Gives `body` the snapshot and a way to go through all named blobs, in the order of their names. Blocks.
    public func read<Result>(
        _ body: (Snapshot, _ each: ((NamedBlob) throws(Failure) -> Void) throws(Failure) -> Void) throws(Failure) ->
            Result
    ) throws(Failure) -> Result {
        let connection = try Connection(url)
        try connection.script("begin transaction isolation level repeatable read read only", named: "survey.begin")
        guard let snapshot = try connection.query(SurveyStatements.snapshot).first?.text("snapshot") else {
            throw Failure(.internalError, "The database gave no snapshot.")
        }
        return try body(snapshot) { (visit) throws(Failure) in
            _ = try connection.query(SurveyStatements.blobs)
            while true {
                let rows = try connection.query(SurveyStatements.fetch)
                if rows.isEmpty { break }
                for row in rows {
                    let bytes: Int? = try row.optional("bytes") == nil ? nil : try row.int("bytes")
                    try visit(NamedBlob(sha256: try row.text("sha256"), bytes: bytes))
                }
            }
            _ = try connection.query(SurveyStatements.close)
        }
    }

    /// How many blobs tenants own: those that `read` goes through, but for some that nobody owns. Blocks.
    public func count() throws(Failure) -> Int {
        try Connection(url).query(SurveyStatements.count).first?.int("blobs") ?? 0
    }

    /// The rules that rows break; none in a sound database. Blocks.
    public func breaches() throws(Failure) -> [Breach] {
        let connection = try Connection(url)
        var found: [Breach] = []
        for (rule, statement) in SurveyStatements.rules {
            guard let row = try connection.query(statement).first else { continue }
            let rows: Int = try row.int("rows")
            if rows > 0 { found.append(Breach(rule: rule, rows: rows)) }
        }
        return found
    }

    /// The schema's version; nil when there is none.
    public func schemaVersion() throws(Failure) -> Int? {
        let connection = try Connection(url)
        guard try connection.query(SurveyStatements.prepared).first?.bool("found") == true else { return nil }
        return try connection.query(SurveyStatements.version).first?.int("version")
    }

    /// Whether nothing but an empty schema, or none, is there.
    public func isEmpty() throws(Failure) -> Bool {
        let connection = try Connection(url)
        guard try connection.query(SurveyStatements.prepared).first?.bool("found") == true else { return true }
        return try connection.query(SurveyStatements.empty).first?.bool("empty") == true
    }

    /// Drops the schema if nothing is in it.
    ///
    /// - Throws: `conflict` when something is.
    public func dropEmptySchema() throws(Failure) {
        guard try isEmpty() else {
            throw Failure(
                .conflict, "The database is not empty.", hint: "Restore into a new home, or a new database.")
        }
        try Connection(url).script("drop schema if exists rundum cascade", named: "survey.drop")
    }
}

private enum SurveyStatements {
    static let snapshot = Statement("survey.snapshot", "select pg_export_snapshot() as snapshot")
    static let blobs = Statement(
        "survey.blobs",
        """
        declare blobs no scroll cursor for
        select encode(b.sha256, 'hex') as sha256, max(b.bytes) as bytes
        from (
            select o.sha256, o.bytes from rundum.blob_owner o
            union all
            select decode(x.sha256, 'hex'), null
            from (
                select i.value #>> '{source,blob,sha256}' as sha256
                from rundum.any_job a cross join lateral jsonb_array_elements(a.inputs) i
                union all
                select o.value ->> 'sha256'
                from rundum.done d cross join lateral jsonb_each(coalesce(d.result -> 'outputs', '{}')) o
                union all
                select o.value ->> 'sha256'
                from rundum.cache c cross join lateral jsonb_each(coalesce(c.result -> 'outputs', '{}')) o
            ) x where x.sha256 ~ '^[0-9a-f]{64}$'
            union all
            select g.sha256, null from rundum.background g
        ) b
        group by b.sha256 order by b.sha256
        """)
    static let count = Statement(
        "survey.count", "select count(distinct o.sha256) as blobs from rundum.blob_owner o")
    static let fetch = Statement("survey.fetch", "fetch 5000 from blobs")
    static let close = Statement("survey.close", "close blobs")
    static let prepared = Statement(
        "survey.prepared",
        """
        select exists (
            select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'rundum' and c.relname = 'migration') as found
        """)
    static let version = Statement("survey.version", "select max(m.version) as version from rundum.migration m")
    static let empty = Statement(
        "survey.empty",
        """
        select not exists (select from rundum.job) and not exists (select from rundum.done)
            and not exists (select from rundum.blob_owner) and not exists (select from rundum.recipe) as empty
        """)

    static let rules: [(String, Statement)] = [
        (
            "a job is live or done, not both",
            Statement(
                "survey.twice", "select count(*) as rows from rundum.job j join rundum.done d on d.id = j.id")
        ),
        (
            "a blocked job waits for as many live jobs as it counts",
            Statement(
                "survey.blocked",
                """
                select count(*) as rows from rundum.job j
                where j.deps_left <> (
                    select count(*) from rundum.dependency p join rundum.job q on q.id = p.parent where p.child = j.id)
                """)
        ),
        (
            "what a job waits for is there",
            Statement(
                "survey.dependencies",
                """
                select count(*) as rows from rundum.dependency p join rundum.job j on j.id = p.child
                where not exists (select from rundum.any_job a where a.id = p.parent)
                """)
        ),
        (
            "what a job made is its tenant's",
            Statement(
                "survey.owners",
                """
                select count(*) as rows
                from rundum.done d cross join lateral jsonb_each(coalesce(d.result -> 'outputs', '{}')) o
                where not exists (
                    select from rundum.blob_owner b
                    where b.tenant_id = d.tenant_id and b.sha256 = decode(o.value ->> 'sha256', 'hex'))
                """)
        ),
        (
            "an item of a backfill that has not ended has its job",
            Statement(
                "survey.items",
                """
                select count(*) as rows from rundum.backfill_item i
                where i.outcome is null and i.job_id is not null
                    and not exists (select from rundum.any_job a where a.id = i.job_id)
                """)
        ),
    ]
}
