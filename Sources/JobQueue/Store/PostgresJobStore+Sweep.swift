internal import Foundation
public import Pipeline

extension PostgresJobStore {
    public func sweep() async throws(Failure) -> SweepReport {
        let dead = try await deadNeighbours()
        let lost = try await database.query(ClaimStatements.lost, [.array(dead.map { "\($0)" })])
        var rescued = 0
        for row in lost where try await rescue(row) { rescued += 1 }
        let fired = try await fireCron()
        let promoted = try await database.query(ClaimStatements.promote)
        _ = try await database.query(ClaimStatements.raiseFloors)
        return SweepReport(rescued: rescued, promoted: fired + (try promoted.first?.int("promoted") ?? 0))
    }

    /// Workers of this host whose process is gone: no need to wait for their leases.
    private func deadNeighbours() async throws(Failure) -> [WorkerID] {
        var dead: [WorkerID] = []
        for row in try await database.query(ClaimStatements.neighbours, [.text(host)]) {
            let worker = WorkerDescription(
                host: host, pid: try row.int("pid"), processStart: try row.int("process_start"))
            if !worker.isRunning { dead.append(try row.int("id")) }
        }
        return dead
    }

    /// Ends an attempt whose worker is lost. The loss itself took long enough, so the next attempt need not wait.
    private func rescue(_ row: Row) async throws(Failure) -> Bool {
        let failure = Failure(.workerLost, "The worker that ran this job stopped without a word.")
        let limits = RetryLimits(maxAttempts: try row.int("max_attempts"), base: .zero)
        let disposition = Disposition(failure.kind, stop: nil, attempt: try row.int("attempt"), limits: limits)
        return try await end(try row.uuid("job"), try row.int("fence"), failure, disposition, taken: true)
    }
}
