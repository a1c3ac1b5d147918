public import Foundation

/// A workflow that callers ask for by name: built once at the composition root, used by the command line and the API.
public struct WorkflowTemplate: Sendable {
    /// Stable wire name, such as `showroom`.
    public let name: String
    /// One sentence for people.
    public let abstract: String
    /// How many photos it takes.
    public let arity: InputArity
    /// Slots of pictures that may come along with the photos.
    public let companions: Set<String>
    public let optionsSchema: OptionsSchema
    /// Makes the steps; the options are complete and fit the schema.
    public let build: @Sendable (_ inputs: WorkflowInputs, _ options: JSONValue) throws(Failure) -> WorkflowRequest

    public init(
        name: String, abstract: String, arity: InputArity, companions: Set<String> = [],
        optionsSchema: OptionsSchema,
        build: @escaping @Sendable (_ inputs: WorkflowInputs, _ options: JSONValue) throws(Failure) -> WorkflowRequest
    ) {
        (self.name, self.abstract, self.arity, self.companions) = (name, abstract, arity, companions)
        (self.optionsSchema, self.build) = (optionsSchema, build)
    }

    /// In words: `1 to 36 inputs, and logo if wished`.
    public var inputWords: String { arity.words(with: companions) }

    /// The steps for these inputs, with the options checked and completed; what the registry must still admit.
    ///
    /// A companion may stand among the photos, and goes before one that is given to all.
    ///
    /// - Throws: `invalidInputs`, `unknownOption`, `invalidOptions`, and what `build` finds.
    public func request(_ inputs: WorkflowInputs, options: JSONValue = [:]) throws(Failure) -> WorkflowRequest {
        var slots = Set<String>()
        for input in inputs.photos where !slots.insert(input.slot).inserted {
            throw Failure(.invalidInputs, "Two inputs have the slot \(input.slot).", slot: input.slot)
        }
        var sorted = inputs
        sorted.photos.removeAll { companions.contains($0.slot) }
        sorted.companions.removeAll { slots.contains($0.slot) }
        sorted.companions += inputs.photos.filter { companions.contains($0.slot) }
        guard arity.accepts(sorted.photos.count) else {
            throw Failure(
                .invalidInputs, "\(name) does not take \(sorted.photos.count) inputs.",
                hint: "It takes \(inputWords).")
        }
        return try build(sorted, try optionsSchema.completed(options))
    }
}

/// What a workflow is made from: the photos as blobs, and what is said of all its jobs.
public struct WorkflowInputs: Sendable, Equatable {
    /// In the caller's order; every source is a blob.
    public var photos: [JobInput]
    /// What the pictures show, named by the caller.
    public var subject: String?
    /// 0 first ... 3 last, as in `JobRequest`.
    public var priority: Int
    public var runAt: Date?
    /// The tenant's own picture that an option names; nil sets the photos in a studio of ours.
    public var background: Background?
    /// Pictures of the caller's that go with the photos, such as a logo.
    public var companions: [JobInput]

    public init(
        photos: [JobInput], subject: String? = nil, priority: Int = 1, runAt: Date? = nil,
        background: Background? = nil, companions: [JobInput] = []
    ) {
        (self.photos, self.subject, self.priority, self.runAt) = (photos, subject, priority, runAt)
        (self.background, self.companions) = (background, companions)
    }
}

extension OptionsSchema {
    /// The options with the default of every field that is absent or null, after `check`.
    public func completed(_ options: JSONValue) throws(Failure) -> JSONValue {
        try check(options)
        var members: [String: JSONValue] = [:]
        for field in fields {
            let given = options[field.name] ?? .null
            members[field.name] = given == .null ? field.defaultValue : given
        }
        return .object(members)
    }
}

extension StageRegistry {
    /// The workflow with every step's options completed and checked, and its dependencies sound.
    ///
    /// - Throws: what `admit` and `validate` throw; the failure says which step it is about.
    public func admit(_ workflow: WorkflowRequest) throws(Failure) -> WorkflowRequest {
        try workflow.validate()
        var admitted = workflow
        for index in admitted.steps.indices {
            do { admitted.steps[index].job = try admit(admitted.steps[index].job) } catch {
                throw Failure(
                    error.code, "Step \(admitted.steps[index].label): \(error.summary)", hint: error.hint,
                    slot: error.slot, detail: error.detail)
            }
        }
        return admitted
    }
}
