internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Stages
internal import Storage

/// What a backfill does to each item: a kind, or the workflow.
enum BackfillTarget: Sendable {
    case kind(any AnyStage)
    case workflow(WorkflowTemplate)

    /// - Throws: `unknownKind` with the names there are.
    init(_ name: String, _ registry: StageRegistry) throws(Failure) {
        if name == ShowroomWorkflow.template.name {
            self = .workflow(ShowroomWorkflow.template)
            return
        }
        do throws(Failure) { self = .kind(try registry.stage(Kind(rawValue: name))) } catch {
            let names = registry.kinds.map(\.rawValue) + [ShowroomWorkflow.template.name]
            throw Failure(
                error.code, "There is no kind or workflow \(name).",
                hint: "There are: \(names.joined(separator: ", ")).")
        }
    }

    var takesSets: Bool {
        guard case .kind(let stage) = self, case .one = stage.arity else { return true }
        return false
    }

    /// The backfill's spec from the words of the command line; pictures that they name are stored.
    func spec(_ arguments: Arguments, in installation: Installation) async throws(Failure) -> BackfillSpec {
        let attempts = try arguments.integer("--max-attempts", in: 1...1000) ?? 5
        switch self {
        case .kind(let stage):
            guard ["--recipe", "--background", "--plate-logo"].allSatisfy({ !arguments.has($0) }) else {
                throw Failure(.invalidRequest, "--recipe, --background and --plate-logo go with a workflow.")
            }
            let options = try stage.complete(.object(Self.given(arguments, schema: stage.schema)))
            return BackfillSpec(
                name: stage.kind.rawValue, isWorkflow: false, options: options,
                companions: try await companions(of: stage, arguments, in: installation), maxAttempts: attempts)
        case .workflow(let template):
            guard !arguments.has("--with"), !arguments.has("--options") else {
                throw Failure(.invalidRequest, "--with and --options go with a kind; a workflow takes --recipe.")
            }
            let look = try await ShowroomWish(arguments).look(in: installation, tenant: arguments.tenant)
            return BackfillSpec(
                name: template.name, isWorkflow: true, options: try JSON.value(of: look.options), recipe: look.recipe,
                background: look.background, logo: look.logo, maxAttempts: attempts)
        }
    }

    /// The options that the command line names.
    static func given(_ arguments: Arguments, schema: OptionsSchema) throws(Failure) -> [String: JSONValue] {
        var members = try arguments.value("--options").map(OptionWords.file) ?? [:]
        members.merge(try OptionWords.members(arguments.all("--set"), schema: schema)) { $1 }
        return members
    }

    private func companions(
        of stage: any AnyStage, _ arguments: Arguments, in installation: Installation
    ) async throws(Failure) -> [JobInput] {
        var inputs: [JobInput] = []
        for (slot, file) in try RunCommand.companions(arguments, of: stage).sorted(by: { $0.key < $1.key }) {
            do {
                let blob = try installation.blobs.put(file: try ShowroomRun.readable(file), move: false)
                try await installation.store.own(blob: blob.sha256, bytes: blob.bytes, tenant: arguments.tenant)
                inputs.append(
                    JobInput(slot: slot, name: file.lastPathComponent, source: .blob(sha256: blob.sha256)))
            } catch { throw error.about(slot: slot) }
        }
        return inputs
    }

    /// What goes into the queue for an item whose pictures are stored.
    func entry(
        _ inputs: [JobInput], of item: BackfillItem, spec: BackfillSpec, registry: StageRegistry
    ) throws(Failure) -> BackfillEntry {
        let own = item.source.options?.objectValue
        switch self {
        case .kind(let stage):
            var options = spec.options
            if let own { options = try stage.complete(.object((options.objectValue ?? [:]).merging(own) { $1 })) }
            let taken = Set(inputs.map(\.slot))
            let counted = inputs.count { !stage.companions.contains($0.slot) }
            guard stage.arity.accepts(counted), taken.count == inputs.count else {
                throw Failure(
                    .invalidInputs, "\(stage.kind) does not take \(counted) inputs like these.",
                    hint: "It takes \(stage.inputWords).")
            }
            return .job(
                JobRequest(
                    kind: stage.kind, options: options,
                    inputs: inputs + spec.companions.filter { !taken.contains($0.slot) }, subject: item.source.subject,
                    priority: Self.bulk, maxAttempts: spec.maxAttempts))
        case .workflow(let template):
            let named = WorkflowInputs(
                photos: inputs, subject: item.source.subject, priority: Self.bulk, background: spec.background,
                companions: [spec.logo].compactMap(\.self))
            let options = JSONValue.object((spec.options.objectValue ?? [:]).merging(own ?? [:]) { $1 })
            var request = try registry.admit(template.request(named, options: options))
            request.recipe = spec.recipe
            for index in request.steps.indices { request.steps[index].job.maxAttempts = spec.maxAttempts }
            return .workflow(request)
        }
    }

    /// The lane of those whom nobody waits for.
    private static let bulk = 3
}
