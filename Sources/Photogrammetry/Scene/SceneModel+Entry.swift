internal import Foundation

extension SceneModel {
    /// Degrees by which a pair's geometry may differ from what is expected.
    private static let (turnBound, directionBound) = (10.0, 20.0)

    /// A view that no three views tie to the others, but that stands where it is expected by its pairs with placed views.
    ///
    /// Two views give a direction without a length, so the length comes from the expectation: its pose enters, turned as
    /// the pairs say, and keeps a say in bundle adjustment.
    func entry(
        _ pairs: [ViewPair], _ expectations: [PoseExpectation?]
    ) -> (view: Int, expected: PoseExpectation)? {
        let known = cameras.indices.filter { placed[$0] && expectations[$0] != nil }
        let poses = known.compactMap { expectations[$0]?.pose }
        guard let frame = Similarity(from: poses, to: known.map { cameras[$0].pose }) else { return nil }
        for view in cameras.indices where !placed[view] {
            guard let expectation = expectations[view] else { continue }
            let guess = frame * expectation.pose
            let turns = pairs.compactMap { supported(view, guess, by: $0) }
            guard let first = turns.first else { continue }
            var sum = SIMD3<Double>.zero
            for turn in turns { sum += (turn * first.inverse).turn }
            let step = sum / Double(turns.count)
            let rotation = step.norm > 0 ? Rotation(about: step, by: step.norm) * first : first
            return (
                view,
                PoseExpectation(
                    pose: Pose(rotation: rotation, centre: guess.centre), rotationSigma: expectation.rotationSigma,
                    centreSigma: expectation.centreSigma * frame.scale)
            )
        }
        return nil
    }

    /// The view's rotation by a pair with a placed view; nil where the pair does not bear the guess out.
    private func supported(_ view: Int, _ guess: Pose, by pair: ViewPair) -> Rotation? {
        guard pair.geometry.kind == .general || pair.geometry.kind == .planar, pair.views.contains(view),
            placed[pair.other(than: view)]
        else { return nil }
        let other = cameras[pair.other(than: view)].pose
        let forwards = pair.second == view
        let relative = pair.geometry.pose
        let rotation =
            forwards ? relative.rotation * other.rotation : relative.rotation.inverse * other.rotation
        // From the placed camera to this one, in the world's axes.
        let direction =
            forwards
            ? -(rotation.inverse * relative.translation) : other.rotation.inverse * relative.translation
        let expected = guess.centre - other.centre
        let degrees = 180 / Double.pi
        let away = Double.atan2(direction.cross(expected).norm, direction.dot(expected)) * degrees
        let turned = (rotation * guess.rotation.inverse).angle * degrees
        return turned <= Self.turnBound && away <= Self.directionBound ? rotation : nil
    }
}
