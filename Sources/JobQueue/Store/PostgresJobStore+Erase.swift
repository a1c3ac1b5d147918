public import Pipeline

/// What an erasure took: the receipt.
public struct Erasure: Sendable, Equatable, Codable {
    public let tenant: String
    public let subject: String
    /// How many jobs were forgotten, with options, results and all that was found.
    public let jobs: Int
    /// Blobs that the tenant no longer has.
    public let blobs: [String]
    /// Those of them that nobody else has either: their files must go.
    public let orphans: [String]
}

extension PostgresJobStore {
    /// Forgets everything about a subject of a tenant: its ended jobs with their data, the cached results, and the blobs
    /// that nothing else of the tenant needs. The orphans' files are the caller's to remove.
    ///
    /// - Throws: `conflict` while a job about it has not ended.
    public func erase(subject: String, tenant: String) async throws(Failure) -> Erasure {
        let rows = try await database.query(EraseStatements.erase, [.text(tenant), .text(subject)])
        guard let row = rows.first else { throw Failure(.internalError, "The database erased nothing.") }
        let live: Int = try row.int("live")
        guard live == 0 else {
            throw Failure(
                .conflict,
                "\(live) \(live == 1 ? "job" : "jobs") about \(subject) \(live == 1 ? "has" : "have") not ended.",
                hint: "Wait for them, or cancel them; rundum jobs list --subject shows them.")
        }
        let blobs: [String] = try row.json("blobs")
        var owned = Set<String>()
        if !blobs.isEmpty {
            for row in try await database.query(EraseStatements.owned, [.array(blobs)]) {
                owned.insert(try row.text("sha256"))
            }
        }
        return Erasure(
            tenant: tenant, subject: subject, jobs: try row.int("jobs"), blobs: blobs,
            orphans: blobs.filter { !owned.contains($0) })
    }
}
