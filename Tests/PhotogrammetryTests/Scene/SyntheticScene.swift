import Foundation

@testable import Photogrammetry

/// Points seen by known cameras on an arc, with noise: what the solvers must find again.
struct SyntheticScene {
    let cameras: [Camera]
    let points: [SIMD3<Double>]
    let keypoints: [[Keypoint]]
    let pairs: [MatchedPair]

    /// - Parameters:
    ///   - noise: standard deviation of places in pixels.
    ///   - wrong: share of sightings that are anywhere.
    init(
        views: Int = 6, points count: Int = 200, step: Double = 0.12, noise: Double = 0.3, wrong: Double = 0,
        optics: Intrinsics = Intrinsics(width: 1200, height: 900, focal: 1100)
    ) {
        var random = SplitMix(seed: 7)
        cameras = (0..<views).map { index in
            let angle = step * Double(index)
            let centre = SIMD3(-6 * sin(angle), 0.3 * Double(index % 2), -6 * cos(angle))
            return Camera(
                intrinsics: optics,
                pose: Pose(rotation: Rotation(about: [0, 1, 0.02 * Double(index % 3)], by: -angle), centre: centre))
        }
        points = (0..<count).map { _ in
            [random.between(-1.8, 1.8), random.between(-1.3, 1.3), random.between(-1.5, 1.5)]
        }
        var seen: [[Keypoint]] = []
        for camera in cameras {
            seen.append(
                points.map { point in
                    var place = camera.pixel(of: point) ?? .zero
                    place += [random.normal(noise), random.normal(noise)]
                    if random.unit() < wrong { place = [random.between(0, 1200), random.between(0, 900)] }
                    return Keypoint(place: place, size: 4, colour: [10, 20, 30])
                })
        }
        keypoints = seen
        var pairs: [MatchedPair] = []
        for second in 0..<views {
            for first in 0..<second {
                let matches = (0..<Int32(count)).map { FeatureMatch(first: $0, second: $0, distance: 0.1) }
                pairs.append(MatchedPair(first: first, second: second, matches: matches))
            }
        }
        self.pairs = pairs
    }

    /// The model with all tracks, and the true cameras or those given.
    func model(
        cameras given: [Camera]? = nil, placed: Bool = true, sigma: Double = 0, expected focal: Double? = nil
    ) -> SceneModel {
        var model = SceneModel(
            keypoints: keypoints, cameras: given ?? cameras, opticsOf: cameras.map { _ in 0 },
            optics: [SceneModel.SharedOptics(focal: focal ?? cameras[0].intrinsics.focal, sigma: sigma)],
            options: SceneOptions())
        model.placed = cameras.map { _ in placed }
        model.take(Tracks(pairs, counts: keypoints.map(\.count)))
        return model
    }

    /// The largest distance of a camera from its true place after the best similarity, in units of the scene, and the
    /// largest turn in degrees.
    func errors(of found: [Camera]) -> (place: Double, degrees: Double) {
        guard let frame = Similarity(from: found.map(\.pose), to: cameras.map(\.pose)) else { return (9e9, 180) }
        var (place, turn) = (0.0, 0.0)
        for (camera, truth) in zip(found, cameras) {
            let moved = frame * camera.pose
            place = max(place, (moved.centre - truth.pose.centre).size)
            turn = max(turn, (moved.rotation * truth.pose.rotation.inverse).angle * 180 / .pi)
        }
        return (place, turn)
    }

    /// Cameras that a draft might have: turned by a degree and moved by a twentieth.
    func shaken(focal factor: Double = 1) -> [Camera] {
        var random = SplitMix(seed: 23)
        return cameras.enumerated().map { index, camera in
            var moved = camera
            moved.intrinsics.focal *= factor
            guard index > 0 else { return moved }
            let axis = SIMD3(random.normal(1), random.normal(1), random.normal(1))
            moved.pose = Pose(
                rotation: Rotation(about: axis, by: random.between(0, 0.02)) * camera.pose.rotation,
                centre: camera.pose.centre + [random.normal(0.05), random.normal(0.05), random.normal(0.05)])
            return moved
        }
    }
}
