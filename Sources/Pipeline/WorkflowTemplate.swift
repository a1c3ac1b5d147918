public import Foundation

/// A workflow that callers ask for by name: built once at the composition root, used by the command line and the API.
public struct WorkflowTemplate: Sendable {
    /// Stable wire name, such as `showroom`.
    public let name: String
    /// One sentence for people.
    public let abstract: String
    /// How many photos it takes.
    public let arity: InputArity
    public let optionsSchema: OptionsSchema
    /// Makes the steps; the options are complete and fit the schema.
    public let build: @Sendable (_ inputs: WorkflowInputs, _ options: JSONValue) throws(Failure) -> WorkflowRequest

    public init(
        name: String, abstract: String, arity: InputArity, optionsSchema: OptionsSchema,
        build: @escaping @Sendable (_ inputs: WorkflowInputs, _ options: JSONValue) throws(Failure) -> WorkflowRequest
    ) {
        (self.name, self.abstract, self.arity) = (name, abstract, arity)
        (self.optionsSchema, self.build) = (optionsSchema, build)
    }

    /// The steps for these inputs, with the options checked and completed; what the registry must still admit.
    ///
    /// - Throws: `invalidInputs`, `unknownOption`, `invalidOptions`, and what `build` finds.
    public func request(_ inputs: WorkflowInputs, options: JSONValue = [:]) throws(Failure) -> WorkflowRequest {
        guard arity.accepts(inputs.photos.count) else {
            throw Failure(
                .invalidInputs, "\(name) does not take \(inputs.photos.count) inputs.", hint: "It takes \(arity.words)."
            )
        }
        var slots = Set<String>()
        for photo in inputs.photos where !slots.insert(photo.slot).inserted {
            throw Failure(.invalidInputs, "Two inputs have the slot \(photo.slot).", slot: photo.slot)
        }
        return try build(inputs, try optionsSchema.completed(options))
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
    /// A picture of the caller's to hang in number plates' place.
    public var logo: JobInput?

    public init(
        photos: [JobInput], subject: String? = nil, priority: Int = 1, runAt: Date? = nil,
        background: Background? = nil, logo: JobInput? = nil
    ) {
        (self.photos, self.subject, self.priority, self.runAt) = (photos, subject, priority, runAt)
        (self.background, self.logo) = (background, logo)
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
