/// A frame for a scene as people like it: y up, the photographer in front, on +z.
struct SceneFrame: Sendable {
    /// The scene's axes to the frame's.
    let turn: Rotation
    /// Whether the cameras say where up is; else it is where the first of them has it.
    let isLevel: Bool

    /// Ups of cameras that stand further from their mean than this are no hint: about 35 degrees.
    private static let leastCosine = 0.82

    /// - Parameters:
    ///   - poses: one or more.
    ///   - middle: of what they look at.
    init(_ poses: [Pose], middle: SIMD3<Double>) {
        let ups = poses.map { -$0.rotation.rows[1] }
        let mean = ups.mean
        let agree = mean.norm > 1e-6 && ups.allSatisfy { $0.dot(mean) >= Self.leastCosine * mean.norm }
        let up = agree ? Self.plumb(poses, near: mean / mean.norm) : ups.first ?? [0, 1, 0]
        isLevel = agree
        let outward = poses.map(\.centre).mean - middle
        var front = outward - up * up.dot(outward)
        if front.norm <= 1e-3 * outward.norm || front.norm == 0 {
            let back = -(poses.first ?? Pose(rotation: .identity, translation: .zero)).rotation.rows[2]
            front = back - up * up.dot(back)
        }
        if front.norm < 1e-6 { front = up.cross(abs(up.x) < 0.9 ? [1, 0, 0] : [0, 0, 1]) }
        front /= front.norm
        turn = Rotation(rows: [up.cross(front), up, front])
    }

    /// The direction that the pictures' rows lie across: people hold cameras level, but tilt them. Least squares with a
    /// little trust in the mean, for rows that all run the same way say nothing about tilts.
    private static func plumb(_ poses: [Pose], near mean: SIMD3<Double>) -> SIMD3<Double> {
        let trust = 0.05 * Double(poses.count)
        var rows = [SIMD3<Double>(trust, 0, 0), [0, trust, 0], [0, 0, trust]]
        for pose in poses {
            let across = pose.rotation.rows[0]
            for axis in 0..<3 { rows[axis] += across[axis] * across }
        }
        // Cramer's rule: the matrix is symmetric and positive.
        let (a, b, c) = (rows[1].cross(rows[2]), rows[2].cross(rows[0]), rows[0].cross(rows[1]))
        let solved = a * mean.x + b * mean.y + c * mean.z
        return solved / solved.norm
    }
}

extension Pose {
    /// The same camera in a world that was turned, then moved by `shift`, then enlarged by `factor`.
    func moved(_ turn: Rotation, _ shift: SIMD3<Double>, _ factor: Double) -> Pose {
        Pose(rotation: rotation * turn.inverse, centre: factor * (turn * centre + shift))
    }
}
