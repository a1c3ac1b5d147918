internal import Pipeline

/// What `rundum kinds` says of a workflow: its options, and the recipes that ship.
struct WorkflowFacts {
    let template: WorkflowTemplate
    let recipes: [Recipe]

    static func all() throws(Failure) -> [WorkflowFacts] {
        let recipes = try BuiltInRecipes.all()
        return [ShowroomWorkflow.template].map { template in
            WorkflowFacts(template: template, recipes: recipes.filter { $0.workflow == template.name })
        }
    }

    static func named(_ name: String) throws(Failure) -> WorkflowFacts? {
        try all().first { $0.template.name == name }
    }

    static func table() throws(Failure) -> String {
        var table = TextTable("WORKFLOW", "TAKES", "RECIPES")
        table.rows = try all().map { facts in
            [facts.template.name, facts.template.inputWords, facts.recipes.map(\.name).joined(separator: ", ")]
        }
        return table.text
    }

    var description: JSONValue {
        [
            "workflow": .string(template.name), "abstract": .string(template.abstract),
            "inputs": .string(template.inputWords), "options": template.optionsSchema.jsonSchema,
            "recipes": .array(
                recipes.map { recipe in
                    [
                        "name": .string(recipe.name), "version": .int(recipe.version),
                        "abstract": .string(recipe.abstract), "options": recipe.options,
                    ]
                }),
        ]
    }

    var page: String {
        var options = TextTable("OPTION", "DEFAULT", "ALLOWED", "MEANING")
        options.rows = template.optionsSchema.fields.map { field in
            [field.name, field.defaultValue.shortText, field.constraint, field.help]
        }
        var table = TextTable("RECIPE", "SETS", "WHAT IT IS FOR")
        table.rows = recipes.map { recipe in
            let set = (recipe.options.objectValue ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value.shortText)" }
            return ["\(recipe.reference)", set.joined(separator: " "), recipe.abstract]
        }
        return """
            \(template.name): \(template.abstract)
            Takes \(template.inputWords).

            \(options.text)

            \(table.text)
            """
    }
}
