public import Pipeline

/// What a tenant keeps besides jobs: recipes and backgrounds, in versions that never change.
///
/// Every call may throw `databaseUnavailable`, which is worth trying again.
public protocol TenantLibrary: Sendable {
    /// Keeps a recipe, as its next version unless it is what the newest version, or the version that it says, is already.
    ///
    /// - Throws: `conflict` when it says a version that is another recipe or not the next, or another workflow.
    func put(_ recipe: RecipeDraft, tenant: String) async throws(Failure) -> Kept<Recipe>
    /// One version, or the newest; nil when there is none.
    func recipe(_ reference: LibraryReference, tenant: String) async throws(Failure) -> Recipe?
    /// The newest version of each, by name.
    func recipes(tenant: String) async throws(Failure) -> [Recipe]

    /// What is used when a request for a workflow names no recipe; nil takes it back.
    func setDefault(_ recipe: LibraryReference?, workflow: String, tenant: String) async throws(Failure)
    /// By workflow.
    func defaultRecipes(tenant: String) async throws(Failure) -> [String: LibraryReference]

    /// Keeps a background, as its next version unless the newest is the same.
    ///
    /// - Throws: `inputMissing` when the tenant may not read the picture, see `JobIntake.own`.
    func put(_ background: BackgroundDraft, tenant: String) async throws(Failure) -> Kept<Background>
    /// One version, or the newest; nil when there is none.
    func background(_ reference: LibraryReference, tenant: String) async throws(Failure) -> Background?
    /// The newest version of each, by name.
    func backgrounds(tenant: String) async throws(Failure) -> [Background]
}

/// What is kept after a `put`.
public struct Kept<Value: Sendable & Equatable>: Sendable, Equatable {
    public let value: Value
    /// False when it was there already.
    public let isNew: Bool

    public init(_ value: Value, isNew: Bool) { (self.value, self.isNew) = (value, isNew) }
}
