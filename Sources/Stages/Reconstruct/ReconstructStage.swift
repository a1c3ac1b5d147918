internal import Foundation
public import Imaging
internal import Photogrammetry
public import Pipeline

/// A textured 3D model of a car from photos all round it, or the cameras and points of a scene from photos that overlap.
public struct ReconstructStage: Stage {
    public static let kind: Kind = "reconstruct"
    public static let version = 3
    public static let abstract = "Finds where photos were taken and makes a textured 3D model of the car on them."
    public static let arity = InputArity.set(4...36)

    private let networks: MatteNetworks

    /// - Parameters:
    ///   - models: nil looks for the folder when a model is first needed.
    ///   - cache: where compiled networks are kept; nil compiles anew in every process.
    public init(models: ModelStore? = nil, cache: NetworkCache? = nil) {
        networks = MatteNetworks(models: models, cache: cache)
    }

    public static func budget(for options: ReconstructOptions) -> Budget {
        Budget(pixels: 60_000_000, bytes: 2_048 << 20, wallSeconds: 600)
    }

    public func identity(for options: ReconstructOptions) throws(Failure) -> [String] {
        let names = [
            MatteNetworks.saliency, MatteNetworks.vehicles, MatteNetworks.parts, MatteNetworks.points,
            MatteNetworks.pairs,
        ]
        return try networks.identity(of: names) + [options.wished.identity()]
    }

    public func run(
        _ options: ReconstructOptions, in context: StageContext
    ) async throws(Failure) -> ReconstructOutput {
        let photos = try ReconstructPhotos(options, context, networks).read(context.inputs) { 0.3 * $0 }
        let object = ReconstructObject(options: options, context: context, networks: networks)
        let scene = ReconstructScene(options: options, context: context)
        switch options.subject {
        case .object: return try object.write(object.find(photos), photos)
        case .scene: return try scene.write(scene.find(photos), photos)
        case .auto: break
        }
        let found: Result<ReconstructObject.Found, Failure> = attempt { () throws(Failure) in try object.find(photos) }
        if case .failure(let failure) = found, failure.code == .cancelled || failure.kind != .unreadableInput {
            throw failure
        }
        if case .success(let found) = found, found.model.verdict.grade <= .b { return try object.write(found, photos) }
        // Outlines do not tell a car, or not well: perhaps points do.
        let other = attempt { () throws(Failure) in try scene.find(photos) }
        switch (found, other) {
        case (.success(let found), .success(let other)) where other.verdict.grade >= found.model.verdict.grade:
            return try object.write(found, photos)
        case (_, .success(let other)): return try scene.write(other, photos)
        case (.success(let found), .failure(let failure)):
            guard failure.code != .cancelled else { throw failure }
            return try object.write(found, photos)
        case (.failure(let failure), .failure(let other)): throw other.code == .cancelled ? other : failure
        }
    }

    private func attempt<Found>(_ body: () throws(Failure) -> Found) -> Result<Found, Failure> {
        do { return .success(try body()) } catch { return .failure(error) }
    }
}
