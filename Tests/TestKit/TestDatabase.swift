internal import Foundation
public import JobQueue
internal import Pipeline

/// A migrated database of a test's own, in a private cluster that lives as long as the test process.
public struct TestDatabase: Sendable {
    /// Connection string, for processes that a test starts.
    public let url: String
    public let database: Database
    public let store: PostgresJobStore

    /// Makes one, some 50 ms after the first.
    public static func fresh(connections: Int = 4) async throws -> TestDatabase {
        let cluster = try await TestCluster.ready.value
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await TestCluster.admin(cluster, "create database \(name) template \(TestCluster.template)")
        let database = Database(url: TestCluster.url(cluster, name), connections: connections)
        return TestDatabase(url: database.url, database: database, store: PostgresJobStore(database))
    }

    /// The same database by another way, such as a pooler.
    public func reached(by url: String, connections: Int = 4) -> TestDatabase {
        let database = Database(url: url, connections: connections)
        return TestDatabase(url: url, database: database, store: PostgresJobStore(database))
    }

    /// Runs SQL without parameters and gives its rows as text.
    @discardableResult
    public func rows(_ sql: String) async throws -> [[String?]] { try await database.execute(sql, []) }
}

/// The cluster that the tests of this process share.
enum TestCluster {
    static let template = "migrated"

    static let ready = Task { () async throws -> PrivateCluster in
        let cluster = try opened.get()
        try await admin(cluster, "create database \(template)")
        // Our SQL names its schema everywhere; what forgets to fails here.
        try await admin(cluster, "alter database \(template) set search_path = ''")
        let database = Database(url: url(cluster, template), connections: 1)
        _ = try await database.migrate()
        await database.close()
        return cluster
    }

    static func url(_ cluster: PrivateCluster, _ name: String) -> String {
        cluster.url.replacing("/rundum?", with: "/\(name)?")
    }

    static func admin(_ cluster: PrivateCluster, _ sql: String) async throws {
        let database = Database(url: cluster.url, connections: 1)
        _ = try await database.execute(sql, [])
        await database.close()
    }

    private static let prefix = "rundum-testdb-"

    private static let home: URL = {
        let me = WorkerDescription.current
        return URL(filePath: "/tmp/\(prefix)\(me.pid)-\(me.processStart)")
    }()

    private static let opened: Result<PrivateCluster, Failure> = {
        removeLeftovers()
        let settings = [
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300",
            "autovacuum_naptime": "10s",
        ]
        let result = Result { () throws(Failure) in
            try PrivateCluster.open(home: home, settings: settings, durable: false)
        }
        atexit {
            try? TestCluster.opened.get().close()
            TestCluster.remove(TestCluster.home)
        }
        return result
    }()

    /// Clusters of test processes that were killed.
    private static func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
            let numbers = name.dropFirst(prefix.count).split(separator: "-")
            guard numbers.count == 2, let pid = Int32(numbers[0]), let start = UInt64(numbers[1]) else { continue }
            let process = WorkerDescription(host: WorkerDescription.thisHost, pid: pid, processStart: start)
            if !process.isRunning { remove(URL(filePath: "/tmp/\(name)")) }
        }
    }

    private static func remove(_ home: URL) {
        try? PrivateCluster.remove(home: home)
        try? FileManager.default.removeItem(at: home)
    }
}
