public import Pipeline

/// The recipes that a tenant can use: those that ship, and its own.
public struct RecipeBook: Sendable {
    public let builtIn: [Recipe]
    public let library: any TenantLibrary
    private let workflows: [WorkflowTemplate]

    /// - Parameters:
    ///   - builtIn: their names can't be taken by tenants.
    ///   - workflows: what recipes are checked against.
    public init(builtIn: [Recipe], library: any TenantLibrary, workflows: [WorkflowTemplate]) {
        (self.builtIn, self.library, self.workflows) = (builtIn, library, workflows)
    }

    /// The newest version of each: ours, then the tenant's.
    public func recipes(tenant: String) async throws(Failure) -> [Recipe] {
        builtIn + (try await library.recipes(tenant: tenant))
    }

    /// - Throws: `notFound` with the names there are.
    public func recipe(_ reference: LibraryReference, tenant: String) async throws(Failure) -> Recipe {
        if let ours = builtIn.first(where: { $0.name == reference.name }) {
            if reference.version == nil || reference.version == ours.version { return ours }
        } else if let own = try await library.recipe(reference, tenant: tenant) {
            return own
        }
        let names = try await recipes(tenant: tenant).map { "\($0.reference)" }.joined(separator: ", ")
        throw Failure(.notFound, "There is no recipe \(reference).", hint: "Recipes are: \(names).")
    }

    /// The recipe that a request asks for, or the tenant's default for the workflow; nil when there is neither.
    ///
    /// - Throws: `notFound`, and `invalidRequest` for a recipe of another workflow.
    public func recipe(
        _ reference: LibraryReference?, workflow: String, tenant: String
    ) async throws(Failure) -> Recipe? {
        let asked: LibraryReference
        if let reference {
            asked = reference
        } else {
            guard let usual = try await library.defaultRecipes(tenant: tenant)[workflow] else { return nil }
            asked = usual
        }
        let recipe = try await recipe(asked, tenant: tenant)
        guard recipe.workflow == workflow else {
            throw Failure(
                .invalidRequest, "The recipe \(recipe.reference) is for the workflow \(recipe.workflow).",
                hint: "Name one for \(workflow).")
        }
        return recipe
    }

    /// Checks a recipe against its workflow.
    ///
    /// - Throws: `invalidRequest` for an unknown workflow, and what the workflow's schema finds.
    public func check(_ draft: RecipeDraft) throws(Failure) {
        guard let template = workflows.first(where: { $0.name == draft.workflow }) else {
            let names = workflows.map(\.name).joined(separator: ", ")
            throw Failure(
                .invalidRequest, "There is no workflow \(draft.workflow).", hint: "Workflows are: \(names).")
        }
        try template.optionsSchema.check(draft.options)
    }

    /// Checks a recipe and keeps it; a background that it names must be there.
    ///
    /// - Throws: what `check` finds, `conflict` for a name of ours, `notFound` for a background.
    public func put(_ draft: RecipeDraft, tenant: String) async throws(Failure) -> Kept<Recipe> {
        try check(draft)
        guard !builtIn.contains(where: { $0.name == draft.name }) else {
            throw Failure(.conflict, "\(draft.name) is a recipe that ships.", hint: "Choose another name.")
        }
        for value in (draft.options.objectValue ?? [:]).values {
            if let reference = try Background.reference(in: value) {
                _ = try await library.existing(background: reference, tenant: tenant)
            }
        }
        return try await library.put(draft, tenant: tenant)
    }
}

extension TenantLibrary {
    /// - Throws: `notFound` with the names there are.
    public func existing(
        background reference: LibraryReference, tenant: String
    ) async throws(Failure) -> Background {
        if let found = try await background(reference, tenant: tenant) { return found }
        let names = try await backgrounds(tenant: tenant).map { "\($0.reference)" }
        throw Failure(
            .notFound, "There is no background \(reference).",
            hint: names.isEmpty
                ? "Put one: PUT /v1/backgrounds/{name}." : "Backgrounds are: \(names.joined(separator: ", ")).")
    }
}
