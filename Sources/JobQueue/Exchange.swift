public import Pipeline

/// The end of one attempt with a result, as a worker hands it in.
public struct Completion: Sendable, Equatable {
    public let claim: Claim
    public let result: StageResult
    /// Fills the result cache; empty for none.
    public let cacheKey: String
    /// The result came from the cache.
    public let cached: Bool

    public init(_ claim: Claim, result: StageResult, cacheKey: String = "", cached: Bool = false) {
        (self.claim, self.result, self.cacheKey, self.cached) = (claim, result, cacheKey, cached)
    }
}

/// What came back for completions and for room.
public struct Exchange: Sendable, Equatable {
    /// For each completion, in their order: false when its fence was stale and the result was dropped; nil when it has to
    /// go through `complete`, because the job was canceled meanwhile or others wait for it.
    public let accepted: [Bool?]
    public let claims: [Claim]

    public init(accepted: [Bool?], claims: [Claim]) { (self.accepted, self.claims) = (accepted, claims) }
}

extension JobClaims {
    /// One after the other; a store that can do it in one statement should.
    public func exchange(
        _ completions: [Completion], for worker: WorkerID, kinds: [Kind], limit: Int, bulk: Int
    ) async throws(Failure) -> Exchange {
        var accepted: [Bool?] = []
        for completion in completions {
            accepted.append(
                try await complete(
                    completion.claim, result: completion.result, cacheKey: completion.cacheKey,
                    cached: completion.cached))
        }
        let claims = limit > 0 ? try await claim(worker, kinds: kinds, limit: limit, bulk: bulk) : []
        return Exchange(accepted: accepted, claims: claims)
    }
}
