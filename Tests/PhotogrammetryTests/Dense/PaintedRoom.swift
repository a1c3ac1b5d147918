import Foundation
import Imaging
import Pipeline
import TestKit

@testable import Photogrammetry

/// The drawn room as photos with colour, their true cameras, and points as structure from motion would know them.
struct PaintedRoom {
    let room: TexturedRoom
    let cameras: [Camera]
    let photos: [Bitmap]
    let points: [SIMD3<Double>]
    /// The points that each camera sees.
    let seen: [[Int]]

    /// - Parameter every: pixels between rays to known points.
    init(_ count: Int = 5, width: Int = 240, every: Int = 9) throws(Failure) {
        let optics = TexturedRoom.optics.scaled(toWidth: width, height: width * 3 / 4)
        room = TexturedRoom()
        cameras = TexturedRoom.cameras(count, optics: optics)
        var photos: [Bitmap] = []
        for camera in cameras {
            let grey = try room.picture(camera)
            photos.append(try grey.converted(channels: 3))
        }
        self.photos = photos
        var points: [SIMD3<Double>] = []
        var seen = [[Int]](repeating: [], count: count)
        let middle = cameras[count / 2]
        for y in stride(from: 4, to: optics.height - 4, by: every) {
            for x in stride(from: 4, to: optics.width - 4, by: every) {
                guard let point = Self.place(room, middle, [Double(x), Double(y)]) else { continue }
                for (index, camera) in cameras.enumerated() {
                    guard let pixel = camera.pixel(of: point), pixel.x > 0, pixel.y > 0,
                        pixel.x < Double(optics.width - 1), pixel.y < Double(optics.height - 1),
                        let found = Self.place(room, camera, pixel), (found - point).norm < 0.02
                    else { continue }
                    seen[index].append(points.count)
                }
                points.append(point)
            }
        }
        (self.points, self.seen) = (points, seen)
    }

    private static func place(_ room: TexturedRoom, _ camera: Camera, _ pixel: SIMD2<Double>) -> SIMD3<Double>? {
        let ray = camera.pose.rotation.inverse * camera.intrinsics.direction(of: pixel)
        let hit = room.hit(from: camera.pose.centre, along: ray)
        return hit.distance < .infinity ? camera.pose.centre + hit.distance * ray : nil
    }

    var views: [DenseView] {
        cameras.indices.map { DenseView(camera: cameras[$0], photo: photos[$0], points: seen[$0]) }
    }

    /// As structure from motion would hand it over.
    var scene: Scene {
        Scene(
            views: cameras.indices.map { index in
                Scene.View(
                    name: "photo \(index)", camera: cameras[index], reason: nil,
                    sightings: seen[index].map {
                        Scene.Sighting(point: $0, place: cameras[index].pixel(of: points[$0]) ?? .zero, error: 0)
                    }, features: seen[index].count)
            }, points: points.map { Scene.Point(position: $0, colour: [90, 90, 90], length: 3, error: 0) },
            reprojectionError: 0)
    }

    /// Depth along the camera's z axis, 0 where there is nothing.
    func depth(_ camera: Camera, x: Int, y: Int) -> Double {
        let ray = camera.pose.rotation.inverse * camera.intrinsics.direction(of: [Double(x), Double(y)])
        let distance = room.hit(from: camera.pose.centre, along: ray).distance
        return distance < .infinity ? distance : 0
    }
}
