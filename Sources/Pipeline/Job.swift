public import Foundation

/// The states of a job: one set of words in SQL, API, command line and docs.
public enum JobState: String, Sendable, Codable, CaseIterable {
    case blocked, scheduled, queued, running, succeeded, review, failed, canceled

    /// No attempt will follow; `review` leaves by approve or reject only.
    public var isFinal: Bool {
        switch self {
        case .succeeded, .review, .failed, .canceled: true
        case .blocked, .scheduled, .queued, .running: false
        }
    }

    /// There are outputs to use: dependents may start.
    public var hasResult: Bool { self == .succeeded || self == .review }
}

/// A named input of a job, as the caller states it.
public struct JobInput: Sendable, Equatable, Codable {
    public enum Source: Sendable, Equatable, Codable {
        /// Bytes that are already stored.
        case blob(sha256: String)
        /// An output of an earlier job of the same workflow, named by that job's label.
        case output(job: String, name: String)
    }

    public var slot: String
    /// The file name that the caller knows it by.
    public var name: String
    public var source: Source

    public init(slot: String, name: String, source: Source) {
        (self.slot, self.name, self.source) = (slot, name, source)
    }
}

/// A job to be enqueued. Unsaid things have the queue's defaults.
public struct JobRequest: Sendable, Equatable, Codable {
    public var kind: Kind
    /// The complete options (defaults filled in) as an object, checked by the registry before they are enqueued.
    public var options: JSONValue
    public var inputs: [JobInput]
    /// What the pictures show, named by the caller; erasing and exporting go by it.
    public var subject: String?
    /// 0 first ... 3 last; 1 is the default, 3 is for backfills.
    public var priority: Int
    public var runAt: Date?
    public var maxAttempts: Int

    public init(
        kind: Kind, options: JSONValue = [:], inputs: [JobInput], subject: String? = nil, priority: Int = 1,
        runAt: Date? = nil, maxAttempts: Int = 5
    ) {
        (self.kind, self.options, self.inputs, self.subject) = (kind, options, inputs, subject)
        (self.priority, self.runAt, self.maxAttempts) = (priority, runAt, maxAttempts)
    }
}

/// Jobs with dependencies that are enqueued together.
public struct WorkflowRequest: Sendable, Equatable, Codable {
    public struct Step: Sendable, Equatable, Codable {
        /// Unique in the workflow; inputs of other steps name it.
        public var label: String
        public var job: JobRequest
        /// Labels that must be final first. Those that an input names are needed; for the rest see `toleratesFailure`.
        public var after: [String]
        /// A failed dependency drops its inputs instead of failing this step, while at least one input is left.
        public var toleratesFailure: Bool

        public init(label: String, job: JobRequest, after: [String] = [], toleratesFailure: Bool = false) {
            (self.label, self.job, self.after, self.toleratesFailure) = (label, job, after, toleratesFailure)
        }
    }

    public var name: String
    public var steps: [Step]
    /// The recipe that the steps were made by.
    public var recipe: RecipeStamp?
    /// What the caller asked for, in any fixed form: requests of one idempotency key are compared by it, since the steps
    /// may depend on a default or on the newest version of something. Nil compares the steps.
    public var asked: String?

    public init(name: String, steps: [Step], recipe: RecipeStamp? = nil, asked: String? = nil) {
        (self.name, self.steps, self.recipe, self.asked) = (name, steps, recipe, asked)
    }
}

/// How far a job is; it never goes back.
public struct JobProgress: Sendable, Equatable, Codable {
    public var fraction: Double
    public var step: String
    public init(fraction: Double, step: String) { (self.fraction, self.step) = (fraction, step) }
}

/// What is shown about a job that did not succeed.
public struct FailureRecord: Sendable, Equatable, Codable {
    public var failure: Failure
    public var attempt: Int
    public var at: Date
    public init(failure: Failure, attempt: Int, at: Date) {
        (self.failure, self.attempt, self.at) = (failure, attempt, at)
    }
}

/// One row of the queue, whole.
public struct Job: Sendable, Equatable, Codable {
    public var id: UUID
    public var tenant: String
    public var workflow: UUID?
    /// The step's label in its workflow.
    public var label: String?
    public var request: JobRequest
    public var state: JobState
    public var attempt: Int
    public var progress: JobProgress
    /// The last failure; also on a job that is tried again.
    public var failure: FailureRecord?
    public var result: StageResult?
    /// The result came from the cache; nothing ran.
    public var cached: Bool
    public var createdAt: Date
    public var startedAt: Date?
    public var finishedAt: Date?
    /// Grows with every change that a caller can see; the ETag.
    public var revision: Int

    public init(
        id: UUID, tenant: String, workflow: UUID? = nil, label: String? = nil, request: JobRequest, state: JobState,
        attempt: Int = 0, progress: JobProgress = JobProgress(fraction: 0, step: ""), failure: FailureRecord? = nil,
        result: StageResult? = nil, cached: Bool = false, createdAt: Date, startedAt: Date? = nil,
        finishedAt: Date? = nil, revision: Int = 0
    ) {
        (self.id, self.tenant, self.workflow, self.label, self.request) = (id, tenant, workflow, label, request)
        (self.state, self.attempt, self.progress, self.failure) = (state, attempt, progress, failure)
        (self.result, self.cached, self.revision) = (result, cached, revision)
        (self.createdAt, self.startedAt, self.finishedAt) = (createdAt, startedAt, finishedAt)
    }
}
