import Foundation
import Pipeline
import Testing

@testable import JobQueue

/// Figures of no-op jobs on a cluster as it ships: `RUNDUM_BENCH=1 swift test -c release --filter ThroughputFigure`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["RUNDUM_BENCH"] != nil, "prints figures, asserts nothing"))
struct ThroughputFigure {
    @Test func `no-op jobs a second, enqueued and drained`() async throws {
        let home = URL(filePath: "/tmp/rundum-figure-\(UUID().uuidString)")
        defer {
            try? PrivateCluster.remove(home: home)
            try? FileManager.default.removeItem(at: home)
        }
        let cluster = try PrivateCluster.open(home: home)
        let database = Database(url: cluster.url)
        _ = try await database.migrate()
        let store = PostgresJobStore(database)
        let worker = try await store.register(.current, lease: .seconds(600))
        let count = 4000

        try await figure("enqueue one by one, 4 callers", count) { try await enqueue(store, singly: count) }
        try await figure("claim 10 and complete one by one, 4 callers", count) { try await drain(store, worker, 10) }
        try await figure("enqueue workflows of 500", count) { try await enqueue(store, together: count) }
        try await figure("claim 100 and complete one by one, 4 callers", count) { try await drain(store, worker, 100) }
        await store.close()
        cluster.close()
    }

    private func figure(_ name: String, _ count: Int, _ body: () async throws -> Void) async throws {
        let started = ContinuousClock.now
        try await body()
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        print("figure: \(name): \(Int(Double(count) / seconds)) jobs a second")
    }

    private func enqueue(_ store: PostgresJobStore, singly count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<count / 4 {
                        let request = JobRequest(kind: "k", inputs: [])
                        _ = try await store.enqueue(request, tenant: "t", idempotencyKey: nil)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func enqueue(_ store: PostgresJobStore, together count: Int) async throws {
        for _ in 0..<count / 500 {
            let steps = (0..<500).map {
                WorkflowRequest.Step(label: "s\($0)", job: JobRequest(kind: "k", inputs: []))
            }
            _ = try await store.enqueue(WorkflowRequest(name: "w", steps: steps), tenant: "t", idempotencyKey: nil)
        }
    }

    private func drain(_ store: PostgresJobStore, _ worker: WorkerID, _ limit: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while true {
                        let claims = try await store.claim(worker, kinds: ["k"], limit: limit)
                        if claims.isEmpty { return }
                        for claim in claims {
                            let result = StageResult(kind: "k", version: 1)
                            _ = try await store.complete(claim, result: result, cacheKey: "", cached: false)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
