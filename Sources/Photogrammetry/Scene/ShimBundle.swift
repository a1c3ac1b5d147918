internal import CVShim
internal import Imaging
internal import Pipeline

/// The placed part of a model, or some of it, as the shim's solvers work on it.
struct ShimBundle: ~Copyable {
    let handle: OpaquePointer
    /// Which sighting of the model each is.
    let origins: [Int]
    /// Views of the cameras, and tracks of the points.
    private let views: [Int]
    private let tracks: [Int]

    /// - Parameters:
    ///   - free: what of unknown optics may change.
    ///   - chosen: the sightings of a track that are taken.
    init(_ model: SceneModel, _ free: FreeOptics = .none, _ chosen: (_ track: Int) -> [Int]) throws(Failure) {
        var parts = Parts(model)
        for track in 0..<model.tracks.count { parts.add(track, chosen(track), of: model) }
        let optics = model.optics.map { shared in
            let (focal, lens) = (shared.sigma > 0 && free != .none, shared.sigma > 0 && free == .focalAndDistortion)
            return CVSOptics(
                focal: shared.focal, focal_sigma: focal ? shared.sigma : 0, k1_sigma: lens ? 0.1 : 0,
                k2_sigma: lens ? 0.05 : 0, principal_sigma: 0)
        }
        let priors = parts.priors(of: model)
        handle = try callShim { out, error in
            cvs_bundle_create(
                parts.cameras, parts.opticsOf, parts.held, Int32(parts.cameras.count), optics, Int32(optics.count),
                parts.points, Int32(parts.tracks.count), parts.sightings, Int32(parts.sightings.count), priors,
                Int32(priors.count), out, error)
        }
        (origins, views, tracks) = (parts.origins, parts.views, parts.tracks)
    }

    deinit { cvs_bundle_destroy(handle) }

    var pointCount: Int { tracks.count }

    /// Hands the points back to the model.
    func storePoints(in model: inout SceneModel) {
        guard let points = cvs_bundle_points(handle) else { return }
        for (index, track) in tracks.enumerated() {
            model.points[track] = [points[3 * index], points[3 * index + 1], points[3 * index + 2]]
        }
    }

    /// Hands the cameras back; views that are not placed take over the optics that they share.
    func storeCameras(in model: inout SceneModel) {
        guard let cameras = cvs_bundle_cameras(handle) else { return }
        for (index, view) in views.enumerated() {
            model.cameras[view] = Camera(cameras[index])
            for other in model.cameras.indices
            where !model.placed[other] && model.opticsOf[other] == model.opticsOf[view] {
                model.cameras[other].intrinsics = model.cameras[view].intrinsics
            }
        }
    }
}

/// The arrays of a bundle while they are gathered.
private struct Parts {
    var cameras: [CVSCamera] = []
    var opticsOf: [Int32] = []
    var held: [UInt8] = []
    var points: [Double] = []
    var sightings: [CVSSighting] = []
    var origins: [Int] = []
    var views: [Int] = []
    var tracks: [Int] = []
    private var numbers: [Int32]

    init(_ model: SceneModel) {
        numbers = [Int32](repeating: -1, count: model.cameras.count)
        for view in model.cameras.indices where model.placed[view] {
            numbers[view] = Int32(cameras.count)
            cameras.append(CVSCamera(model.cameras[view]))
            opticsOf.append(Int32(model.opticsOf[view]))
            held.append(views.isEmpty ? 1 : 0)
            views.append(view)
        }
    }

    mutating func add(_ track: Int, _ taken: [Int], of model: SceneModel) {
        guard !taken.isEmpty else { return }
        for sighting in taken {
            let view = model.tracks.views[sighting]
            let seen = model.keypoints[view][model.tracks.keypoints[sighting]]
            sightings.append(
                CVSSighting(
                    camera: numbers[view], point: Int32(tracks.count), x: seen.place.x, y: seen.place.y,
                    sigma: Self.sigma(seen, model)))
            origins.append(sighting)
        }
        let point = model.points[track]
        points.append(point.x)
        points.append(point.y)
        points.append(point.z)
        tracks.append(track)
    }

    /// Coarse features are placed less well than fine ones; by the root of their size, as residuals show.
    private static func sigma(_ keypoint: Keypoint, _ model: SceneModel) -> Double {
        model.grain * max(1, (keypoint.size / 4).squareRoot())
    }

    func priors(of model: SceneModel) -> [CVSPosePrior] {
        model.expected.sorted { $0.key < $1.key }.filter { numbers[$0.key] >= 0 }.map { view, expected in
            let at = CVSCamera(Camera(intrinsics: model.cameras[view].intrinsics, pose: expected.pose))
            return CVSPosePrior(
                camera: numbers[view], rotation: at.rotation, translation: at.translation,
                rotation_sigma: expected.rotationSigma, centre_sigma: expected.centreSigma)
        }
    }
}
