internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// The queue and the files of this machine, opened by the commands that need them.
///
/// With `DATABASE_URL` the queue is that database; without, a private PostgreSQL under the home folder.
struct Installation: Sendable {
    let home: URL
    /// Of the database that is used.
    let databaseURL: String
    private let database: Database
    let store: PostgresJobStore
    let blobs: DirectoryBlobStore
    let cluster: PrivateCluster?

    static func open(home named: String?) async throws(Failure) -> Installation {
        let home = Home.folder(named)
        try Home.prepare(home)
        let given = ProcessInfo.processInfo.environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let cluster = given == nil ? try PrivateCluster.open(home: home.appending(path: "postgresql")) : nil
        let url = given ?? cluster?.url ?? ""
        let database = Database(url: url)
        let store = PostgresJobStore(database)
        do {
            _ = try await database.migrate()
            let blobs = try DirectoryBlobStore(root: home.appending(path: "blobs"))
            return Installation(
                home: home, databaseURL: url, database: database, store: store, blobs: blobs, cluster: cluster)
        } catch {
            await store.close()
            cluster?.close()
            throw error
        }
    }

    /// Brings the schema to this version; `open` has done it.
    func migrate() async throws(Failure) { _ = try await database.migrate() }

    var scratch: URL { home.appending(path: "scratch") }

    /// Starts the private database again after a crash; does nothing for one that is not ours.
    func revive() async throws(Failure) { try await cluster?.revive() }

    func close() async {
        await Interrupt.shielded { await store.close() }
        cluster?.close()
    }

    /// Opens, runs `body` and closes, also when it fails.
    static func with<R: Sendable>(
        home: String?, _ body: (Installation) async throws(Failure) -> R
    ) async throws(Failure) -> R {
        let installation = try await open(home: home)
        do {
            let value = try await body(installation)
            await installation.close()
            return value
        } catch {
            await installation.close()
            throw error
        }
    }
}
