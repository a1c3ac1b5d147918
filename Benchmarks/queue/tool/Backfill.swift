import Foundation
import JobQueue
import Pipeline
import Storage
import Worker

/// What `make bench AREA=backfill` needs beside the binary itself.
enum Backfill {
    /// Does jobs of a kind by doing nothing, until standard input ends; goes on when the database comes back.
    static func work(_ wish: Wish) async throws {
        let kind = Kind(rawValue: try wish.text("--kind"))
        try await BenchWorker.with(url: try wish.text("--url"), lines: 2, slots: 8, kinds: [kind]) { worker in
            let end = Task.detached {
                while readLine() != nil {}
                worker.stop()
            }
            try await worker.run { claim in StageResult(kind: claim.request.kind, version: 1) }
            await end.value
        }
    }

    /// Enqueues a live job every 50 ms for some seconds, or until standard input ends.
    static func probe(_ wish: Wish) async throws {
        let store = PostgresJobStore(Database(url: try wish.text("--url"), connections: 1))
        let end = ContinuousClock.now + .seconds(try wish.number("--seconds"))
        let sending = Task {
            while ContinuousClock.now < end, !Task.isCancelled {
                let request = JobRequest(kind: "renditions", inputs: [], priority: 0)
                _ = try await store.enqueue(request, tenant: "live", idempotencyKey: nil)
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        let listening = Task.detached {
            while readLine() != nil {}
            sending.cancel()
        }
        do { try await sending.value } catch is CancellationError {}
        _ = listening
        await store.close()
    }
}
