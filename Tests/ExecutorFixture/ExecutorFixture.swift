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
        case "work" where arguments.count == 3:
            try await work(database: arguments[1], folder: URL(filePath: arguments[2]))
        default: exit(2)
        }
    }

    /// Works on a database, with blobs and scratch in one folder, until it is killed.
    private static func work(database url: String, folder: URL) async throws {
        var configuration = WorkerConfiguration(scratch: folder.appending(path: "scratch"))
        configuration.executors = 1
        configuration.heartbeat = .milliseconds(100)
        let worker = Worker(
            store: PostgresJobStore(Database(url: url, connections: 4)),
            blobs: try DirectoryBlobStore(root: folder.appending(path: "blobs")), registry: FixtureStages.registry(),
            configuration: configuration)
        try await worker.run()
    }
}
