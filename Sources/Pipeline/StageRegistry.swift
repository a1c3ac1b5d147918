/// Type-erased stages by kind. Built once at the composition root; two stages of one kind are a programmer's mistake.
public struct StageRegistry: Sendable {
    private var stages: [Kind: any AnyStage] = [:]

    public init() {}

    public mutating func register<S: Stage>(_ stage: S) {
        precondition(stages[S.kind] == nil, "stage \(S.kind) registered twice")
        stages[S.kind] = Erased(stage: stage)
    }

    public var kinds: [Kind] { stages.keys.sorted() }

    /// The stage of a kind, or a failure that lists the kinds there are.
    public func stage(_ kind: Kind) throws(Failure) -> any AnyStage {
        guard let stage = stages[kind] else {
            let known = kinds.map(\.rawValue).joined(separator: ", ")
            throw Failure(.unknownKind, "There is no kind \(kind).", hint: "Kinds are: \(known).")
        }
        return stage
    }

    /// The request with its options completed and checked; what the API and the command line do before they enqueue.
    public func admit(_ request: JobRequest) throws(Failure) -> JobRequest {
        let stage = try stage(request.kind)
        let counted = request.inputs.count { !stage.companions.contains($0.slot) }
        guard stage.arity.accepts(counted) else {
            throw Failure(
                .invalidInputs, "\(request.kind) does not take \(counted) inputs.",
                hint: "It takes \(stage.arity.words).")
        }
        guard Set(request.inputs.map(\.slot)).count == request.inputs.count else {
            throw Failure(.invalidInputs, "Two inputs have the same slot.")
        }
        var admitted = request
        admitted.options = try stage.complete(request.options)
        return admitted
    }
}

/// A stage without its types: options and output are JSON.
public protocol AnyStage: Sendable {
    var kind: Kind { get }
    var version: Int { get }
    var abstract: String { get }
    var arity: InputArity { get }
    var schema: OptionsSchema { get }
    /// Slots that may come along without counting.
    var companions: Set<String> { get }

    /// The options with every default filled in, after schema and semantic checks.
    func complete(_ options: JSONValue) throws(Failure) -> JSONValue
    func budget(for options: JSONValue) throws(Failure) -> Budget
    func permissions(for options: JSONValue) throws(Failure) -> Set<Permission>
    /// Members of the output, at any depth, that are shown to callers with a permission only.
    var guarded: [Permission: Set<String>] { get }
    func identity(for options: JSONValue) throws(Failure) -> [String]
    func warmUp() throws(Failure)
    func run(_ options: JSONValue, in context: StageContext) async throws(Failure) -> JSONValue
}

extension AnyStage {
    public var companions: Set<String> { [] }
    public var guarded: [Permission: Set<String>] { [:] }
    public func permissions(for options: JSONValue) throws(Failure) -> Set<Permission> { [] }

    /// The output as a caller with some permissions may see it.
    public func shown(_ data: JSONValue, to permissions: Set<Permission>) -> JSONValue {
        let hidden = guarded.filter { !permissions.contains($0.key) }.values.reduce(into: Set()) { $0.formUnion($1) }
        return hidden.isEmpty ? data : data.without(hidden)
    }

    /// In words: `one input`, `one input, and background if wished`.
    public var inputWords: String {
        arity.words(with: companions)
    }
}

extension InputArity {
    /// In words: `one input`, `1 to 36 inputs`.
    public var words: String {
        switch self {
        case .one: "one input"
        case .set(let range): "\(range.lowerBound) to \(range.upperBound) inputs"
        }
    }

    func words(with companions: Set<String>) -> String {
        companions.isEmpty ? words : "\(words), and \(companions.sorted().joined(separator: ", ")) if wished"
    }
}

private struct Erased<S: Stage>: AnyStage {
    let stage: S

    var kind: Kind { S.kind }
    var version: Int { S.version }
    var abstract: String { S.abstract }
    var arity: InputArity { S.arity }
    var schema: OptionsSchema { S.Options.schema }
    var companions: Set<String> { S.companions }

    func complete(_ options: JSONValue) throws(Failure) -> JSONValue {
        try JSON.value(of: typed(options))
    }

    func budget(for options: JSONValue) throws(Failure) -> Budget { S.budget(for: try typed(options)) }

    var guarded: [Permission: Set<String>] { S.guarded }

    func permissions(for options: JSONValue) throws(Failure) -> Set<Permission> {
        S.permissions(for: try typed(options))
    }

    func identity(for options: JSONValue) throws(Failure) -> [String] {
        ["\(S.kind)@\(S.version)"] + (try stage.identity(for: typed(options)))
    }

    func warmUp() throws(Failure) { try stage.warmUp() }

    func run(_ options: JSONValue, in context: StageContext) async throws(Failure) -> JSONValue {
        let output = try await stage.run(try typed(options), in: context)
        return try JSON.value(of: output)
    }

    /// Schema first, so that an unknown key is named; then the given members over the defaults. Null means the default.
    private func typed(_ options: JSONValue) throws(Failure) -> S.Options {
        try S.Options.schema.check(options)
        guard case .object(var members) = try JSON.value(of: S.Options()) else {
            throw Failure(.internalError, "The options of \(S.kind) are not an object.")
        }
        for (key, value) in options.objectValue ?? [:] where value != .null { members[key] = value }
        let typed: S.Options
        do { typed = try JSON.decode(S.Options.self, from: JSON.encode(JSONValue.object(members))) } catch {
            throw Failure(.invalidOptions, "The options do not fit \(S.kind).", detail: error.detail)
        }
        try S.validate(typed)
        return typed
    }
}

extension JSONValue {
    /// The same without the members of these names, at any depth.
    fileprivate func without(_ names: Set<String>) -> JSONValue {
        switch self {
        case .object(let members): .object(members.filter { !names.contains($0.key) }.mapValues { $0.without(names) })
        case .array(let items): .array(items.map { $0.without(names) })
        case .null, .bool, .int, .number, .string: self
        }
    }
}
