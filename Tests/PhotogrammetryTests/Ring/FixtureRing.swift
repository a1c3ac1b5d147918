import Foundation
import Imaging
import Photogrammetry
import Pipeline
import TestKit

/// A ring of the fixtures with its truth, at a size that is solved in a second or two.
struct FixtureRing {
    var alphas: [Bitmap]
    var truth: [Camera]

    /// Every `step`-th of the 24 small views, or with `step` 0 the 8 views of the car at 400 pixels.
    init(everyOf24 step: Int) throws {
        let folder = Fixtures.root.appending(path: step > 0 ? "fixtures/car-ring24" : "fixtures/car")
        let file = try CameraFile(json: Data(contentsOf: folder.appending(path: "cameras.json")))
        let entries = file.entries.enumerated().filter { step == 0 || $0.offset % step == 0 }.map(\.element)
        alphas = []
        truth = []
        for entry in entries {
            let name = URL(filePath: entry.image).deletingPathExtension().lastPathComponent
            let mask = try ImageFile.decode(
                Data(contentsOf: folder.appending(path: "masks/\(name).png")), as: .grey)
            let optics = entry.camera.intrinsics
            let (width, height) = step > 0 ? (optics.width, optics.height) : (400, 267)
            alphas.append(step > 0 ? mask : try mask.resized(width: width, height: height, filter: .area))
            truth.append(
                Camera(intrinsics: optics.scaled(toWidth: width, height: height), pose: entry.camera.pose))
        }
    }

    /// The views with the focal length taken wrong by a factor.
    func views(focalFactor: Double = 1) throws -> [RingView] {
        try zip(alphas, truth).map { alpha, camera in
            var optics = camera.intrinsics
            optics.focal *= focalFactor
            return RingView(silhouette: try Silhouette(alpha: alpha, longestSide: 400), intrinsics: optics)
        }
    }

    /// The views in another order, with their truth.
    func ordered(_ order: [Int]) -> FixtureRing {
        var other = self
        other.alphas = order.map { alphas[$0] }
        other.truth = order.map { truth[$0] }
        return other
    }

    /// What differs between found cameras and the truth, whatever world each stands in.
    struct Errors {
        /// RMS difference of all distances between two cameras, in percent of the ring's radius, at equal mean distance.
        var distance = 0.0
        /// Mean difference of the turns from camera to camera, in degrees.
        var turn = 0.0
        /// The greatest difference of a camera's azimuth about the object, in degrees: world against world.
        var azimuth = 0.0
    }

    func errors(of cameras: [Camera]) -> Errors {
        var errors = Errors()
        var found: [Double] = []
        var wanted: [Double] = []
        for first in truth.indices {
            for second in 0..<first {
                found.append(length(cameras[first].pose.centre - cameras[second].pose.centre))
                wanted.append(length(truth[first].pose.centre - truth[second].pose.centre))
                let turns = [cameras, truth].map { $0[first].pose.rotation * $0[second].pose.rotation.inverse }
                let left = turns[0] * turns[1].inverse
                let trace = left.rows[0].x + left.rows[1].y + left.rows[2].z
                errors.turn += acos(min(max((trace - 1) / 2, -1), 1)) * 180 / .pi
            }
        }
        let scale = wanted.reduce(0, +) / found.reduce(0, +)
        let radius = truth.map { length($0.pose.centre) }.reduce(0, +) / Double(truth.count)
        let squares = zip(found, wanted).map { ($0 * scale - $1) * ($0 * scale - $1) }.reduce(0, +)
        errors.distance = 100 * (squares / Double(found.count)).squareRoot() / radius
        errors.turn /= Double(found.count)
        for (camera, known) in zip(cameras, truth) {
            let (a, b) = (camera.pose.centre, known.pose.centre)
            let apart = remainder(atan2(a.x, a.z) - atan2(b.x, b.z), 2 * .pi)
            errors.azimuth = max(errors.azimuth, abs(apart) * 180 / .pi)
        }
        return errors
    }

    private func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }
}
