public import Foundation
public import JobQueue
public import Pipeline

/// The queue's contract in memory, for tests of those who use a queue; with faults to order.
public actor MemoryJobStore: JobStore {
    struct Entry {
        var job: Job
        var worker: WorkerID?
        var fence: Int64 = 0
        var isCancelRequested = false
        var dependencies: Set<UUID> = []
        var toleratesFailure = false
        var after: [String: UUID] = [:]
    }

    let now: @Sendable () -> Date
    var entries: [UUID: Entry] = [:]
    var order: [UUID] = []
    var leases: [WorkerID: Date] = [:]
    var cache: [String: StageResult] = [:]
    var keys: [String: (request: Data, jobs: [UUID], workflow: UUID?)] = [:]
    var owners: [String: Set<String>] = [:]
    var recipes: [UUID: RecipeStamp] = [:]
    var lastWorker: WorkerID = 0
    var lastFence: Int64 = 0
    private var waiters: [UUID: AsyncStream<Void>.Continuation] = [:]

    private var isAway = false
    private var losesNextClaimAnswer = false
    /// Completions that were accepted, by job; more than one of a job would be the worst of faults.
    public private(set) var completions: [UUID: Int] = [:]
    /// Completions and ends that came with a stale fence.
    public private(set) var staleEnds = 0

    /// - Parameter now: the clock that leases and times go by.
    public init(now: @escaping @Sendable () -> Date = { Date.now }) { self.now = now }

    /// While away, every call throws `databaseUnavailable`.
    public func setAway(_ away: Bool) { isAway = away }

    /// The next claim hands jobs out, and its answer is lost on the way.
    public func loseNextClaimAnswer() { losesNextClaimAnswer = true }

    public var heldByWorkers: Int { entries.values.count { $0.worker != nil } }

    func beThere() throws(Failure) {
        if isAway { throw Failure(.databaseUnavailable, "The database can't be reached.") }
    }

    func entry(_ id: UUID, of tenant: String) throws(Failure) -> Entry {
        guard let entry = entries[id], entry.job.tenant == tenant else {
            throw Failure(.notFound, "There is no such job.")
        }
        return entry
    }

    func change(_ id: UUID, _ body: (inout Entry) -> Void) {
        guard var entry = entries[id] else { return }
        body(&entry)
        entry.job.revision += 1
        entries[id] = entry
    }

    // MARK: Claims

    public func register(_ worker: WorkerDescription, lease: Duration) throws(Failure) -> WorkerID {
        try beThere()
        lastWorker += 1
        leases[lastWorker] = now() + lease.seconds
        return lastWorker
    }

    public func heartbeat(
        _ worker: WorkerID, lease: Duration, attempts: [AttemptReport]
    ) throws(Failure) -> HeartbeatReply {
        try beThere()
        guard let until = leases[worker], until > now() else {
            return HeartbeatReply(cancelled: [], lost: attempts.map(\.job), expired: true)
        }
        leases[worker] = now() + lease.seconds
        var (cancelled, lost): ([UUID], [UUID]) = ([], [])
        for attempt in attempts {
            guard let entry = entries[attempt.job], entry.worker == worker, entry.fence == attempt.fence else {
                lost.append(attempt.job)
                continue
            }
            if entry.isCancelRequested { cancelled.append(attempt.job) }
            if attempt.progress.fraction > entry.job.progress.fraction {
                change(attempt.job) { $0.job.progress = attempt.progress }
            }
        }
        return HeartbeatReply(cancelled: cancelled, lost: lost, expired: false)
    }

    public func release(
        _ worker: WorkerID, except fences: Set<Int64>, olderThan age: Duration
    ) throws(Failure) {
        try beThere()
        for id in order {
            guard let entry = entries[id], entry.worker == worker, !fences.contains(entry.fence),
                let start = entry.job.startedAt, start <= now() - age.seconds
            else { continue }
            putBack(id, countsAttempt: false)
        }
    }

    public func deregister(_ worker: WorkerID) throws(Failure) {
        try beThere()
        leases[worker] = nil
        for id in order where entries[id]?.worker == worker { putBack(id, countsAttempt: false) }
    }

    public func claim(_ worker: WorkerID, kinds: [Kind], limit: Int, bulk: Int) throws(Failure) -> [Claim] {
        try beThere()
        guard leases[worker] != nil else { throw Failure(.internalError, "There is no such worker.") }
        let ready = order.filter { id in
            guard let job = entries[id]?.job else { return false }
            return job.state == .queued && kinds.contains(job.request.kind)
        }
        let sorted = ready.sorted { priority($0) < priority($1) }
        let live = sorted.filter { priority($0) < 3 }.prefix(limit)
        let chosen = live + sorted.filter { priority($0) == 3 }.prefix(max(min(limit, bulk) - live.count, 0))
        let claims = chosen.compactMap { id in claim(id, for: worker) }
        if losesNextClaimAnswer, !claims.isEmpty {
            losesNextClaimAnswer = false
            throw Failure(.databaseUnavailable, "The connection broke.")
        }
        return claims
    }

    public func complete(
        _ claim: Claim, result: StageResult, cacheKey: String, cached: Bool
    ) throws(Failure) -> Bool {
        try beThere()
        guard isCurrent(claim) else { return false }
        completions[claim.job, default: 0] += 1
        for output in result.outputs.values { owners[output.sha256, default: []].insert(claim.tenant) }
        cache[claim.tenant + cacheKey] = result
        let time = now()
        change(claim.job) { entry in
            entry.worker = nil
            entry.job.state = result.review.isEmpty ? .succeeded : .review
            (entry.job.result, entry.job.cached, entry.job.finishedAt) = (result, cached, time)
            entry.job.progress = JobProgress(fraction: 1, step: entry.job.progress.step)
        }
        settleDependents()
        return true
    }

    public func end(_ claim: Claim, failure: Failure, disposition: Disposition) throws(Failure) -> Bool {
        try beThere()
        guard isCurrent(claim) else { return false }
        let record = FailureRecord(failure: failure, attempt: claim.attempt, at: now())
        switch disposition {
        case .release: putBack(claim.job, countsAttempt: false)
        case .retry(let delay):
            putBack(claim.job, countsAttempt: true)
            let due = now() + delay.seconds
            change(claim.job) { entry in
                entry.job.failure = record
                if due > now() { (entry.job.state, entry.job.request.runAt) = (.scheduled, due) }
            }
        case .cancel: finish(claim.job, .canceled, record)
        case .discard: finish(claim.job, .failed, record)
        }
        return true
    }

    public func cachedResult(_ cacheKey: String, tenant: String) throws(Failure) -> StageResult? {
        try beThere()
        return cache[tenant + cacheKey]
    }

    public func sweep() throws(Failure) -> SweepReport {
        try beThere()
        var (rescued, promoted) = (0, 0)
        for (worker, until) in leases where until <= now() {
            leases[worker] = nil
            for id in order where entries[id]?.worker == worker {
                rescue(id)
                rescued += 1
            }
        }
        for id in order {
            guard let job = entries[id]?.job, job.state == .scheduled, (job.request.runAt ?? now()) <= now() else {
                continue
            }
            change(id) { $0.job.state = .queued }
            promoted += 1
        }
        if rescued + promoted > 0 { wake() }
        return SweepReport(rescued: rescued, promoted: promoted)
    }

    public func waitForWork(timeout: Duration) async {
        let (stream, rope) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        waiters[id] = rope
        let timer = Task {
            try? await Task.sleep(for: timeout)
            rope.finish()
        }
        for await _ in stream { break }
        timer.cancel()
        waiters[id] = nil
    }

    func wake() { for rope in waiters.values { rope.yield() } }

    private func priority(_ id: UUID) -> Int { entries[id]?.job.request.priority ?? 0 }

    private func isCurrent(_ claim: Claim) -> Bool {
        let isCurrent = entries[claim.job].map { $0.worker != nil && $0.fence == claim.fence } ?? false
        if !isCurrent { staleEnds += 1 }
        return isCurrent
    }

    private func claim(_ id: UUID, for worker: WorkerID) -> Claim? {
        lastFence += 1
        let (fence, time) = (lastFence, now())
        change(id) { entry in
            (entry.worker, entry.fence, entry.job.state) = (worker, fence, .running)
            entry.job.attempt += 1
            entry.job.startedAt = time
        }
        guard let entry = entries[id] else { return nil }
        let job = entry.job
        return Claim(
            job: id, fence: fence, tenant: job.tenant, workflow: job.workflow, label: job.label, request: job.request,
            attempt: job.attempt, inputs: inputs(of: entry))
    }

    private func inputs(of entry: Entry) -> [ResolvedInput] {
        entry.job.request.inputs.compactMap { input in
            switch input.source {
            case .blob(let sha256): return ResolvedInput(slot: input.slot, name: input.name, sha256: sha256)
            case .output(let label, let name):
                guard let parent = entry.after[label], let output = entries[parent]?.job.result?.outputs[name] else {
                    return nil
                }
                return ResolvedInput(slot: input.slot, name: input.name, sha256: output.sha256)
            }
        }
    }

    private func putBack(_ id: UUID, countsAttempt: Bool) {
        change(id) { entry in
            (entry.worker, entry.job.state) = (nil, .queued)
            if !countsAttempt { entry.job.attempt -= 1 }
        }
        wake()
    }

    private func rescue(_ id: UUID) {
        guard let attempt = entries[id]?.job.attempt else { return }
        let failure = Failure(.workerLost, "The worker that had the job is gone.")
        let record = FailureRecord(failure: failure, attempt: attempt, at: now())
        if case .discard = Disposition(.workerLost, stop: nil, attempt: attempt, limits: RetryLimits()) {
            return finish(id, .failed, record)
        }
        putBack(id, countsAttempt: true)
        change(id) { $0.job.failure = record }
    }

    func finish(_ id: UUID, _ state: JobState, _ record: FailureRecord?) {
        let time = now()
        change(id) { entry in
            (entry.worker, entry.job.state, entry.job.finishedAt) = (nil, state, time)
            entry.job.failure = record ?? entry.job.failure
        }
        settleDependents()
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
