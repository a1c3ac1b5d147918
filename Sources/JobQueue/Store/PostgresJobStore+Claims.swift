internal import Foundation
public import Pipeline

extension PostgresJobStore {
    public func register(_ worker: WorkerDescription, lease: Duration) async throws(Failure) -> WorkerID {
        let rows = try await database.query(
            ClaimStatements.register,
            [.text(worker.host), .int(worker.pid), .int(worker.processStart), .interval(lease)])
        guard let row = rows.first else { throw Failure(.internalError, "The worker got no number.") }
        return try row.int("worker")
    }

    public func heartbeat(
        _ worker: WorkerID, lease: Duration, attempts: [AttemptReport]
    ) async throws(Failure) -> HeartbeatReply {
        let rows = try await database.query(
            ClaimStatements.heartbeat,
            [
                .int(worker), .interval(lease), .array(attempts.lazy.map(\.job)),
                .array(attempts.map { "\($0.fence)" }), .array(attempts.map { "\($0.progress.bounded)" }),
                .array(attempts.map(\.progress.step)),
            ])
        if try rows.first?.bool("expired") == true {
            return HeartbeatReply(cancelled: [], lost: attempts.map(\.job), expired: true)
        }
        var cancelled: [UUID] = []
        var lost: [UUID] = []
        for row in rows {
            let job = try row.uuid("job")
            if try row.bool("lost") { lost.append(job) } else { cancelled.append(job) }
        }
        return HeartbeatReply(cancelled: cancelled, lost: lost, expired: false)
    }

    public func release(
        _ worker: WorkerID, except fences: Set<Int64>, olderThan age: Duration
    ) async throws(Failure) {
        let failure = Failure(.cancelled, "The worker stopped.")
        // Each in a transaction of its own: they belong to several workflows, of which one at a time may be locked.
        for row in try await database.query(ClaimStatements.held, [.int(worker), .interval(age)]) {
            let fence: Int64 = try row.int("fence")
            if fences.contains(fence) { continue }
            _ = try await end(try row.uuid("id"), fence, failure, .release, taken: true)
        }
    }

    public func deregister(_ worker: WorkerID) async throws(Failure) {
        try await release(worker, except: [], olderThan: .zero)
        _ = try await database.query(ClaimStatements.deregister, [.int(worker)])
    }

    public func claim(
        _ worker: WorkerID, kinds: [Kind], limit: Int, bulk: Int
    ) async throws(Failure) -> [Claim] {
        guard limit > 0, !kinds.isEmpty else { return [] }
        let rows = try await database.query(
            ClaimStatements.claim,
            [.int(worker), .array(kinds.map(\.rawValue)), .int(min(limit, 1000)), .int(max(bulk, 0))])
        return try rows.map { row throws(Failure) in try Claim(row) }
    }

    public func complete(
        _ claim: Claim, result: StageResult, cacheKey: String, cached: Bool
    ) async throws(Failure) -> Bool {
        let rows = try await database.query(
            ClaimStatements.complete,
            [.uuid(claim.job), .int(claim.fence), .text(try ResultText.text(result)), .text(cacheKey), .bool(cached)])
        return try rows.first?.bool("accepted") ?? false
    }

    public func exchange(
        _ completions: [Completion], for worker: WorkerID, kinds: [Kind], limit: Int, bulk: Int
    ) async throws(Failure) -> Exchange {
        guard !completions.isEmpty else {
            return Exchange(accepted: [], claims: try await claim(worker, kinds: kinds, limit: limit, bulk: bulk))
        }
        let results = try completions.map { completion throws(Failure) in
            try ResultText.text(completion.result)
        }
        let rows = try await database.query(
            ClaimStatements.exchange,
            [
                .int(worker), .array(kinds.map(\.rawValue)), .int(kinds.isEmpty ? 0 : min(max(limit, 0), 1000)),
                .array(completions.lazy.map(\.claim.job)),
                .plainArray(completions.map { "\($0.claim.fence)" }),
                .array(results), .array(completions.map(\.cacheKey)),
                .plainArray(completions.map { $0.cached ? "t" : "f" }), .int(max(bulk, 0)),
            ])
        var claims: [Claim] = []
        var exceptions: [UUID: Bool?] = [:]
        for row in rows {
            if let ended = try row.optionalUUID("ended") {
                exceptions.updateValue(try row.optionalBool("accepted"), forKey: ended)
            } else {
                claims.append(try Claim(row))
            }
        }
        let accepted = completions.map { exceptions.isEmpty ? true : exceptions[$0.claim.job, default: true] }
        return Exchange(accepted: accepted, claims: claims)
    }

    public func end(
        _ claim: Claim, failure: Failure, disposition: Disposition
    ) async throws(Failure) -> Bool {
        try await end(claim.job, claim.fence, failure, disposition, taken: false)
    }

    public func cachedResult(_ cacheKey: String, tenant: String) async throws(Failure) -> StageResult? {
        let rows = try await database.query(ClaimStatements.cached, [.text(tenant), .text(cacheKey)])
        return try rows.first?.json("result")
    }

    public func waitForWork(timeout: Duration) async {
        // Spread, so that many workers don't poll in step.
        await listener.wait(timeout * Double.random(in: 0.8...1))
    }

    /// - Parameter taken: by the sweep; whoever still works at the attempt is too late from now on.
    func end(
        _ job: UUID, _ fence: Int64, _ failure: Failure, _ disposition: Disposition, taken: Bool
    ) async throws(Failure) -> Bool {
        let (name, delay): (String, Duration) =
            switch disposition {
            case .retry(let after): ("retry", after)
            case .release: ("release", .zero)
            case .cancel: ("cancel", .zero)
            case .discard: ("discard", .zero)
            }
        let json = try StoredJSON.tolerant(failure)
        let rows = try await database.query(
            ClaimStatements.end,
            [.uuid(job), .int(fence), .json(json), .text(name), .interval(delay), .bool(taken)])
        return try rows.first?.bool("accepted") ?? false
    }
}

extension JobProgress {
    /// 0...1; what is no number is 0.
    fileprivate var bounded: Double { fraction.isNaN ? 0 : min(max(fraction, 0), 1) }
}
