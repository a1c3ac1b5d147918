internal import CVShim
internal import Imaging
internal import Pipeline

extension SceneModel {
    /// The pose of a view from points that it sees; nil where fewer than `options.leastPoints` agree on one.
    ///
    /// - Parameter seen: the points, by track and sighting.
    /// - Returns: the pose, and how many points agree.
    func resected(
        _ view: Int, seen: [(track: Int, sighting: Int)], reach: Double, cancel: CancelFlag?
    ) throws(Failure) -> (pose: Pose, points: Int)? {
        guard seen.count >= options.leastPoints else { return nil }
        var camera = CVSCamera(cameras[view])
        var how = CVSResectOptions(reach: reach * grain, iterations: 2_000, seed: 4_711)
        var world: [Double] = []
        for entry in seen {
            let point = points[entry.track]
            world += [point.x, point.y, point.z]
        }
        let places = flattened(seen.map { place(of: $0.sighting) })
        var fits = [UInt8](repeating: 0, count: seen.count)
        var count: Int32 = 0
        try withCancelAddress(cancel) { flag throws(Failure) in
            try checkShim { error in
                cvs_resect(world, places, Int32(seen.count), &camera, &how, &fits, &count, flag, error)
            }
        }
        // A quarter of what it sees: chance alone gets some points together.
        guard count >= options.leastPoints, 4 * Int(count) >= seen.count else { return nil }
        return (Camera(camera).pose, Int(count))
    }
}
