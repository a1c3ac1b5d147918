public import Foundation
public import Pipeline

/// The queue as its callers see it: requests come in, attempts are claimed and end once, everybody may look.
///
/// `PostgresJobStore` is the one that ships; tests of the worker and the API may bring their own. Every call may throw
/// `databaseUnavailable`, which is worth trying again.
public protocol JobStore: JobIntake, JobClaims {}

/// What an upload service, the command line and the API need.
public protocol JobIntake: Sendable {
    /// Enqueues a job. With a key, the same request again gives the first job, another one `idempotencyMismatch`.
    ///
    /// - Throws: `inputMissing` with the slot, when an input is a blob that the tenant does not own, see `own`.
    func enqueue(_ request: JobRequest, tenant: String, idempotencyKey: String?) async throws(Failure) -> Enqueued
    /// Enqueues a workflow in one transaction; its jobs come back in the order of the steps.
    func enqueue(_ workflow: WorkflowRequest, tenant: String, idempotencyKey: String?) async throws(Failure) -> Enqueued

    /// - Throws: `notFound` when the tenant has no such job.
    func job(_ id: UUID, tenant: String) async throws(Failure) -> Job
    /// Those of the jobs that the tenant has, in no order; the rest is silently absent.
    func jobs(_ ids: [UUID], tenant: String) async throws(Failure) -> [Job]
    func workflow(_ id: UUID, tenant: String) async throws(Failure) -> [Job]
    /// The recipe that a workflow was made by; nil when there was none, or no such workflow.
    func recipe(ofWorkflow id: UUID, tenant: String) async throws(Failure) -> RecipeStamp?
    /// Newest first, at most `filter.limit`; `next` is the cursor of the following page.
    func jobs(_ filter: JobFilter, tenant: String) async throws(Failure) -> JobPage

    /// Cancels a job that is not final; a running one is told by heartbeat. Dependents are canceled with it.
    ///
    /// Once this has returned the job never succeeds: a running one that ends with a result all the same ends `canceled`.
    /// Asked again, it answers the job as it is.
    /// - Throws: `conflict` when the job has ended otherwise.
    func cancel(_ id: UUID, tenant: String) async throws(Failure) -> Job
    /// Puts a failed or canceled job back, with a fresh count of attempts, and those dependents that ended by it.
    ///
    /// - Throws: `conflict` when it is neither, or when it ended by a dependency, which is then the one to retry.
    func retry(_ id: UUID, tenant: String) async throws(Failure) -> Job

    /// Notes that `tenant` may read the blob.
    func own(blob sha256: String, bytes: Int, tenant: String) async throws(Failure)
    /// A hash is not a key: true only for a tenant that put the blob or whose job made it.
    func owns(blob sha256: String, tenant: String) async throws(Failure) -> Bool
    /// Those of the blobs that the tenant may read.
    func owned(blobs: Set<String>, tenant: String) async throws(Failure) -> Set<String>
}

extension JobIntake {
    /// One by one; a store that can ask for many at once should.
    public func jobs(_ ids: [UUID], tenant: String) async throws(Failure) -> [Job] {
        var found: [Job] = []
        for id in ids {
            do { found.append(try await job(id, tenant: tenant)) } catch {
                guard error.code == .notFound else { throw error }
            }
        }
        return found
    }

    /// One by one; a store that can ask for many at once should.
    public func owned(blobs: Set<String>, tenant: String) async throws(Failure) -> Set<String> {
        var found: Set<String> = []
        for blob in blobs where try await owns(blob: blob, tenant: tenant) { found.insert(blob) }
        return found
    }
}

/// What a worker needs.
public protocol JobClaims: Sendable {
    func register(_ worker: WorkerDescription, lease: Duration) async throws(Failure) -> WorkerID
    /// Extends the lease and writes progress; answers what changed for the attempts that the worker holds.
    func heartbeat(
        _ worker: WorkerID, lease: Duration, attempts: [AttemptReport]
    ) async throws(Failure) -> HeartbeatReply
    /// Releases the worker's attempts but those of these fences, when they began longer ago than `age`: the worker does not
    /// know of them, so the answer that gave them never came.
    func release(_ worker: WorkerID, except fences: Set<Int64>, olderThan age: Duration) async throws(Failure)
    /// Ends the worker: its attempts are released and its lease goes.
    func deregister(_ worker: WorkerID) async throws(Failure)

    /// Takes up to `limit` queued jobs; each attempt is counted and fenced by a token of its own. Promotes what is due.
    /// Live jobs come first; bulk ones get what those leave of `bulk`.
    ///
    /// A worker that is unknown or whose lease ran out gets none; its heartbeat tells it so.
    func claim(_ worker: WorkerID, kinds: [Kind], limit: Int, bulk: Int) async throws(Failure) -> [Claim]
    /// Ends an attempt with its result, frees dependents, fills the result cache, and notes the outputs' owner.
    ///
    /// The same call again, after its answer was lost, gives the same answer. An empty cache key fills no cache.
    /// - Returns: false when the fence is stale: somebody else has the job, and this result is dropped.
    func complete(_ claim: Claim, result: StageResult, cacheKey: String, cached: Bool) async throws(Failure) -> Bool
    /// Ends attempts as `complete` does and takes up to `limit` new ones as `claim` does: one statement for a batch.
    ///
    /// When it throws, each completion may have been accepted or not, and may be handed in again.
    func exchange(
        _ completions: [Completion], for worker: WorkerID, kinds: [Kind], limit: Int, bulk: Int
    ) async throws(Failure) -> Exchange
    /// Ends an attempt without a result as the disposition says; false when the fence is stale.
    func end(_ claim: Claim, failure: Failure, disposition: Disposition) async throws(Failure) -> Bool
    /// The result of an earlier job of the same tenant with the same key.
    func cachedResult(_ cacheKey: String, tenant: String) async throws(Failure) -> StageResult?

    /// Rescues the attempts of workers whose lease ran out or whose process on this host is gone, and promotes what is due;
    /// entries of cron that are due become jobs.
    func sweep() async throws(Failure) -> SweepReport
    /// Makes room for what will end and removes what was kept long enough; asked for now and then by every worker.
    func keepHouse() async throws(Failure) -> HouseReport
    /// Returns when a job may have become ready, or after `timeout`. A hint only: claims are the truth.
    func waitForWork(timeout: Duration) async
}

extension JobClaims {
    /// Keeps everything.
    public func keepHouse() async throws(Failure) -> HouseReport { HouseReport() }

    /// Takes jobs of both lanes alike.
    public func claim(_ worker: WorkerID, kinds: [Kind], limit: Int) async throws(Failure) -> [Claim] {
        try await claim(worker, kinds: kinds, limit: limit, bulk: limit)
    }

    /// Takes jobs of both lanes alike.
    public func exchange(
        _ completions: [Completion], for worker: WorkerID, kinds: [Kind], limit: Int
    ) async throws(Failure) -> Exchange {
        try await exchange(completions, for: worker, kinds: kinds, limit: limit, bulk: limit)
    }
}

public typealias WorkerID = Int64

/// What an enqueue gave: the new jobs, or those of the first time.
public struct Enqueued: Sendable, Equatable {
    /// Of a workflow only.
    public let workflow: UUID?
    public let jobs: [Job]
    /// The idempotency key had been used with the same request before; nothing was enqueued.
    public let replayed: Bool

    public init(workflow: UUID?, jobs: [Job], replayed: Bool) {
        (self.workflow, self.jobs, self.replayed) = (workflow, jobs, replayed)
    }
}

/// Which jobs to list.
public struct JobFilter: Sendable, Equatable {
    public var states: Set<JobState>
    public var kind: Kind?
    public var subject: String?
    public var workflow: UUID?
    public var cursor: String?
    /// 1...200.
    public var limit: Int

    public init(
        states: Set<JobState> = [], kind: Kind? = nil, subject: String? = nil, workflow: UUID? = nil,
        cursor: String? = nil, limit: Int = 50
    ) {
        (self.states, self.kind, self.subject) = (states, kind, subject)
        (self.workflow, self.cursor, self.limit) = (workflow, cursor, limit)
    }
}

public struct JobPage: Sendable, Equatable {
    public let jobs: [Job]
    /// Nil on the last page.
    public let next: String?
    public init(jobs: [Job], next: String?) { (self.jobs, self.next) = (jobs, next) }
}

/// A worker process as the queue knows it.
public struct WorkerDescription: Sendable, Equatable {
    public let host: String
    public let pid: Int32
    /// Start time of the process in clock ticks since boot: with the pid it names one process, also after pids wrap.
    public let processStart: UInt64

    public init(host: String, pid: Int32, processStart: UInt64) {
        (self.host, self.pid, self.processStart) = (host, pid, processStart)
    }
}

/// One fenced attempt at a job: whoever holds the highest token may end it, everybody else is too late.
public struct Claim: Sendable, Equatable {
    public let job: UUID
    public let fence: Int64
    public let tenant: String
    public let workflow: UUID?
    public let label: String?
    public let request: JobRequest
    /// From 1; counted when claimed.
    public let attempt: Int
    /// The inputs as blobs: outputs of dependencies are resolved.
    public let inputs: [ResolvedInput]

    public init(
        job: UUID, fence: Int64, tenant: String, workflow: UUID?, label: String?, request: JobRequest, attempt: Int,
        inputs: [ResolvedInput]
    ) {
        (self.job, self.fence, self.tenant, self.workflow, self.label) = (job, fence, tenant, workflow, label)
        (self.request, self.attempt, self.inputs) = (request, attempt, inputs)
    }
}

/// An input whose bytes are stored.
public struct ResolvedInput: Sendable, Equatable, Codable {
    public let slot: String
    public let name: String
    public let sha256: String

    public init(slot: String, name: String, sha256: String) {
        (self.slot, self.name, self.sha256) = (slot, name, sha256)
    }
}

/// What a worker says of one running attempt at each heartbeat.
public struct AttemptReport: Sendable, Equatable {
    public let job: UUID
    public let fence: Int64
    public let progress: JobProgress

    public init(job: UUID, fence: Int64, progress: JobProgress) {
        (self.job, self.fence, self.progress) = (job, fence, progress)
    }
}

/// What the queue answers to a heartbeat.
public struct HeartbeatReply: Sendable, Equatable {
    /// Running attempts that the caller canceled.
    public let cancelled: [UUID]
    /// Attempts that are no longer this worker's.
    public let lost: [UUID]
    /// The worker itself is unknown or expired: register anew, give up everything.
    public let expired: Bool

    public init(cancelled: [UUID], lost: [UUID], expired: Bool) {
        (self.cancelled, self.lost, self.expired) = (cancelled, lost, expired)
    }
}

public struct SweepReport: Sendable, Equatable {
    public let rescued: Int
    public let promoted: Int
    public init(rescued: Int, promoted: Int) { (self.rescued, self.promoted) = (rescued, promoted) }
}
