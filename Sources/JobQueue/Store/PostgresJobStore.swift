internal import Pipeline

/// The queue on PostgreSQL. Each call is one statement, so it is one transaction and works behind a transaction pooler.
///
/// What belongs together happens in functions of the schema `rundum`; here are only values going in and out. All times and
/// leases go by the database's clock.
public struct PostgresJobStore: JobStore {
    let database: Database
    let listener: Listener
    let host: String

    /// - Parameters:
    ///   - database: migrated by the caller, see `Database.migrate()`.
    ///   - listenURL: a direct connection for notifications, when the database's URL names a pooler.
    ///   - host: where the pids of workers mean something to this process.
    public init(_ database: Database, listenURL: String? = nil, host: String = WorkerDescription.thisHost) {
        self.database = database
        self.host = host
        listener = Listener(url: listenURL ?? database.url)
    }

    /// Ends the connections; those who wait for work return at once.
    public func close() async {
        listener.stop()
        await database.close()
    }
}
