internal import Foundation
internal import Imaging
internal import JobQueue
internal import Pipeline
internal import Stages

/// The composition root: the only place that names every stage.
enum Composition {
    /// - Parameter home: keeps compiled networks.
    static func registry(home: URL = Home.folder(nil)) throws(Failure) -> StageRegistry {
        var registry = StageRegistry()
        registry.register(CutoutStage(cache: NetworkCache(folder: home.appending(path: "networks"))))
        registry.register(PlatesStage(cache: NetworkCache(folder: home.appending(path: "networks"))))
        registry.register(RenditionsStage())
        registry.register(SpinStage())
        registry.register(ReconstructStage(cache: NetworkCache(folder: home.appending(path: "networks"))))
        return registry
    }
}
