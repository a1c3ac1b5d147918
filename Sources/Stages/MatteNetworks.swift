internal import Imaging
internal import Pipeline

/// The networks that stages find, cut out and match objects with; each is opened when it is first needed, and stays open.
struct MatteNetworks: Sendable {
    /// The best network of what stands out.
    static let saliency = "u2net"
    /// The network that knows vehicles, and the one that draws their panes and wheels.
    static let vehicles = "vehicles", parts = "parts"
    /// The networks that find places in photos, and say which are the same.
    static let points = "xfeat", pairs = "lighterglue"

    private let models: ModelStore?
    private let sessions: SessionPool

    /// - Parameters:
    ///   - models: nil looks for the folder when a model is first needed.
    ///   - cache: where compiled networks are kept; nil compiles anew in every process.
    init(models: ModelStore?, cache: NetworkCache?) {
        self.models = models
        sessions = SessionPool(limit: 4, cache: cache)
    }

    /// What these networks add to the cache key: `name:hash`.
    func identity(of names: [String]) throws(Failure) -> [String] {
        let store = try store()
        var words: [String] = []
        for name in names { words.append("\(name):\(try store.model(name).sha256)") }
        return words
    }

    func session(_ name: String, _ precision: Precision, threads: Int) throws(Failure) -> NeuralSession {
        let store = try store()
        return try sessions.session(of: store.model(name), in: store, precision: precision, threads: threads)
    }

    private func store() throws(Failure) -> ModelStore {
        if let models { return models }
        return try ModelStore.found()
    }
}
