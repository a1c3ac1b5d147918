internal import Pipeline

/// What the server can do: kinds and named workflows, with their options as JSON Schema and their recipes.
enum KindResponse {
    static func encode(
        _ registry: StageRegistry, _ workflows: [WorkflowTemplate], _ recipes: [(Recipe, RecipeStamp)],
        builtIn: [Recipe]
    ) throws(Failure) -> [UInt8] {
        var stages: [any AnyStage] = []
        for kind in registry.kinds { stages.append(try registry.stage(kind)) }
        var writer = JSONWriter(capacity: 8192)
        writer.object { writer in
            writer.key("kinds")
            writer.array(stages) { writer, stage in
                writer.object { writer in
                    writer.member("name", stage.kind.rawValue)
                    writer.member("version", stage.version)
                    common(stage.abstract, stage.arity, stage.companions, stage.schema, into: &writer)
                }
            }
            writer.key("workflows")
            writer.array(workflows) { writer, template in
                writer.object { writer in
                    writer.member("name", template.name)
                    common(
                        template.abstract, template.arity, template.companions, template.optionsSchema, into: &writer)
                    writer.key("recipes")
                    let own = recipes.filter { $0.0.workflow == template.name }
                    RecipeResponse.list(own, builtIn: builtIn, into: &writer)
                }
            }
        }
        return writer.bytes
    }

    private static func common(
        _ abstract: String, _ arity: InputArity, _ companions: Set<String>, _ schema: OptionsSchema,
        into writer: inout JSONWriter
    ) {
        writer.member("abstract", abstract)
        writer.key("inputs")
        let range: ClosedRange<Int> =
            switch arity {
            case .one: 1...1
            case .set(let range): range
            }
        writer.object { writer in
            writer.member("minimum", range.lowerBound)
            writer.member("maximum", range.upperBound)
        }
        writer.key("companions")
        writer.value(.array(companions.sorted().map { .string($0) }))
        writer.key("options")
        writer.value(schema.jsonSchema)
    }
}
