import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@testable import Worker

/// The promises that need the real queue: what is killed comes back, nothing is lost, nothing is completed twice.
@Suite(.timeLimit(.minutes(3))) struct WorkerOnPostgresTests {
    @Test func `a job goes through the real queue, and the same again comes from the cache`() async throws {
        let database = try await TestDatabase.fresh()
        let bench = try WorkerBench(database.store)
        try await bench.working { _ in
            for cached in [false, true] {
                let job = try await bench.final(bench.enqueue("echo", ["text": "review"], inputs: [("a.jpg", "bytes")]))
                #expect(job.state == .review && job.cached == cached && job.attempt == 1)
                #expect(try bench.text("copies/photo-1", of: job) == "bytes")
            }
            let running = try await bench.enqueueGate()
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            _ = try await bench.store.cancel(running, tenant: "dealer")
            #expect(try await bench.final(running).state == .canceled)
        }
        await database.store.close()
    }

    @Test func `an executor killed in the middle ends in the same result`() async throws {
        let database = try await TestDatabase.fresh()
        let bench = try WorkerBench(database.store)
        let id = try await bench.enqueueGate()
        try await bench.working { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            for pid in bench.pidsAtGate { kill(pid, SIGKILL) }
            #expect(await eventually { bench.pidsAtGate.count == 2 })
            try bench.openGate()
            let job = try await bench.final(id)
            #expect(job.state == .succeeded && job.attempt == 2)
            #expect(try bench.text("text", of: job) == "through")
        }
        #expect(bench.outcomes == ["retry", "succeeded"])
        await database.store.close()
    }

    @Test func `a worker killed in the middle leaves no process, and another one finishes its job`() async throws {
        let database = try await TestDatabase.fresh()
        let bench = try WorkerBench(database.store)
        let id = try await bench.enqueueGate()
        let fixture = URL(filePath: ExecutorCommand.fixture.path)
        let first = try Program(fixture, ["work", database.url, bench.folder.url.path])
        defer { first.signal(SIGKILL) }
        #expect(await eventually { bench.pidsAtGate.count == 1 })
        let orphan = try #require(bench.pidsAtGate.first)
        first.signal(SIGKILL)
        _ = await first.outcome()
        #expect(await eventually { isGone(orphan) })

        try await bench.working { _ in
            #expect(await eventually { bench.pidsAtGate.count == 2 })
            try bench.openGate()
            let job = try await bench.final(id)
            #expect(job.state == .succeeded && job.attempt == 2)
            #expect(try bench.text("text", of: job) == "through")
            // The dead worker's folder went when this one began.
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.url.path + "/scratch").count == 1)
        }
        #expect(bench.outcomes == ["succeeded"])
        await database.store.close()
    }

    @Test func `a PostgreSQL killed in the middle is started again, and the job counts once`() async throws {
        let folder = try TemporaryFolder()
        let cluster = try PrivateCluster.open(home: folder.url, settings: ["fsync": "off"], durable: false)
        defer {
            cluster.close()
            try? PrivateCluster.remove(home: folder.url)
        }
        let database = Database(url: cluster.url, connections: 4)
        _ = try await database.migrate()
        let store = PostgresJobStore(database)
        let bench = try WorkerBench(store)
        let ids = [try await bench.enqueueGate(), try await bench.enqueue("echo")]
        try await bench.working(as: bench.worker { $0.revive = cluster.revive }) { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            #expect(try await bench.final(ids[1]).state == .succeeded)
            kill(try #require(cluster.serverPID), SIGKILL)
            try bench.openGate()
            let job = try await bench.final(ids[0])
            #expect(job.state == .succeeded && job.attempt == 1)
            #expect(try bench.text("text", of: job) == "through")
        }
        #expect(bench.outcomes == ["succeeded", "succeeded"])
        await store.close()
    }

    /// Gone, or dead and not yet buried by whoever inherited it.
    private func isGone(_ pid: pid_t) -> Bool { ProcessMemory.of(pid: pid) == nil }
}
