internal import Pipeline

extension Scene {
    /// Of a model in which nothing could be placed.
    init(_ views: [SceneView], _ model: SceneModel, _ pairs: [ViewPair]) {
        let reasons = Reasons(views, model, pairs)
        self.init(
            views: views.indices.map { index in
                View(
                    name: views[index].name, camera: nil, reason: reasons.reason(index), sightings: [],
                    features: model.keypoints[index].count)
            }, points: [], reprojectionError: 0)
    }

    /// What a finished model shows, in units of the largest distance between two cameras.
    init(_ shared: SharedViews, _ model: SceneModel, _ pairs: [ViewPair]) throws(Failure) {
        let errors = try model.errors()
        let frame = Frame(model)
        var (points, sightings) = ([Point](), [[Sighting]](repeating: [], count: model.cameras.count))
        var (square, count) = (0.0, 0)
        for track in 0..<model.tracks.count {
            let seen = model.agreeing(in: track).filter { errors[$0] >= 0 }
            guard seen.count > 1 else { continue }
            var colour = SIMD3<Double>.zero
            for index in seen {
                let view = model.tracks.views[index]
                let keypoint = model.keypoints[view][model.tracks.keypoints[index]]
                colour += SIMD3<Double>(keypoint.colour)
                sightings[view].append(
                    Sighting(
                        point: points.count, place: shared.views[view].unsquared(keypoint.place), error: errors[index]))
                square += errors[index] * errors[index]
            }
            count += seen.count
            points.append(
                Point(
                    position: frame.moved(model.points[track]),
                    colour: SIMD3<UInt8>(colour / Double(seen.count), rounding: .toNearestOrEven), length: seen.count,
                    error: seen.reduce(0) { $0 + errors[$1] } / Double(seen.count)))
        }
        let reasons = Reasons(shared.views, model, pairs)
        self.init(
            views: model.cameras.indices.map { view in
                View(
                    name: shared.views[view].name,
                    camera: model.placed[view] ? frame.moved(model.cameras[view]) : nil,
                    reason: model.placed[view] ? nil : reasons.reason(view), sightings: sightings[view],
                    features: model.keypoints[view].count)
            }, points: points, reprojectionError: count > 0 ? (square / Double(count)).squareRoot() : 0)
    }

    /// The frame of the first placed camera, in units of the largest distance between two cameras.
    private struct Frame {
        private let first: Pose
        private let scale: Double

        init(_ model: SceneModel) {
            let placed = model.cameras.indices.filter { model.placed[$0] }
            first = model.cameras[placed.first ?? 0].pose
            let centres = placed.map { model.cameras[$0].pose.centre }
            var longest = 0.0
            for (index, one) in centres.enumerated() {
                for two in centres[..<index] { longest = max(longest, (one - two).norm) }
            }
            scale = longest > 0 ? 1 / longest : 1
        }

        func moved(_ point: SIMD3<Double>) -> SIMD3<Double> { scale * (first * point) }

        func moved(_ camera: Camera) -> Camera {
            Camera(
                intrinsics: camera.intrinsics,
                pose: Pose(
                    rotation: camera.pose.rotation * first.rotation.inverse, centre: moved(camera.pose.centre)))
        }
    }
}
