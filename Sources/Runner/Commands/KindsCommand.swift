internal import Pipeline

/// `rundum kinds`: what jobs and workflows there are, with every option and recipe.
struct KindsCommand: Command {
    static let name = "kinds"
    static let abstract = "What kinds of job and workflows there are, and the options and recipes of each."
    static let usage = "[KIND|WORKFLOW] [--json]"
    static let options = [Option.json]
    static let examples = [
        Example("rundum kinds", "lists all kinds"),
        Example("rundum kinds cutout", "shows the options of one"),
        Example("rundum kinds showroom", "shows the options and recipes of the workflow"),
    ]

    private let kind: Kind?
    private let asJSON: Bool

    init(_ arguments: Arguments) throws(Failure) {
        kind = arguments.operands.first.map(Kind.init(rawValue:))
        asJSON = arguments.has("--json")
    }

    func run() async throws(Failure) -> ExitStatus {
        if let kind, let workflow = try WorkflowFacts.named(kind.rawValue) {
            Terminal.out(asJSON ? try json([workflow.description]) : workflow.page)
            return .ok
        }
        let registry = try Composition.registry()
        let kinds = try kind.map { kind throws(Failure) in [try registry.stage(kind).kind] } ?? registry.kinds
        let stages = try kinds.map { kind throws(Failure) in try registry.stage(kind) }
        if asJSON {
            let workflows = kind == nil ? try WorkflowFacts.all().map(\.description) : []
            Terminal.out(try json(stages.map(Self.description) + workflows))
        } else if kind != nil {
            for stage in stages { Terminal.out(Self.page(stage)) }
        } else {
            var table = TextTable("KIND", "TAKES", "WHAT IT DOES")
            table.rows = stages.map { [$0.kind.rawValue, $0.inputWords, $0.abstract] }
            Terminal.out(table.text)
            Terminal.out("\n" + (try WorkflowFacts.table()))
        }
        return .ok
    }

    static func description(_ stage: any AnyStage) -> JSONValue {
        [
            "kind": .string(stage.kind.rawValue), "version": .int(stage.version), "abstract": .string(stage.abstract),
            "inputs": .string(stage.inputWords), "options": stage.schema.jsonSchema,
        ]
    }

    private static func page(_ stage: any AnyStage) -> String {
        var table = TextTable("OPTION", "DEFAULT", "ALLOWED", "MEANING")
        table.rows = stage.schema.fields.map { field in
            [field.name, field.defaultValue.shortText, field.constraint, field.help]
        }
        return
            "\(stage.kind): \(stage.abstract)\nTakes \(stage.inputWords); version \(stage.version).\n\n\(table.text)"
    }
}

extension JSONValue {
    /// As a person would write it in `--set key=value`.
    var shortText: String {
        switch self {
        case .null: "-"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value.isEmpty ? "\"\"" : value
        case .array(let values): values.map(\.shortText).joined(separator: ",")
        case .object: "{...}"
        }
    }
}

/// A value as indented JSON text.
func json(_ value: some Encodable) throws(Failure) -> String {
    String(decoding: try JSON.encode(value, pretty: true), as: UTF8.self)
}
