internal import Foundation
internal import JobQueue
internal import Pipeline

extension Worker {
    /// Tells the queue how an attempt ended, again and again until it answers; a lost lease is told to nobody.
    func conclude(_ attempt: RunningAttempt, _ outcome: AttemptOutcome, took: Duration) async {
        var record = Record()
        do throws(Failure) {
            switch outcome {
            case .result(let result, let cacheKey, let cached):
                record.peakBytes = result.peakBytes
                let completion = Completion(attempt.claim, result: result, cacheKey: cacheKey, cached: cached)
                let isAccepted = try await complete(completion, attempt)
                record.note(isAccepted ? (cached ? "cached" : "succeeded") : "lost", isAccepted ? .info : .warning)
            case .failure(let failure, let cause, let peakBytes):
                record.peakBytes = peakBytes
                try await end(attempt, failure, cause, &record)
            }
        } catch {
            await concludeBadly(attempt, error, &record)
        }
        record.write(attempt, took: took, to: log)
    }

    private func complete(_ completion: Completion, _ attempt: RunningAttempt) async throws(Failure) -> Bool {
        let answer = try await desk.handIn(completion) { [state] in
            state.isPastDrain || attempt.stopCause == .leaseLost
        }
        if let answer { return answer }
        return try await ask(attempt) { () async throws(Failure) in
            try await store.complete(
                completion.claim, result: completion.result, cacheKey: completion.cacheKey, cached: completion.cached)
        }
    }

    private func end(
        _ attempt: RunningAttempt, _ failure: Failure, _ cause: StopCause?, _ record: inout Record
    ) async throws(Failure) {
        let failure = failure.placed(among: attempt.claim.inputs)
        let disposition = disposition(of: failure, cause, attempt.claim)
        record.data.merge(failure.logData) { _, new in new }
        if attempt.stopCause == .leaseLost { return record.note("lost", .warning) }
        let isAccepted = try await ask(attempt) { () async throws(Failure) in
            try await store.end(attempt.claim, failure: failure, disposition: disposition)
        }
        guard isAccepted else { return record.note("lost", .warning) }
        switch disposition {
        case .retry: record.note("retry", .warning)
        case .release: record.note("released", .info)
        case .cancel: record.note("cancelled", .info)
        case .discard: record.note("failed", .error)
        }
    }

    /// The queue answered with an error of its own. The attempt must still end, or it would look running for ever.
    private func concludeBadly(_ attempt: RunningAttempt, _ failure: Failure, _ record: inout Record) async {
        record.data.merge(failure.logData) { _, new in new }
        record.note("unrecorded", .error)
        if failure.kind == .unavailable { return }
        let disposition = disposition(of: failure, nil, attempt.claim)
        _ = try? await store.end(attempt.claim, failure: failure, disposition: disposition)
    }

    private func ask(
        _ attempt: RunningAttempt, _ body: @Sendable () async throws(Failure) -> Bool
    ) async throws(Failure) -> Bool {
        try await link.call(givingUp: { state.isPastDrain || attempt.stopCause == .leaseLost }, ask: body)
    }

    private func disposition(of failure: Failure, _ cause: StopCause?, _ claim: Claim) -> Disposition {
        let limits = RetryLimits(
            maxAttempts: claim.request.maxAttempts, base: configuration.retryBase, ceiling: configuration.retryCeiling)
        return Disposition(
            failure.kind, stop: cause, attempt: claim.attempt, limits: limits, jitter: configuration.jitter())
    }
}

/// The one line that is logged of an attempt.
private struct Record {
    var data: [String: JSONValue] = [:]
    var peakBytes = 0
    private var outcome = ""
    private var level = Log.Level.info

    mutating func note(_ outcome: String, _ level: Log.Level) { (self.outcome, self.level) = (outcome, level) }

    func write(_ attempt: RunningAttempt, took: Duration, to log: Log) {
        guard log.writes(level) else { return }
        let claim = attempt.claim
        var line: [String: JSONValue] = [
            "job.id": .string(claim.job.uuidString.lowercased()), "job.kind": .string(claim.request.kind.rawValue),
            "job.tenant": .string(claim.tenant), "attempt": .int(claim.attempt), "fence": .int(Int(claim.fence)),
            "seconds": .number((took.seconds * 1000).rounded() / 1000), "outcome": .string(outcome),
            "peak.bytes": .int(peakBytes),
        ]
        let notes = attempt.ledger.content.log
        if !notes.isEmpty { line["notes"] = .array(notes.map { .string($0) }) }
        log.log(level, "Ended an attempt", line.merging(data) { _, new in new })
    }
}

extension Failure {
    /// Says which input it concerns where only one can be meant.
    func placed(among inputs: [ResolvedInput]) -> Failure {
        switch kind {
        case .unreadableInput, .missingInput, .overBudget:
            inputs.count == 1 ? about(slot: inputs[0].slot) : self
        case .invalidOptions, .timedOut, .outOfMemory, .unavailable, .workerLost, .cancelled, .bug: self
        }
    }
}
