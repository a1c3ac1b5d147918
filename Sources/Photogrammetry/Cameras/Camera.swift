/// Where a camera stood and how it looks: a world point X is seen in the direction `rotation * X + translation`.
public struct Pose: Sendable, Equatable {
    /// World to camera; camera axes are x right, y down, z forwards.
    public var rotation: Rotation
    /// The world's origin in the camera's axes, in the world's unit.
    public var translation: SIMD3<Double>

    public init(rotation: Rotation, translation: SIMD3<Double>) {
        (self.rotation, self.translation) = (rotation, translation)
    }

    /// The pose of a camera that stands at `centre`.
    public init(rotation: Rotation, centre: SIMD3<Double>) {
        self.init(rotation: rotation, translation: -(rotation * centre))
    }

    /// Where the camera stands in the world.
    public var centre: SIMD3<Double> { -(rotation.inverse * translation) }

    public static func * (pose: Pose, point: SIMD3<Double>) -> SIMD3<Double> {
        pose.rotation * point + pose.translation
    }
}

/// A camera that took a picture: its optics and its place.
public struct Camera: Sendable, Equatable {
    public var intrinsics: Intrinsics
    public var pose: Pose

    public init(intrinsics: Intrinsics, pose: Pose) {
        (self.intrinsics, self.pose) = (intrinsics, pose)
    }

    /// Where a point of the world is seen, in pixels; nil for what is not in front of the camera.
    public func pixel(of point: SIMD3<Double>) -> SIMD2<Double>? {
        let seen = pose * point
        return seen.z > 0 ? intrinsics.pixel(of: seen) : nil
    }
}
