import Foundation
import JobQueue
import Pipeline
import Storage
import Synchronization
import Worker

/// No-op jobs through a whole worker: register, claim, heartbeat, sweep, complete; only executors are left out.
enum Drain {
    static func run(_ wish: Wish) async throws {
        let jobs = try wish.number("--jobs")
        let lines = try wish.number("--lines", default: 2)
        let batch = try wish.number("--batch", default: 500)
        try await BenchWorker.with(url: try wish.text("--url"), lines: lines, batch: batch, slots: lines * batch) {
            worker in
            let finished = Atomic<Int>(0)
            let watch = Watch()
            let life = Task {
                try await worker.run { claim in
                    if finished.wrappingAdd(1, ordering: .relaxed).newValue == jobs { worker.stop() }
                    return StageResult(kind: claim.request.kind, version: 1)
                }
            }
            try await life.value
            var figures = watch.figures
            figures["jobs"] = .int(finished.load(ordering: .relaxed))
            QueueBench.report(figures)
        }
    }
}

/// From asking for a job to its start, one at a time, on a worker that has nothing else to do.
enum Latency {
    static func run(_ wish: Wish) async throws {
        let jobs = try wish.number("--jobs")
        let url = try wish.text("--url")
        let intake = PostgresJobStore(Database(url: url, connections: 1))
        try await BenchWorker.with(url: url, lines: 1, slots: 2) { worker in
            let (starts, rope) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
            let life = Task {
                try await worker.run { claim in
                    rope.yield(.now)
                    return StageResult(kind: claim.request.kind, version: 1)
                }
            }
            var iterator = starts.makeAsyncIterator()
            var taken: [Double] = []
            for round in 0..<jobs + 10 {
                // Idle means idle: the worker has asked, found nothing, and waits.
                try await Task.sleep(for: .milliseconds(Int.random(in: 40...80)))
                let asked = ContinuousClock.now
                _ = try await intake.enqueue(
                    JobRequest(kind: "noop", inputs: []), tenant: "bench", idempotencyKey: nil)
                guard let start = await iterator.next() else { break }
                if round >= 10 { taken.append((start - asked) / .milliseconds(1)) }
            }
            worker.stop()
            try await life.value
            taken.sort()
            QueueBench.report([
                "p50": .number(taken[taken.count / 2]), "p99": .number(taken[taken.count * 99 / 100]),
                "worst": .number(taken.last ?? 0),
            ])
        }
        await intake.close()
    }
}

/// A worker as it ships, whose jobs are done where they are claimed.
struct BenchWorker: Sendable {
    private let make: @Sendable (@escaping @Sendable (Claim) async -> StageResult) -> Worker
    private let current = Current()

    private final class Current: Sendable { let worker = Mutex<Worker?>(nil) }

    static func with(
        url: String, lines: Int, batch: Int = 500, slots: Int, kinds: [Kind] = ["noop"],
        _ body: (BenchWorker) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "queue-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let blobs = try DirectoryBlobStore(root: folder.appending(path: "blobs"))
        let store = PostgresJobStore(Database(url: url, connections: lines + 1))
        try await body(
            BenchWorker { performance in
                var configuration = WorkerConfiguration(scratch: folder.appending(path: "scratch"))
                configuration.limits.executors = slots
                configuration.lines = lines
                configuration.batch = batch
                configuration.kinds = kinds
                configuration.startsAhead = false
                configuration.log = Log(level: .warning)
                return Worker(
                    store: store, blobs: blobs, registry: StageRegistry(), configuration: configuration,
                    performance: performance)
            })
        await store.close()
    }

    private init(_ make: @escaping @Sendable (@escaping @Sendable (Claim) async -> StageResult) -> Worker) {
        self.make = make
    }

    func run(_ performance: @escaping @Sendable (Claim) async -> StageResult) async throws {
        let worker = make(performance)
        current.worker.withLock { $0 = worker }
        try await worker.run()
    }

    func stop() { current.worker.withLock { $0 }?.stop() }
}
