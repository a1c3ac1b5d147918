public import JobQueue
public import Pipeline

/// A library's contract in memory, for tests of those who use one.
public actor MemoryLibrary: TenantLibrary {
    private var recipes: [String: [Recipe]] = [:]
    private var defaults: [String: [String: LibraryReference]] = [:]
    private var backgrounds: [String: [Background]] = [:]
    private let owns: @Sendable (_ blob: String, _ tenant: String) async -> Bool

    /// - Parameter owns: whether a tenant may read a blob.
    public init(owns: @escaping @Sendable (_ blob: String, _ tenant: String) async -> Bool = { _, _ in true }) {
        self.owns = owns
    }

    public func put(_ draft: RecipeDraft, tenant: String) throws(Failure) -> Kept<Recipe> {
        let all = recipes[tenant, default: []].filter { $0.name == draft.name }
        let newest = all.last
        if let same = all.first(where: { $0.version == draft.version ?? newest?.version }),
            same == draft.recipe(version: same.version)
        {
            return Kept(same, isNew: false)
        }
        let next = (newest?.version ?? 0) + 1
        guard draft.version ?? next == next, newest?.workflow ?? draft.workflow == draft.workflow else {
            throw Failure(.conflict, "The recipe \(draft.name) can't be that.")
        }
        recipes[tenant, default: []].append(draft.recipe(version: next))
        return Kept(draft.recipe(version: next), isNew: true)
    }

    public func recipe(_ reference: LibraryReference, tenant: String) -> Recipe? {
        recipes[tenant]?.last { $0.name == reference.name && $0.version == reference.version ?? $0.version }
    }

    public func recipes(tenant: String) -> [Recipe] {
        Dictionary(grouping: recipes[tenant] ?? [], by: \.name).values.compactMap(\.last).sorted { $0.name < $1.name }
    }

    public func setDefault(_ recipe: LibraryReference?, workflow: String, tenant: String) {
        defaults[tenant, default: [:]][workflow] = recipe
    }

    public func defaultRecipes(tenant: String) -> [String: LibraryReference] { defaults[tenant] ?? [:] }

    public func put(_ draft: BackgroundDraft, tenant: String) async throws(Failure) -> Kept<Background> {
        guard await owns(draft.sha256, tenant) else {
            throw Failure(.inputMissing, "The picture of the background \(draft.name) is not stored.")
        }
        let newest = backgrounds[tenant]?.last { $0.name == draft.name }
        if let newest, newest == draft.background(version: newest.version) { return Kept(newest, isNew: false) }
        let kept = draft.background(version: (newest?.version ?? 0) + 1)
        backgrounds[tenant, default: []].append(kept)
        return Kept(kept, isNew: true)
    }

    public func background(_ reference: LibraryReference, tenant: String) -> Background? {
        backgrounds[tenant]?.last { $0.name == reference.name && $0.version == reference.version ?? $0.version }
    }

    public func backgrounds(tenant: String) -> [Background] {
        Dictionary(grouping: backgrounds[tenant] ?? [], by: \.name).values.compactMap(\.last)
            .sorted { $0.name < $1.name }
    }
}
