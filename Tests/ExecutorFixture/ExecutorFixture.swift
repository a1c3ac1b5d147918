internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage
internal import Worker

/// The program that tests start in place of `rundum`: an executor with stages that behave in every bad way, and a worker
/// that tests may kill.
@main struct ExecutorFixture {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "execute": exit(await ExecutorMain.run(registry: FixtureStages.registry()))
        case "work" where (3...4).contains(arguments.count):
            let wish = arguments.count > 3 ? try JSON.decode(WorkWish.self, from: Data(arguments[3].utf8)) : WorkWish()
            try await work(database: arguments[1], folder: URL(filePath: arguments[2]), wish)
        case "serve" where arguments.count == 2: try await serve(home: URL(filePath: arguments[1]))
        default: exit(2)
        }
    }

    /// Works on a database, with blobs and scratch in one folder, until it is told to stop or killed.
    private static func work(database url: String, folder: URL, _ wish: WorkWish) async throws {
        var configuration = WorkerConfiguration(scratch: folder.appending(path: wish.scratch))
        configuration.limits.executors = wish.executors
        configuration.limits.threads = 64
        configuration.lines = wish.lines
        configuration.lease = .milliseconds(wish.leaseMilliseconds)
        configuration.heartbeat = .milliseconds(100)
        configuration.sweep = .milliseconds(500)
        configuration.poll = .milliseconds(500)
        configuration.retryBase = .milliseconds(wish.retryMilliseconds)
        configuration.retryCeiling = .seconds(2)
        configuration.log = Log(level: wish.logsAll ? .info : .warning)
        var performance: (@Sendable (Claim) async -> StageResult)?
        if let pause = wish.pauseMilliseconds {
            configuration.kinds = ["noop"]
            performance = { claim in
                try? await Task.sleep(for: .milliseconds(pause))
                return StageResult(kind: claim.request.kind, version: 1)
            }
        }
        let worker = Worker(
            store: PostgresJobStore(Database(url: url, connections: wish.lines + 2)),
            blobs: try DirectoryBlobStore(root: folder.appending(path: "blobs")), registry: FixtureStages.registry(),
            configuration: configuration, performance: performance)
        let signals = ServiceSignals()
        let listening = Task {
            for await call in signals.calls {
                switch call {
                case .stop: worker.stop()
                case .stopNow: worker.stopNow()
                case .reload:
                    let json = try Data(contentsOf: folder.appending(path: "worker.json"))
                    await worker.apply(try configuration.limits.changed(by: json))
                }
            }
        }
        try await worker.run()
        listening.cancel()
    }

    /// A migrated private cluster that lives until it is told to stop; says its URL.
    private static func serve(home: URL) async throws {
        let cluster = try PrivateCluster.open(home: home, settings: ["fsync": "off"], durable: false)
        let database = Database(url: cluster.url, connections: 1)
        _ = try await database.migrate()
        await database.close()
        FileHandle.standardOutput.write(Data((cluster.url + "\n").utf8))
        let signals = ServiceSignals()
        for await call in signals.calls where call != .reload { break }
        cluster.close()
    }
}

/// How the fixture's worker works.
private struct WorkWish: Decodable {
    var executors = 1
    var lines = 1
    var leaseMilliseconds = 15_000
    var retryMilliseconds = 50
    /// Jobs of the kind `noop` that take this long, without executors; nil for the stages.
    var pauseMilliseconds: Int?
    var scratch = "scratch"
    /// A line for each attempt, not only for warnings.
    var logsAll = false

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        executors = try values.decodeIfPresent(Int.self, forKey: .executors) ?? executors
        lines = try values.decodeIfPresent(Int.self, forKey: .lines) ?? lines
        leaseMilliseconds = try values.decodeIfPresent(Int.self, forKey: .leaseMilliseconds) ?? leaseMilliseconds
        retryMilliseconds = try values.decodeIfPresent(Int.self, forKey: .retryMilliseconds) ?? retryMilliseconds
        pauseMilliseconds = try values.decodeIfPresent(Int.self, forKey: .pauseMilliseconds)
        scratch = try values.decodeIfPresent(String.self, forKey: .scratch) ?? scratch
        logsAll = try values.decodeIfPresent(Bool.self, forKey: .logsAll) ?? logsAll
    }

    private enum Key: String, CodingKey {
        case executors, lines, leaseMilliseconds, retryMilliseconds, pauseMilliseconds, scratch, logsAll
    }
}
