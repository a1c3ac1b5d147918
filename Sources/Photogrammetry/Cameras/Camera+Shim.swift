internal import CVShim

extension CVSCamera {
    init(_ camera: Camera) {
        let (optics, pose) = (camera.intrinsics, camera.pose)
        let (x, y, z) = (pose.rotation.rows[0], pose.rotation.rows[1], pose.rotation.rows[2])
        self.init(
            width: Int32(clamping: optics.width), height: Int32(clamping: optics.height), focal: optics.focal,
            principal: (optics.principal.x, optics.principal.y), k1: optics.k1, k2: optics.k2,
            rotation: (x.x, x.y, x.z, y.x, y.y, y.z, z.x, z.y, z.z),
            translation: (pose.translation.x, pose.translation.y, pose.translation.z))
    }
}

extension Camera {
    /// The shim's solvers keep rotations orthonormal to rounding, so they are taken as they are.
    init(_ shim: CVSCamera) {
        let turn = shim.rotation
        self.init(
            intrinsics: Intrinsics(
                width: Int(shim.width), height: Int(shim.height), focal: shim.focal,
                principal: [shim.principal.0, shim.principal.1], k1: shim.k1, k2: shim.k2),
            pose: Pose(
                rotation: Rotation(rows: [
                    [turn.0, turn.1, turn.2], [turn.3, turn.4, turn.5], [turn.6, turn.7, turn.8],
                ]), translation: [shim.translation.0, shim.translation.1, shim.translation.2]))
    }
}
