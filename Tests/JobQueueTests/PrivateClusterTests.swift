import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

/// Serialized: each starts servers, and the machine is small.
@Suite(.serialized) struct PrivateClusterTests {
    private static let quick = ["fsync": "off"]

    private func open(_ home: URL) throws(Failure) -> PrivateCluster {
        try PrivateCluster.open(home: home, settings: Self.quick, durable: false)
    }

    /// A home in /tmp, which the server's account may enter; removed afterwards with its server.
    private func withHome(_ name: String = "home", _ body: (URL) async throws -> Void) async throws {
        let folder = URL(filePath: "/tmp/rundum-cluster-\(UUID().uuidString)")
        let home = folder.appending(path: name)
        defer {
            try? PrivateCluster.remove(home: home)
            try? FileManager.default.removeItem(at: folder)
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        chmod(folder.path, 0o755)
        try await body(home)
    }

    @Test func `the last user stops the server, also when another was killed`() async throws {
        try await withHome { home in
            let first = try open(home)
            let second = try open(home)
            #expect(first.url == second.url)
            let server = try #require(first.serverPID)
            let child = try ClusterProcess(home: home)
            try await child.waitUntilReady()
            #expect(first.serverPID == server)

            first.close()
            first.close()
            try await Database(url: second.url).ping()
            second.close()
            #expect(second.serverPID == server, "the child still uses it")
            await child.kill()
            #expect(second.serverPID == server, "nobody was there to stop it")
            let third = try open(home)
            #expect(third.serverPID == server)
            third.close()
            #expect(third.serverPID == nil)
            #expect(await failure { try await third.revive() }?.code == .databaseUnavailable)
            let unavailable = await failure { try await Database(url: third.url).ping() }
            #expect(unavailable?.code == .databaseUnavailable)
        }
    }

    @Test func `two processes open one new home at once`() async throws {
        try await withHome { home in
            let children = [try ClusterProcess(home: home), try ClusterProcess(home: home)]
            for child in children { try await child.waitUntilReady() }
            let mine = try open(home)
            for child in children { await child.finish() }
            #expect(mine.serverPID != nil)
            mine.close()
            #expect(mine.serverPID == nil)
        }
    }

    @Test func `a killed server is revived and nothing that was accepted is lost`() async throws {
        try await withHome { home in
            let cluster = try open(home)
            let database = Database(url: cluster.url)
            _ = try await database.migrate()
            let store = PostgresJobStore(database)
            let worker = try await store.register(.current, lease: .seconds(600))
            let request = JobRequest(kind: "k", inputs: [])
            let running = try await store.enqueue(request, tenant: "t", idempotencyKey: nil).jobs[0]
            let claim = try #require(try await store.claim(worker, kinds: ["k"], limit: 1).first)
            let queued = try await store.enqueue(request, tenant: "t", idempotencyKey: nil).jobs[0]

            kill(try #require(cluster.serverPID), SIGKILL)
            // Its children notice a moment later.
            let lost = await untilFailure { _ = try await store.job(running.id, tenant: "t") }
            #expect(lost?.code == .databaseUnavailable)
            await store.waitForWork(timeout: .milliseconds(1))
            try await cluster.revive()
            try await cluster.revive()
            #expect(try await store.job(queued.id, tenant: "t").state == .queued)
            let result = StageResult(kind: "k", version: 1)
            #expect(try await store.complete(claim, result: result, cacheKey: "", cached: false))
            #expect(try await store.job(running.id, tenant: "t").state == .succeeded)

            // A crash, and the pid in the file is now somebody else's: ours.
            let server = try #require(cluster.serverPID)
            kill(server, SIGKILL)
            let file = home.appending(path: "postgres/data/postmaster.pid")
            let left = try String(contentsOf: file, encoding: .utf8)
            try left.replacing(
                "\(server)\n", with: "\(ProcessInfo.processInfo.processIdentifier)\n", maxReplacements: 1
            )
            .write(to: file, atomically: true, encoding: .utf8)
            let other = try open(home)
            #expect(try await store.job(running.id, tenant: "t").state == .succeeded)
            other.close()
            await store.close()
            cluster.close()
            #expect(cluster.serverPID == nil)
        }
    }

    @Test func `a half-made cluster is made anew, and odd or long paths work`() async throws {
        let odd = "it's \"odd\", $HOME `x` \\ ü% " + String(repeating: "long", count: 20)
        try await withHome(odd) { home in
            let root = home.appending(path: "postgres")
            try FileManager.default.createDirectory(
                at: root.appending(path: "data.new/base"), withIntermediateDirectories: true)
            try Data("half".utf8).write(to: root.appending(path: "data.new/PG_VERSION"))
            let cluster = try open(home)
            try await Database(url: cluster.url).ping()
            #expect(!FileManager.default.fileExists(atPath: root.appending(path: "data.new").path))
            #expect(!FileManager.default.fileExists(atPath: root.appending(path: "run").path), "the path is too long")
            cluster.close()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to become somebody else"))
    func `an ordinary user opens a cluster too, and root may use it`() async throws {
        try await withHome { home in
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            let nobody = try #require(getpwnam("nobody")).pointee
            chown(home.path, nobody.pw_uid, nobody.pw_gid)
            let child = try ClusterProcess(home: home, user: "nobody")
            try await child.waitUntilReady()
            let cluster = try open(home)
            try await Database(url: cluster.url).ping()
            var status = stat()
            #expect(stat("/proc/\(try #require(cluster.serverPID))", &status) == 0)
            #expect(status.st_uid == nobody.pw_uid)
            await child.finish()
            cluster.close()
            #expect(cluster.serverPID == nil)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root's server is another user"))
    func `a folder that the server's user can't enter is refused with advice`() async throws {
        try await withHome("closed/home") { home in
            let closed = home.deletingLastPathComponent()
            try FileManager.default.createDirectory(
                at: closed, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let refused = await failure { _ = try open(home) }
            #expect(refused?.code == .databaseUnavailable)
            #expect(refused?.summary.contains("user postgres") == true)
            #expect(refused?.hint?.contains("RUNDUM_HOME") == true)
            #expect(refused?.detail?.hasSuffix(closed.path) == true)
        }
    }

    @Test func `a home that can't be made is refused`() async {
        let refused = await failure { _ = try open(URL(filePath: "/proc/nowhere")) }
        #expect(refused?.code == .databaseUnavailable)
    }

    @Test func `a socket folder that somebody else put there is refused`() async throws {
        try await withHome(String(repeating: "long", count: 30)) { home in
            let layout = try ClusterLayout.make(home: home)
            let account = try ClusterAccount.serving(layout.data)
            let socket = layout.socketFolder(runtime: nil, uid: account.uid)
            try FileManager.default.createSymbolicLink(at: socket, withDestinationURL: URL(filePath: "/tmp"))
            defer { unlink(socket.path) }
            let refused = await failure { _ = try open(home) }
            #expect(refused?.summary == "The folder for the private database's socket is not ours alone.")
        }
    }

    @Test func `binaries are found, by version and on the path, or the advice is to install them`() async throws {
        let none = URL(filePath: "/nonexistent")
        let found = try PostgresBinaries.find(major: nil)
        #expect(try PostgresBinaries.find(major: found.major) == found)
        #expect(
            try PostgresBinaries.find(major: nil, debian: none, path: "/usr/bin:\(found.folder.path)").major
                == found.major)
        let missing = await failure { _ = try PostgresBinaries.find(major: nil, debian: none, path: "/nonexistent") }
        #expect(missing?.code == .databaseUnavailable)
        #expect(missing?.hint?.contains("apt-get install postgresql") == true)
        let old = await failure { _ = try PostgresBinaries.find(major: 9) }
        #expect(old?.hint == "Install postgresql-9.")
    }

    @Test func `socket folders fit into a socket's address`() {
        let short = ClusterLayout(root: URL(filePath: "/var/lib/rundum/postgres"))
        #expect(short.socketFolder(runtime: nil, uid: 1).path == "/var/lib/rundum/postgres/run")
        for length in [70, 89, 90, 93, 200] {
            let root = "/" + String(repeating: "x", count: length)
            let folder = ClusterLayout(root: URL(filePath: root)).socketFolder(runtime: "/run/user/1000", uid: 1000)
            #expect("\(folder.path)/.s.PGSQL.5432".utf8.count <= 107)
        }
    }

    /// The first failure of a call that is made again and again, for a minute at most.
    private func untilFailure(_ body: () async throws -> Void) async -> Failure? {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end { if let failure = await failure(body) { return failure } }
        return nil
    }

    private func failure(_ body: () async throws -> Void) async -> Failure? { await JobQueueTests.failure(of: body) }
}
