internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// How an attempt ended, before the queue knows of it.
enum AttemptOutcome: Sendable {
    case result(StageResult, cacheKey: String, cached: Bool)
    case failure(Failure, StopCause?, peakBytes: Int = 0)
}

extension Worker {
    /// One claim from its start to its end: a result goes along with a line, and the attempt is held until that is back.
    func work(on attempt: RunningAttempt, _ scratch: ScratchSpace) async {
        let start = ContinuousClock.now
        let outcome = await perform(attempt, scratch)
        var spent = Spent(time: ContinuousClock.now - start)
        switch outcome {
        case .result(let result, let cacheKey, let cached):
            spent.peakBytes = result.peakBytes
            let completion = Completion(attempt.claim, result: result, cacheKey: cacheKey, cached: cached)
            desk.handIn(ExchangeDesk.Parcel(attempt: attempt, completion: completion, spent: spent))
        case .failure(let failure, let cause, let peakBytes):
            spent.peakBytes = peakBytes
            await conclude(attempt, failure, cause, spent)
        }
    }

    private func perform(_ attempt: RunningAttempt, _ scratch: ScratchSpace) async -> AttemptOutcome {
        let claim = attempt.claim
        if let performance { return .result(await performance(claim), cacheKey: "", cached: false) }
        do throws(Failure) {
            let job = try await blocking { [registry] () throws(Failure) in
                try PreparedJob(claim, registry: registry)
            }
            if let result = try await cachedResult(job, attempt) {
                return .result(result, cacheKey: job.cacheKey, cached: true)
            }
            let ticket = admission.enter(isBulk: claim.request.lane == .bulk)
            defer { admission.leave(ticket) }
            // What has not begun yet is handed back by a worker that stops, before anything is spent on it.
            while attempt.stopCause == nil, !admission.admit(ticket, job.budget) {
                if state.isStopping { attempt.stop(.shutdown) }
                try? await Task.sleep(for: .milliseconds(20))
            }
            if let cause = attempt.stopCause { return .failure(Failure(.cancelled, "The job was cancelled."), cause) }
            return try await execute(job, attempt, scratch)
        } catch {
            return .failure(error, attempt.stopCause)
        }
    }

    /// An earlier result of the same material, when all its files are still there.
    private func cachedResult(_ job: PreparedJob, _ attempt: RunningAttempt) async throws(Failure) -> StageResult? {
        let found = try await link.call(
            givingUp: { attempt.stopCause != nil },
            ask: { () async throws(Failure) in
                try await store.cachedResult(job.cacheKey, tenant: attempt.claim.tenant)
            })
        guard let found else { return nil }
        let isComplete = try await blocking { [blobs] () throws(Failure) in
            PreparedJob.isComplete(found, in: blobs)
        }
        return isComplete ? found : nil
    }

    private func execute(
        _ job: PreparedJob, _ attempt: RunningAttempt, _ scratch: ScratchSpace
    ) async throws(Failure) -> AttemptOutcome {
        let folder = try scratch.folder()
        let order = try await blocking { [blobs] () throws(Failure) in
            try job.order(for: attempt.claim, scratch: folder.url, blobs: blobs)
        }
        guard let executor = await borrowExecutor() else {
            return .failure(Failure(.cancelled, "The worker could not start the job."), .shutdown)
        }
        let run = await AttemptRun(
            executor: executor, attempt: attempt, budget: job.budget, grace: configuration.grace
        ).run(order)
        var outcome = AttemptOutcome.failure(Failure(.cancelled, "The job was cancelled."), .shutdown)
        switch run.verdict {
        case .failed(let failure, let cause): outcome = .failure(failure, cause, peakBytes: run.peakBytes)
        case .finished(let data):
            let said = attempt.ledger.content
            do throws(Failure) {
                let outputs = try await blocking { [blobs] () throws(Failure) in
                    try OutputCollector(blobs: blobs).collect(said.emitted, from: folder.url)
                }
                let result = StageResult(
                    kind: attempt.claim.request.kind, version: job.stage.version, outputs: outputs, data: data,
                    review: said.review, identity: job.identity, seconds: run.seconds, peakBytes: run.peakBytes)
                outcome = .result(result, cacheKey: job.cacheKey, cached: false)
            } catch {
                // Files from elsewhere: this executor is not what it was.
                if error.kind == .workerLost { executor.kill() }
                outcome = .failure(error, nil, peakBytes: run.peakBytes)
            }
        }
        await pool.takeBack(executor)
        return outcome
    }

    /// An executor, or nil when none starts; after five in a row the worker gives up, since it is of no use.
    private func borrowExecutor() async -> ExecutorProcess? {
        do throws(Failure) {
            let executor = try await pool.lend()
            _ = state.noteStart(succeeded: true)
            return executor
        } catch {
            let failures = state.noteStart(succeeded: false)
            log.error("Could not start an executor", error.logData)
            if failures >= 5 { state.beginStop(because: error) }
            try? await Task.sleep(for: .milliseconds(50) * (1 << min(failures, 5)))
            return nil
        }
    }
}
