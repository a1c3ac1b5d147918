internal import Foundation

/// A turn, a scale and a shift of space: X goes to `scale * (rotation * X) + shift`.
struct Similarity: Sendable {
    let rotation: Rotation
    let scale: Double
    let shift: SIMD3<Double>

    /// What brings poses nearest to others of the same cameras: the mean of the turns between them, then scale and shift
    /// in the least squares sense; nil for fewer than two, or cameras that all stand in one place.
    init?(from poses: [Pose], to others: [Pose]) {
        guard poses.count == others.count, let first = poses.first, poses.count > 1 else { return nil }
        var mean = others[0].rotation.inverse * first.rotation
        for _ in 0..<5 {
            var sum = SIMD3<Double>.zero
            for (pose, other) in zip(poses, others) {
                sum += (other.rotation.inverse * pose.rotation * mean.inverse).turn
            }
            let step = sum / Double(poses.count)
            if step.norm > 0 { mean = Rotation(about: step, by: step.norm) * mean }
        }
        let (from, to) = (poses.map(\.centre), others.map(\.centre))
        let (fromMean, toMean) = (from.mean, to.mean)
        var (across, square) = (0.0, 0.0)
        for (one, two) in zip(from, to) {
            across += (mean * (one - fromMean)).dot(two - toMean)
            square += (one - fromMean).dot(one - fromMean)
        }
        guard square > 0, across > 0 else { return nil }
        (rotation, scale) = (mean, across / square)
        shift = toMean - scale * (mean * fromMean)
    }

    static func * (similarity: Similarity, pose: Pose) -> Pose {
        Pose(
            rotation: pose.rotation * similarity.rotation.inverse,
            centre: similarity.scale * (similarity.rotation * pose.centre) + similarity.shift)
    }
}

extension Rotation {
    /// The axis, as long as the angle in radians.
    var turn: SIMD3<Double> {
        let axis = SIMD3(rows[2].y - rows[1].z, rows[0].z - rows[2].x, rows[1].x - rows[0].y)
        let angle = angle
        return axis.norm > 1e-12 ? axis * (angle / axis.norm) : angle > 1 ? [angle, 0, 0] : .zero
    }
}

extension [SIMD3<Double>] {
    var mean: SIMD3<Double> { reduce(.zero, +) / Double(Swift.max(count, 1)) }
}
