internal import Foundation
public import Pipeline
internal import Storage

/// What a key may do.
public enum APIScope: String, Sendable, Codable, CaseIterable {
    case jobsRead = "jobs:read"
    case jobsWrite = "jobs:write"
    /// To say of a job in review that it is good, or not.
    case jobsReview = "jobs:review"
    /// To pause the queue and to limit tenants: all of them, not only the key's own.
    case queuesAdmin = "queues:admin"
    /// To be told what number plates say.
    case platesText = "plates:text"

    /// What concerns one tenant only.
    public static let ofTenant = Set(allCases).subtracting([.queuesAdmin])
}

/// A key that callers send as a bearer token; only its hash is kept.
public struct APIKey: Sendable, Equatable {
    /// Lower-case hexadecimal SHA-256 of the key's UTF-8 bytes.
    public let hash: String
    /// Whose jobs and blobs it opens.
    public let tenant: String
    public let scopes: Set<APIScope>

    public init(hash: String, tenant: String, scopes: Set<APIScope> = APIScope.ofTenant) {
        (self.hash, self.tenant, self.scopes) = (hash, tenant, scopes)
    }

    /// What stages may do and tell for it.
    var permissions: Set<Permission> { Set(scopes.map { Permission(rawValue: $0.rawValue) }) }

    /// A key from its plain text, which is not kept.
    public init(
        plain: String, tenant: String, scopes: Set<APIScope> = APIScope.ofTenant
    ) throws(Failure) {
        self.init(hash: try SHA256Hasher.hash(Data(plain.utf8)), tenant: tenant, scopes: scopes)
    }
}

extension APIKey {
    /// The key that the token is, found in a time that does not depend on how nearly it fits any of them.
    static func find(_ token: String, in keys: [APIKey]) throws(Failure) -> APIKey? {
        let hash = Array(try SHA256Hasher.hash(Data(token.utf8)).utf8)
        var found: APIKey?
        for key in keys where key.matches(hash) { found = key }
        return found
    }

    private func matches(_ other: [UInt8]) -> Bool {
        let own = Array(hash.utf8)
        guard own.count == other.count else { return false }
        return zip(own, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
