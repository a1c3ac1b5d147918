internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// A claim, understood: options completed, budget and cache key known. Computed before any executor is asked.
struct PreparedJob: Sendable {
    let stage: any AnyStage
    let options: JSONValue
    let budget: Budget
    let identity: [String]
    /// SHA-256 of the cache key's canonical JSON.
    let cacheKey: String

    /// May block: a stage's identity can mean hashing its models.
    init(_ claim: Claim, registry: StageRegistry) throws(Failure) {
        stage = try registry.stage(claim.request.kind)
        options = try stage.complete(claim.request.options)
        budget = try stage.budget(for: options)
        identity = try stage.identity(for: options)
        let inputs = claim.inputs.map { CacheKey.Input(slot: $0.slot, name: $0.name, sha256: $0.sha256) }
        let key = CacheKey(kind: claim.request.kind, identity: identity, options: options, inputs: inputs)
        cacheKey = try SHA256Hasher.hash(JSON.encode(key))
    }

    /// What the executor gets.
    ///
    /// - Throws: `inputMissing` with the slot whose bytes are gone.
    func order(for claim: Claim, scratch: URL, blobs: any BlobStore) throws(Failure) -> RunOrder {
        var inputs: [RunOrder.Input] = []
        for input in claim.inputs {
            do throws(Failure) {
                let path = try blobs.file(input.sha256).path
                inputs.append(RunOrder.Input(slot: input.slot, name: input.name, path: path, sha256: input.sha256))
            } catch {
                guard error.kind != .unavailable else { throw error }
                throw Failure(
                    .inputMissing, "The input's bytes are not stored.", hint: "Upload it again.", slot: input.slot,
                    detail: error.detail)
            }
        }
        return RunOrder(
            attempt: claim.fence, kind: claim.request.kind, options: options, inputs: inputs, scratch: scratch.path,
            budget: budget)
    }

    /// Whether every output of a result is still there.
    static func isComplete(_ result: StageResult, in blobs: any BlobStore) -> Bool {
        result.outputs.values.allSatisfy { output in
            (try? blobs.size(of: output.sha256)) == output.bytes
        }
    }
}
