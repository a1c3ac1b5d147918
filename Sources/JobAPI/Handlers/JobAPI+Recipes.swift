internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

extension JobAPI {
    /// `PUT /v1/recipes/{name}`: 201 for a new version, 200 when it is there already.
    func putRecipe(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let name = try call.name
        let body = try BodyReader(call.body, known: ["name", "version", "workflow", "options", "abstract"])
        if let said = try body.text("name", longest: 64), said != name {
            throw body.fault("name", "is not the name in the address")
        }
        let draft = RecipeDraft(
            name: name, version: try body.int("version", in: 1...999_999_999),
            workflow: try body.requiredText("workflow", longest: 64), options: body.value("options") ?? [:],
            abstract: try body.text("abstract", longest: 200) ?? "")
        guard let template = workflows.first(where: { $0.name == draft.workflow }) else {
            let known = workflows.map(\.name).joined(separator: ", ")
            throw body.fault("workflow", "is no workflow of this server", hint: "Workflows are: \(known).")
        }
        if let fault = template.optionsSchema.fault(in: draft.options) {
            throw ProblemDetails(fault.failure, at: "/options" + (fault.key.map { "/\($0)" } ?? ""))
        }
        try await checkPictures(of: draft, tenant: call.tenant)
        let kept = try await book.put(draft, tenant: call.tenant)
        let url = "/v1/recipes/\(name)?version=\(kept.value.version)"
        let stamp = try RecipeResponse.stamp(of: kept.value)
        return .json(kept.isNew ? 201 : 200, headers: [("Location", url)]) { writer in
            RecipeResponse.members(kept.value, sha256: stamp.sha256, isBuiltIn: false, into: &writer)
        }
    }

    /// An option that is a SHA-256 names a stored picture.
    private func checkPictures(of draft: RecipeDraft, tenant: String) async throws {
        for (key, value) in (draft.options.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let name = value.stringValue, SHA256Hasher.isName(name) else { continue }
            guard try await intake.owns(blob: name, tenant: tenant) else {
                throw ProblemDetails(
                    Failure(
                        .inputMissing, "The picture of the option \(key) is not stored here.",
                        hint: "Upload it first: PUT /v1/blobs/{sha256}."), at: "/options/\(key)")
            }
        }
    }

    /// `GET /v1/recipes/{name}?version=`
    func sendRecipe(_ call: Call) async throws -> Response {
        let query = try QueryReader(call.request.query, known: ["version"])
        let reference = LibraryReference(name: try call.name, version: try query.int("version", in: 1...999_999_999))
        let recipe = try await book.recipe(reference, tenant: call.tenant)
        let stamp = try RecipeResponse.stamp(of: recipe)
        return versioned(call, "\"\(stamp.sha256)\"") {
            var writer = JSONWriter()
            writer.object {
                RecipeResponse.members(
                    recipe, sha256: stamp.sha256, isBuiltIn: book.builtIn.contains(recipe), into: &$0)
            }
            return writer.bytes
        }
    }

    /// `GET /v1/recipes`: the newest version of each, and the tenant's defaults.
    func listRecipes(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let stamped = try await stampedRecipes(call.tenant)
        let defaults = try await book.library.defaultRecipes(tenant: call.tenant)
        return .json { writer in
            writer.key("recipes")
            RecipeResponse.list(stamped, builtIn: book.builtIn, into: &writer)
            writer.key("defaults")
            writer.object { writer in
                for (workflow, reference) in defaults.sorted(by: { $0.key < $1.key }) {
                    writer.member(workflow, "\(reference)")
                }
            }
        }
    }

    /// `PUT /v1/recipes/default`: `{"workflow"?, "recipe"}`; null takes the default back.
    func putDefaultRecipe(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let body = try BodyReader(call.body, known: ["workflow", "recipe"])
        let reference = try body.reference("recipe")
        var workflow = try body.text("workflow", longest: 64)
        if let reference {
            let recipe: Recipe
            do throws(Failure) { recipe = try await book.recipe(reference, tenant: call.tenant) } catch {
                throw error.kind == .missingInput ? ProblemDetails(error, at: "/recipe") : ProblemDetails(error)
            }
            guard workflow ?? recipe.workflow == recipe.workflow else {
                throw body.fault("workflow", "is not the recipe's, which is \(recipe.workflow)")
            }
            workflow = recipe.workflow
        }
        guard let workflow else { throw body.fault("workflow", "is missing") }
        try await book.library.setDefault(reference, workflow: workflow, tenant: call.tenant)
        return .json { writer in
            writer.member("workflow", workflow)
            writer.member("recipe", reference.map { "\($0)" })
        }
    }

    /// Every recipe of a tenant with its hash.
    func stampedRecipes(_ tenant: String) async throws -> [(Recipe, RecipeStamp)] {
        try await book.recipes(tenant: tenant).map { recipe in (recipe, try RecipeResponse.stamp(of: recipe)) }
    }
}

extension BodyReader {
    /// A recipe's or background's name, with or without `@VERSION`.
    func reference(_ name: String) throws(ProblemDetails) -> LibraryReference? {
        guard let text = try text(name, longest: 80) else { return nil }
        guard let reference = LibraryReference(text) else {
            throw fault(name, "must be NAME or NAME@VERSION", hint: "A name is \(LibraryReference.nameRule)")
        }
        return reference
    }
}

extension JobAPI.Call {
    var name: String {
        get throws(Failure) {
            guard case .name(let name) = parameter else { throw Failure(.internalError, "The route has no name.") }
            return name
        }
    }
}
