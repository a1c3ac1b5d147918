public import Pipeline

extension Database {
    /// The schema that this program works with.
    public static let schemaVersion = Migration.all.map(\.version).max() ?? 0

    /// Brings the schema up to this program's version, in one transaction; several programs may do it at once.
    ///
    /// - Returns: the names of the steps that were applied; none when the schema was up to date.
    /// - Throws: `conflict` when the database is newer than the program.
    public func migrate() async throws(Failure) -> [String] { try await migrate(upTo: .max) }

    /// As an older program would have left it; for tests.
    package func migrate(upTo version: Int) async throws(Failure) -> [String] {
        try await run { connection throws(Failure) in
            if try Self.isPrepared(connection), try Self.pending(connection).isEmpty { return [] }
            try connection.script("begin", named: "migrate.begin")
            _ = try connection.query(MigrationStatements.lock)
            if try !Self.isPrepared(connection) {
                try connection.script(MigrationStatements.prepare.sql, named: MigrationStatements.prepare.name)
            }
            let pending = try Self.pending(connection).filter { $0.version <= version }
            for migration in pending {
                try connection.script(migration.sql, named: "migration.\(migration.name)")
                _ = try connection.query(
                    MigrationStatements.record, [.int(migration.version), .text(migration.name)])
            }
            try connection.script("commit", named: "migrate.commit")
            return pending.map(\.name)
        }
    }

    private static func isPrepared(_ connection: Connection) throws(Failure) -> Bool {
        try connection.query(MigrationStatements.prepared).first?.bool("found") ?? false
    }

    private static func pending(_ connection: Connection) throws(Failure) -> [Migration] {
        let rows = try connection.query(MigrationStatements.applied)
        let applied = try rows.map { row throws(Failure) -> Int in try row.int("version") }
        if let newest = applied.max(), newest > schemaVersion {
            throw Failure(
                .conflict, "The database is newer than this program.", hint: "Update rundum.",
                detail: "schema version \(newest), program \(schemaVersion)")
        }
        return Migration.all.filter { !applied.contains($0.version) }
    }
}

private enum MigrationStatements {
    /// Reads the catalogue's tables: `if not exists` and to_regclass go by a cache that does not yet know what another
    /// transaction made while this one waited for the lock.
    static let prepared = Statement(
        "migration.prepared",
        """
        select exists (
            select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'rundum' and c.relname = 'migration') as found
        """)
    /// For the transaction only, so that it also holds behind a transaction pooler.
    static let lock = Statement("migration.lock", "select pg_advisory_xact_lock(7248306134021)")
    static let prepare = Statement(
        "migration.prepare",
        """
        create schema if not exists rundum;
        create table rundum.migration (
            version integer primary key, name text not null, applied_at timestamptz not null default now()
        );
        """)
    static let applied = Statement("migration.applied", "select version from rundum.migration")
    static let record = Statement(
        "migration.record", "insert into rundum.migration (version, name) values ($1, $2)")
}
