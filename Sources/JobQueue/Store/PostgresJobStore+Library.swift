public import Pipeline

extension PostgresJobStore: TenantLibrary {
    public func put(_ recipe: RecipeDraft, tenant: String) async throws(Failure) -> Kept<Recipe> {
        let kept = recipe.recipe(version: recipe.version ?? 1)
        let rows = try await database.query(
            LibraryStatements.putRecipe,
            [
                .text(tenant), .text(recipe.name), .int(recipe.version), .text(recipe.workflow),
                .text(recipe.abstract), .json(try StoredJSON.tolerant(kept.options)),
            ])
        guard let row = rows.first else { throw Failure(.internalError, "The database kept no recipe.") }
        return Kept(recipe.recipe(version: try row.int("version")), isNew: try row.bool("is_new"))
    }

    public func recipe(_ reference: LibraryReference, tenant: String) async throws(Failure) -> Recipe? {
        let rows = try await database.query(
            LibraryStatements.recipe, [.text(tenant), .text(reference.name), .int(reference.version)])
        return try rows.first.map { row throws(Failure) in try Recipe(row) }
    }

    public func recipes(tenant: String) async throws(Failure) -> [Recipe] {
        let rows = try await database.query(LibraryStatements.recipes, [.text(tenant)])
        return try rows.map { row throws(Failure) in try Recipe(row) }
    }

    public func setDefault(_ recipe: LibraryReference?, workflow: String, tenant: String) async throws(Failure) {
        if let recipe {
            _ = try await database.query(
                LibraryStatements.setDefault,
                [.text(tenant), .text(workflow), .text(recipe.name), .int(recipe.version)])
        } else {
            _ = try await database.query(LibraryStatements.clearDefault, [.text(tenant), .text(workflow)])
        }
    }

    public func defaultRecipes(tenant: String) async throws(Failure) -> [String: LibraryReference] {
        var found: [String: LibraryReference] = [:]
        for row in try await database.query(LibraryStatements.defaults, [.text(tenant)]) {
            let version: Int? = try row.optional("version") == nil ? nil : try row.int("version")
            found[try row.text("workflow")] = LibraryReference(name: try row.text("name"), version: version)
        }
        return found
    }

    public func put(_ background: BackgroundDraft, tenant: String) async throws(Failure) -> Kept<Background> {
        let rows = try await database.query(
            LibraryStatements.putBackground,
            [
                .text(tenant), .text(background.name), .text(background.sha256), .double(background.floor),
                .double(background.lightX), .int(background.width), .int(background.height),
            ])
        guard let row = rows.first else { throw Failure(.internalError, "The database kept no background.") }
        return Kept(background.background(version: try row.int("version")), isNew: try row.bool("is_new"))
    }

    public func background(_ reference: LibraryReference, tenant: String) async throws(Failure) -> Background? {
        let rows = try await database.query(
            LibraryStatements.background, [.text(tenant), .text(reference.name), .int(reference.version)])
        return try rows.first.map { row throws(Failure) in try Background(row) }
    }

    public func backgrounds(tenant: String) async throws(Failure) -> [Background] {
        let rows = try await database.query(LibraryStatements.backgrounds, [.text(tenant)])
        return try rows.map { row throws(Failure) in try Background(row) }
    }
}

extension Recipe {
    fileprivate init(_ row: Row) throws(Failure) {
        self.init(
            name: try row.text("name"), version: try row.int("version"), workflow: try row.text("workflow"),
            options: try row.json("options"), abstract: try row.text("abstract"))
    }
}

extension Background {
    fileprivate init(_ row: Row) throws(Failure) {
        self.init(
            name: try row.text("name"), version: try row.int("version"), sha256: try row.text("sha256"),
            floor: try row.double("floor"),
            lightX: try row.optional("light_x") == nil ? nil : try row.double("light_x"),
            width: try row.int("width"), height: try row.int("height"))
    }
}
