import Foundation
import Imaging
import Photogrammetry
import Pipeline
import TestKit

/// A corner of a room with a box in it, every face painted with noise: pictures are drawn by casting rays.
struct TexturedRoom {
    static let optics = Intrinsics(width: 320, height: 240, focal: 300)

    /// A rectangle: a corner, two edges at right angles, and its own paint.
    private struct Face {
        let corner: SIMD3<Double>
        let normal: SIMD3<Double>
        /// The edges over their squared lengths.
        let right: SIMD3<Double>
        let down: SIMD3<Double>
        /// Grains along the edges.
        let grains: SIMD2<Double>
        let paint: Texture

        init(_ corner: SIMD3<Double>, _ right: SIMD3<Double>, _ down: SIMD3<Double>, _ seed: UInt64) {
            let (across, along) = ((right * right).sum(), (down * down).sum())
            (self.corner, self.right, self.down) = (corner, right / across, down / along)
            normal = [
                right.y * down.z - right.z * down.y, right.z * down.x - right.x * down.z,
                right.x * down.y - right.y * down.x,
            ]
            grains = [9 * across.squareRoot(), 9 * along.squareRoot()]
            paint = Texture(seed: seed)
        }
    }

    private let faces: [Face]

    init(seed: UInt64 = 1) {
        let first = 10 * seed
        faces = [
            Face([-5, -3, 4], [10, 0, 0], [0, 5, 0], first), Face([-5, 2, 4], [10, 0, 0], [0, 0, -6], first + 1),
            Face([-5, -3, -2], [0, 0, 6], [0, 5, 0], first + 2),
            Face([-1, 0.4, 1.5], [1.6, 0, 0.5], [0, 1.6, 0], first + 3),
            Face([0.6, 0.4, 2], [0.5, 0, 1.6], [0, 1.6, 0], first + 4),
        ]
    }

    /// Cameras on an arc that look at the box.
    static func cameras(_ count: Int, step: Double = 0.1, optics: Intrinsics = optics) -> [Camera] {
        (0..<count).map { index in
            let angle = step * (Double(index) - Double(count - 1) / 2)
            let centre = SIMD3(4.5 * sin(angle), -0.5 + 0.1 * Double(index % 2), 2 - 4.5 * cos(angle))
            return Camera(
                intrinsics: optics, pose: Pose(rotation: Rotation(about: [0, 1, 0], by: angle), centre: centre))
        }
    }

    /// How far a point lies from the nearest face.
    func distance(of point: SIMD3<Double>) -> Double {
        faces.map { face in
            let inside = point - face.corner
            let (u, v) = ((inside * face.right).sum(), (inside * face.down).sum())
            let (right, down) = (
                face.right / (face.right * face.right).sum(), face.down / (face.down * face.down).sum()
            )
            let away = inside - right * min(1, max(0, u)) - down * min(1, max(0, v))
            return (away * away).sum().squareRoot()
        }.min() ?? .infinity
    }

    func picture(_ camera: Camera) throws(Failure) -> Bitmap {
        let (optics, pose) = (camera.intrinsics, camera.pose)
        let (back, eye) = (pose.rotation.inverse, pose.centre)
        return try TestPicture.make(width: optics.width, height: optics.height, channels: 1) { x, y, pixel in
            let ray = back * optics.direction(of: [Double(x), Double(y)])
            pixel[0] = UInt8(seen(from: eye, along: ray))
        }
    }

    private func seen(from eye: SIMD3<Double>, along ray: SIMD3<Double>) -> Double { hit(from: eye, along: ray).value }

    /// How many times `ray` leads from `eye` to what is seen, infinite where there is nothing, and how bright that is.
    func hit(from eye: SIMD3<Double>, along ray: SIMD3<Double>) -> (distance: Double, value: Double) {
        var (nearest, value) = (Double.infinity, 20.0)
        for face in faces {
            let along = (ray * face.normal).sum()
            guard abs(along) > 1e-9 else { continue }
            let distance = ((face.corner - eye) * face.normal).sum() / along
            guard distance > 0.1, distance < nearest else { continue }
            let inside = eye + ray * distance - face.corner
            let (u, v) = ((inside * face.right).sum(), (inside * face.down).sum())
            guard u >= 0, u <= 1, v >= 0, v <= 1 else { continue }
            nearest = distance
            value = face.paint.value(face.grains.x * u, face.grains.y * v)
        }
        return (nearest, value)
    }
}
