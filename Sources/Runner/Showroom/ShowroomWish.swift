internal import Foundation
internal import Imaging
internal import JobQueue
internal import Pipeline
internal import Stages
internal import Storage

/// How a showroom shall look, with everything that the command line names found.
struct ShowroomLook: Sendable {
    let options: ShowroomOptions
    let recipe: RecipeStamp?
    let background: Background?
    /// What hangs in plates' place.
    var logo: JobInput?
}

/// What the command line says of the look.
struct ShowroomWish: Sendable {
    private let recipe: String?
    private let picture, logo: URL?
    /// Over the recipe's.
    private let options: [String: JSONValue]

    init(_ arguments: Arguments) throws(Failure) {
        recipe = arguments.value("--recipe")
        picture = arguments.value("--background").map { URL(filePath: $0).absoluteURL }
        logo = arguments.value("--plate-logo").map { URL(filePath: $0).absoluteURL }
        var options = try OptionWords.members(arguments.all("--set"), schema: ShowroomOptions.schema)
        if logo != nil || arguments.has("--plate-name") { options["plates"] = "logo" }
        for (flag, key) in [("--plates", "plates"), ("--plate-name", "plateName"), ("--plate-colour", "plateColour")] {
            guard let value = arguments.value(flag) else { continue }
            options[key] = try ShowroomOptions.schema.parse(value, for: key)
        }
        for key in ["approve", "cover"] where arguments.has("--\(key)") {
            options[key] = .array((options[key]?.arrayValue ?? []) + arguments.all("--\(key)").map { .string($0) })
        }
        self.options = options
        guard picture == nil || options["backdrop"] == nil else {
            throw Failure(.invalidRequest, "--background and --set backdrop exclude each other.")
        }
    }

    /// Finds the recipe and the background, for which the picture is stored.
    func look(in installation: Installation, tenant: String) async throws(Failure) -> ShowroomLook {
        let book = RecipeBook(
            builtIn: try BuiltInRecipes.all(), library: installation.store, workflows: [ShowroomWorkflow.template])
        let found = try await recipe(in: book, tenant: tenant)
        var wished = found?.options(under: .object(options)) ?? .object(options)
        var background: Background?
        if let picture {
            background = try await stored(picture, in: installation, tenant: tenant)
        } else if let (key, reference) = try Background.reference(among: wished) {
            let own = try await installation.store.existing(background: reference, tenant: tenant)
            wished = .object((wished.objectValue ?? [:]).merging([key: .string("own:\(own.reference)")]) { $1 })
            background = own
        }
        let complete = try ShowroomOptions.schema.completed(wished)
        return ShowroomLook(
            options: try JSON.decode(ShowroomOptions.self, from: JSON.encode(complete)),
            recipe: try found.map { recipe throws(Failure) in
                RecipeStamp(
                    name: recipe.name, version: recipe.version,
                    sha256: try SHA256Hasher.hash(recipe.canonicalJSON()))
            }, background: background, logo: try await storedLogo(in: installation, tenant: tenant))
    }

    /// A file where the words name one, else a name; without words the tenant's default.
    private func recipe(in book: RecipeBook, tenant: String) async throws(Failure) -> Recipe? {
        let workflow = ShowroomWorkflow.template.name
        guard let recipe else { return try await book.recipe(nil, workflow: workflow, tenant: tenant) }
        if let reference = LibraryReference(recipe), !FileManager.default.fileExists(atPath: recipe) {
            return try await book.recipe(reference, workflow: workflow, tenant: tenant)
        }
        let draft = try RecipeDraft(json: .object(try OptionWords.file(recipe)))
        guard draft.workflow == workflow else {
            throw Failure(.invalidRequest, "The recipe \(draft.name) is for the workflow \(draft.workflow).")
        }
        try book.check(draft)
        return draft.recipe(version: draft.version ?? 1)
    }

    private func storedLogo(in installation: Installation, tenant: String) async throws(Failure) -> JobInput? {
        guard let logo else { return nil }
        do {
            let blob = try installation.blobs.put(file: try ShowroomRun.readable(logo), move: false)
            try await installation.store.own(blob: blob.sha256, bytes: blob.bytes, tenant: tenant)
            return JobInput(
                slot: PlatesStage.logoSlot, name: logo.lastPathComponent, source: .blob(sha256: blob.sha256))
        } catch { throw error.about(slot: PlatesStage.logoSlot) }
    }

    private func stored(
        _ picture: URL, in installation: Installation, tenant: String
    ) async throws(Failure) -> Background {
        do {
            let file = try ShowroomRun.readable(picture)
            let header = try ImageFile.probe(file)
            let blob = try installation.blobs.put(file: file, move: false)
            try await installation.store.own(blob: blob.sha256, bytes: blob.bytes, tenant: tenant)
            return try BackgroundDraft(
                name: "picture", sha256: blob.sha256, floor: 0.82, lightX: nil, width: header.width,
                height: header.height
            ).background(version: 1)
        } catch { throw error.about(slot: Background.slot) }
    }
}
