public import Foundation
public import Pipeline
internal import Synchronization

/// A PostgreSQL of rundum's own, under its home: made when first opened, started by the first user, stopped by the last.
///
/// Only a unix socket leads to it. Several processes may open the same home at once; one that is killed lets go by itself,
/// and a server that crashed is started again by `open` and by `revive`. Started as root, the server runs as `postgres`.
public final class PrivateCluster: Sendable {
    /// Connection string of the database `rundum`, which is there but perhaps not migrated.
    public let url: String
    private let postmaster: Postmaster
    private let binaries: PostgresBinaries
    private let starting: FileLock
    private let users: Mutex<FileLock?>

    /// Opens the cluster in `home`, and makes or starts it where needed. Blocks, at first use for some seconds.
    public static func open(home: URL) throws(Failure) -> PrivateCluster {
        try open(home: home, settings: [:], durable: true)
    }

    /// - Parameters:
    ///   - settings: over ours, such as `fsync` off for tests.
    ///   - durable: whether initdb waits for the disk.
    package static func open(
        home: URL, settings: [String: String], durable: Bool
    ) throws(Failure) -> PrivateCluster {
        let layout = try ClusterLayout.make(home: home)
        return try PrivateCluster(layout, settings: settings, durable: durable)
    }

    private init(_ layout: ClusterLayout, settings: [String: String], durable: Bool) throws(Failure) {
        let starting = try FileLock(layout.startLock)
        let users = try FileLock(layout.usersLock)
        (postmaster, binaries) = try starting.exclusively(seconds: 180) { () throws(Failure) in
            let account = try ClusterAccount.serving(layout.data)
            try account.checkReach(layout.root, log: layout.startLog)
            let binaries = try PostgresBinaries.find(major: Self.major(of: layout.data))
            let socket = layout.socketFolder(uid: account.uid)
            try account.makeFolder(socket)
            try Self.checkOwner(of: socket, account)
            try account.makeFolder(layout.logs)
            if !FileManager.default.fileExists(atPath: layout.data.path) {
                try ClusterInit(layout: layout, account: account, durable: durable).run(binaries)
            }
            let postmaster = Postmaster(layout: layout, account: account, socket: socket, settings: settings)
            try postmaster.ensureRunning(binaries)
            try Self.makeDatabase(postmaster)
            guard users.tryShared() else {
                throw Failure(.internalError, "The private database's lock is held by nobody we know.")
            }
            return (postmaster, binaries)
        }
        self.starting = starting
        self.users = Mutex(users)
        url = postmaster.url("rundum")
    }

    deinit { close() }

    /// Lets go; the last one stops the server. May be called twice.
    public func close() {
        guard let lock = users.withLock({ users in users.take() }) else { return }
        lock.unlock()
        try? starting.exclusively(seconds: 180) { () throws(Failure) in
            guard lock.tryExclusive() else { return }
            postmaster.stop()
            lock.unlock()
        }
    }

    /// Starts the server again when it has gone; what a worker calls when the database is not available.
    public func revive() async throws(Failure) {
        let outcome: Result<Void, Failure> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(Failure) in try self.ensureRunning() })
            }
        }
        try outcome.get()
    }

    private func ensureRunning() throws(Failure) {
        guard users.withLock({ $0 != nil }) else {
            throw Failure(.databaseUnavailable, "The private database was closed.")
        }
        try starting.exclusively(seconds: 180) { () throws(Failure) in try postmaster.ensureRunning(binaries) }
    }

    /// The server's pid while it runs; for tests and `rundum doctor`.
    package var serverPID: Int32? { postmaster.running }

    /// Stops the server of a home that nobody uses any more and removes its data; for tests.
    package static func remove(home: URL) throws(Failure) {
        let layout = try ClusterLayout.make(home: home)
        let starting = try FileLock(layout.startLock)
        try starting.exclusively(seconds: 180) { () throws(Failure) in
            let account = try ClusterAccount.serving(layout.data)
            let socket = layout.socketFolder(uid: account.uid)
            Postmaster(layout: layout, account: account, socket: socket, settings: [:]).stop()
            try? FileManager.default.removeItem(at: socket)
            try? FileManager.default.removeItem(at: layout.root)
        }
    }

    private static func major(of data: URL) -> Int? {
        (try? String(contentsOf: data.appending(path: "PG_VERSION"), encoding: .utf8)).flatMap { Int($0.trimmed) }
    }

    /// A folder in /tmp may have been put there by somebody else, who would then sit between us and the server.
    private static func checkOwner(of socket: URL, _ account: ClusterAccount) throws(Failure) {
        var status = stat()
        guard lstat(socket.path, &status) == 0, status.st_uid == account.uid, status.st_mode & S_IFMT == S_IFDIR,
            status.st_mode & 0o077 == 0
        else {
            throw Failure(
                .databaseUnavailable, "The folder for the private database's socket is not ours alone.",
                hint: "Choose a folder with a shorter path with RUNDUM_HOME.", detail: socket.path)
        }
    }

    private static func makeDatabase(_ postmaster: Postmaster) throws(Failure) {
        let connection = try Connection(postmaster.url("postgres"))
        if try connection.query(ClusterStatements.databaseExists).isEmpty {
            _ = try connection.query(ClusterStatements.makeDatabase)
        }
    }
}

private enum ClusterStatements {
    static let databaseExists = Statement(
        "cluster.database", "select 1 from pg_database d where d.datname = 'rundum'")
    static let makeDatabase = Statement("cluster.create", "create database rundum")
}
