import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@testable import Worker

/// Signals to a worker's process, on a real queue.
@Suite(.timeLimit(.minutes(2))) struct DrainTests {
    private struct Scene {
        let database: TestDatabase
        let bench: WorkerBench<PostgresJobStore>
        let worker: Program
        let job: UUID

        /// A worker with one executor, in the middle of a job.
        init() async throws {
            database = try await TestDatabase.fresh()
            let bench = try WorkerBench(database.store)
            job = try await bench.enqueueGate()
            worker = try Program(
                URL(filePath: ExecutorCommand.fixture.path), ["work", database.url, bench.folder.url.path])
            self.bench = bench
            try #require(await eventually { bench.pidsAtGate.count == 1 })
        }
    }

    @Test func `the first SIGTERM lets what runs end, and takes nothing more`() async throws {
        let scene = try await Scene()
        scene.worker.signal(SIGTERM)
        let waiting = try await scene.bench.enqueue("echo")
        try scene.bench.openGate()
        #expect(await scene.worker.outcome().status == 0)
        #expect(try await scene.bench.job(scene.job).state == .succeeded)
        #expect(try await scene.bench.job(waiting).state == .queued)
    }

    @Test func `the second SIGTERM hands back at once, without counting the attempt`() async throws {
        let scene = try await Scene()
        scene.worker.signal(SIGTERM)
        scene.worker.signal(SIGINT)
        #expect(await scene.worker.outcome().status == 0)
        let job = try await scene.bench.job(scene.job)
        #expect(job.state == .queued && job.attempt == 0 && job.failure == nil)
        #expect(try await scene.database.rows("select count(*) from rundum.worker") == [["0"]])
    }

    @Test func `SIGHUP reads the settings again, and the worker goes by them`() async throws {
        let scene = try await Scene()
        _ = try await scene.bench.enqueueGate()
        try Data(#"{"executors": 2}"#.utf8).write(to: scene.bench.folder.url.appending(path: "worker.json"))
        scene.worker.signal(SIGHUP)
        #expect(await eventually { scene.bench.pidsAtGate.count == 2 })
        scene.worker.signal(SIGTERM)
        try scene.bench.openGate()
        #expect(await scene.worker.outcome().status == 0)
        #expect(try await scene.bench.job(scene.job).state == .succeeded)
    }
}
