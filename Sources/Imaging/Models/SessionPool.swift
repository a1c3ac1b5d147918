internal import Foundation
public import Pipeline
internal import Synchronization

/// Sessions that stay open, one a model, precision and number of threads, the latest used few.
public final class SessionPool: Sendable {
    private struct Key: Hashable {
        let sha256: String
        let precision: Precision
        let threads: Int
    }

    private let limit: Int
    private let cache: NetworkCache?
    private let open = Mutex<[(key: Key, session: NeuralSession)]>([])

    /// - Parameters:
    ///   - limit: how many stay open; each holds its weights in memory.
    ///   - cache: where compiled networks are kept; nil keeps none.
    public init(limit: Int = 2, cache: NetworkCache? = nil) { (self.limit, self.cache) = (max(1, limit), cache) }

    /// The session of a model; compiled when there is none yet.
    public func session(
        of model: Model, in store: ModelStore, precision: Precision, threads: Int
    ) throws(Failure) -> NeuralSession {
        let key = Key(sha256: model.sha256, precision: precision.running(), threads: threads)
        // Compiled under the lock: two at once would hold the weights twice.
        return try open.withLock { sessions throws(Failure) in
            if let index = sessions.firstIndex(where: { $0.key == key }) {
                sessions.append(sessions.remove(at: index))
            } else {
                let file = try store.file(of: model)
                let session =
                    if let cache {
                        try cache.session(
                            named: "\(model.sha256.prefix(16))-\(precision.identity().replacing("/", with: "-"))",
                            model: file, precision: precision, threads: threads, size: model.size)
                    } else { try NeuralSession(model: file, precision: precision, threads: threads, size: model.size) }
                sessions.append((key, session))
                sessions.removeFirst(max(0, sessions.count - limit))
            }
            return sessions[sessions.count - 1].session
        }
    }
}
