public import Foundation
internal import Pipeline

/// A folder of networks that were compiled before. A session opened from it shares its stored weights with every other
/// process and gives the memory for them back, a third of the whole; without one a session works just the same.
public struct NetworkCache: Sendable {
    public let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// The session of a model's file, out of the cache; compiled into it first where it is not there yet.
    ///
    /// - Parameter name: says all that the compiled network depends on.
    func session(
        named name: String, model: URL, precision: Precision, threads: Int, size: MapSize?
    ) throws(Failure) -> NeuralSession {
        let ready = folder.appending(path: name)
        if !exists(ready), !prepare(ready, model: model, precision: precision, threads: threads, size: size) {
            return try NeuralSession(model: model, precision: precision, threads: threads, size: size)
        }
        return try NeuralSession(model: model, precision: precision, threads: threads, size: size, cache: ready)
    }

    private func exists(_ folder: URL) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.isEmpty == false
    }

    /// Compiles into a folder of its own and renames it, so that no process ever reads half a network.
    private func prepare(
        _ ready: URL, model: URL, precision: Precision, threads: Int, size: MapSize?
    ) -> Bool {
        let files = FileManager.default
        let building = folder.appending(path: ".\(ready.lastPathComponent).\(UUID().uuidString)")
        defer { try? files.removeItem(at: building) }
        do {
            try files.createDirectory(at: building, withIntermediateDirectories: true)
            _ = try NeuralSession(model: model, precision: precision, threads: threads, size: size, cache: building)
            guard exists(building) else { return false }
            try? files.moveItem(at: building, to: ready)
            return exists(ready)
        } catch { return false }
    }
}
