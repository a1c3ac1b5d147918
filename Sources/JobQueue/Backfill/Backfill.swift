public import Foundation
public import Pipeline

/// Many jobs of one kind or workflow, written down as items first and then fed into the bulk lane bit by bit.
public struct Backfill: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// A process feeds it, or did until it was killed.
        case feeding
        /// The first items are there for a person to look at.
        case waiting
        case stopped
        /// Every item has ended.
        case done
        case rolledBack
    }

    public let id: Int64
    public let tenant: String
    public let spec: BackfillSpec
    public let pace: BackfillPace
    public let state: State
    public let total: Int
    /// Items that go in first; 0 when there are none, or they were seen.
    public let canary: Int
    /// Every item up to this one has a job or a failure.
    public let fed: Int
    /// The process that feeds it or fed it last.
    let feeder: WorkerDescription?
    /// Seconds since that process was heard of.
    public let silence: Double
    public let createdAt: Date
    public let finishedAt: Date?

    /// Whether a process feeds it now, as far as this one can tell.
    public var isFed: Bool {
        guard state == .feeding, let feeder else { return false }
        return feeder.host == WorkerDescription.thisHost ? feeder.isRunning : silence < 15
    }
}

/// What is said of all items.
public struct BackfillSpec: Sendable, Equatable, Codable {
    /// Of a kind or a workflow.
    public var name: String
    public var isWorkflow: Bool
    /// Complete; items may have some of their own over them.
    public var options: JSONValue
    /// Inputs that every item has besides its own.
    public var companions: [JobInput]
    public var recipe: RecipeStamp?
    public var background: Background?
    public var logo: JobInput?
    public var maxAttempts: Int

    public init(
        name: String, isWorkflow: Bool, options: JSONValue, companions: [JobInput] = [], recipe: RecipeStamp? = nil,
        background: Background? = nil, logo: JobInput? = nil, maxAttempts: Int = 5
    ) {
        (self.name, self.isWorkflow, self.options, self.companions) = (name, isWorkflow, options, companions)
        (self.recipe, self.background, self.logo, self.maxAttempts) = (recipe, background, logo, maxAttempts)
    }
}

/// One thing to be done: pictures that make one job or one workflow.
public struct BackfillItem: Sendable, Equatable {
    /// What goes into the item's row.
    public struct Source: Sendable, Equatable, Codable {
        public var subject: String?
        public var files: [File]
        /// Over the backfill's.
        public var options: JSONValue?

        public init(subject: String?, files: [File], options: JSONValue? = nil) {
            (self.subject, self.files, self.options) = (subject, files, options)
        }
    }

    /// A picture: a path, or a blob that is stored.
    public struct File: Sendable, Equatable, Codable {
        public var slot: String
        public var path: String?
        public var sha256: String?
        /// The name that the operator knows it by; nil for the path's last part.
        public var name: String?

        public init(slot: String, path: String? = nil, sha256: String? = nil, name: String? = nil) {
            (self.slot, self.path, self.sha256, self.name) = (slot, path, sha256, name)
        }
    }

    /// From 1; 0 before it is written down.
    public internal(set) var number: Int
    /// Names the item; the same thing has the same key in a later backfill. At most 1000 bytes.
    public let key: String
    public let source: Source
    /// The job or workflow whose result it is to replace.
    public let previous: UUID?

    public init(key: String, source: Source, previous: UUID? = nil) {
        (number, self.key, self.source, self.previous) = (0, key, source, previous)
    }
}

/// How items ended.
public struct BackfillTally: Sendable, Equatable, Codable {
    public var succeeded = 0
    public var review = 0
    public var failed = 0
    public var canceled = 0
    /// Erased before anybody looked.
    public var gone = 0
    /// Has a job that has not ended.
    public var underWay = 0
    /// Has no job yet.
    public var waiting = 0

    public init() {}

    public var ended: Int { succeeded + review + failed + canceled + gone }
    public var total: Int { ended + underWay + waiting }

    mutating func add(_ items: Int, to outcome: String?) {
        switch outcome {
        case "succeeded": succeeded += items
        case "review": review += items
        case "failed": failed += items
        case "canceled": canceled += items
        case "gone": gone += items
        default: underWay += items
        }
    }
}

/// An item with its job, on its way into the queue, or with the reason why it has none.
public enum BackfillEntry: Sendable {
    case job(JobRequest)
    case workflow(WorkflowRequest)
    case failure(Failure)
}
