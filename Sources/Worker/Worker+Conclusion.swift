internal import Foundation
internal import JobQueue
internal import Pipeline

extension Worker {
    /// Tells the queue of an attempt without a result, again and again until it answers; a lost lease is told to nobody.
    func conclude(_ attempt: RunningAttempt, _ failure: Failure, _ cause: StopCause?, _ spent: Spent) async {
        var record = Record(spent)
        do throws(Failure) { try await end(attempt, failure, cause, &record) } catch {
            await concludeBadly(attempt, error, &record)
        }
        record.write(attempt, to: log)
        state.drop(attempt)
    }

    /// Writes down what the queue made of a result; nothing is held for it any more.
    func note(_ parcel: ExchangeDesk.Parcel, isAccepted: Bool) {
        var record = Record(parcel.spent)
        record.note(parcel, isAccepted: isAccepted)
        record.write(parcel.attempt, to: log)
    }

    /// A result that the queue did not take along with others, or that its owner gave up with a failure.
    func conclude(alone parcel: ExchangeDesk.Parcel, _ answer: Result<Bool?, Failure>) async {
        let (attempt, completion) = (parcel.attempt, parcel.completion)
        var record = Record(parcel.spent)
        do throws(Failure) {
            if case .failure(let failure) = answer { throw failure }
            let isAccepted = try await ask(attempt) { () async throws(Failure) in
                try await store.complete(
                    completion.claim, result: completion.result, cacheKey: completion.cacheKey,
                    cached: completion.cached)
            }
            record.note(parcel, isAccepted: isAccepted)
        } catch {
            await concludeBadly(attempt, error, &record)
        }
        record.write(attempt, to: log)
        state.drop(attempt)
    }

    /// Whether nobody waits for the queue's answer about an attempt any more.
    func givesUp(_ attempt: RunningAttempt) -> Bool { state.isPastDrain || attempt.stopCause == .leaseLost }

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
        try await link.call(givingUp: { givesUp(attempt) }, ask: body)
    }

    private func disposition(of failure: Failure, _ cause: StopCause?, _ claim: Claim) -> Disposition {
        let limits = RetryLimits(
            maxAttempts: claim.request.maxAttempts, base: configuration.retryBase, ceiling: configuration.retryCeiling)
        return Disposition(
            failure.kind, stop: cause, attempt: claim.attempt, limits: limits, jitter: configuration.jitter())
    }
}

/// What an attempt took.
struct Spent: Sendable {
    var time: Duration
    /// 0 when nothing is known of it.
    var peakBytes = 0
}

/// The one line that is logged of an attempt.
private struct Record {
    var data: [String: JSONValue] = [:]
    private let spent: Spent
    private var outcome = ""
    private var level = Log.Level.info

    init(_ spent: Spent) { self.spent = spent }

    mutating func note(_ outcome: String, _ level: Log.Level) { (self.outcome, self.level) = (outcome, level) }

    mutating func note(_ parcel: ExchangeDesk.Parcel, isAccepted: Bool) {
        guard isAccepted else { return note("lost", .warning) }
        note(parcel.completion.cached ? "cached" : "succeeded", .info)
    }

    func write(_ attempt: RunningAttempt, to log: Log) {
        guard log.writes(level) else { return }
        let claim = attempt.claim
        var line: [String: JSONValue] = [
            "job.id": .string(claim.job.uuidString.lowercased()), "job.kind": .string(claim.request.kind.rawValue),
            "job.tenant": .string(claim.tenant), "attempt": .int(claim.attempt), "fence": .int(Int(claim.fence)),
            "seconds": .number((spent.time.seconds * 1000).rounded() / 1000), "outcome": .string(outcome),
            "peak.bytes": .int(spent.peakBytes),
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
