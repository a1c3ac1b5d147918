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
        if let session = take(key) { return session }
        let session = try NeuralSession(model: try store.file(of: model), precision: precision, threads: threads)
        open.withLock { sessions in
            sessions.append((key, session))
            sessions.removeFirst(max(0, sessions.count - limit))
        }
        return session
    }

    private func take(_ key: Key) -> NeuralSession? {
        open.withLock { sessions in
            guard let index = sessions.firstIndex(where: { $0.key == key }) else { return nil }
            let found = sessions.remove(at: index)
            sessions.append(found)
            return found.session
        }
    }
}
