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
    private let open = Mutex<[(key: Key, session: NeuralSession)]>([])

    /// - Parameter limit: how many stay open; each holds its weights in memory.
    public init(limit: Int = 2) { self.limit = max(1, limit) }

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
                sessions.append((key, try NeuralSession(model: file, precision: precision, threads: threads)))
                sessions.removeFirst(max(0, sessions.count - limit))
            }
            return sessions[sessions.count - 1].session
        }
    }
}
