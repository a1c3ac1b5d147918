import Foundation
import Photogrammetry

/// What the evaluation reads.
struct SceneRecord: Encodable {
    struct Camera: Encodable {
        let image: String
        let width: Int
        let height: Int
        let calibration: [[Double]]
        let rotation: [[Double]]
        let translation: [Double]
        let distortion: [Double]

        enum CodingKeys: String, CodingKey {
            case image, width, height, distortion
            case calibration = "K"
            case rotation = "R"
            case translation = "t"
        }
    }

    struct Unplaced: Encodable {
        let image: String
        let reason: String
        let hint: String
    }

    let cameras: [Camera]
    let unplaced: [Unplaced]
    let points: Int
    let sightings: Int
    let reprojectionError: Double
    let steps: [String: Double]

    init(_ scene: Scene, steps: [String: Double]) {
        cameras = scene.views.compactMap { view in
            guard let camera = view.camera else { return nil }
            let (optics, pose) = (camera.intrinsics, camera.pose)
            return Camera(
                image: view.name, width: optics.width, height: optics.height,
                calibration: [
                    [optics.focal, 0, optics.principal.x], [0, optics.focal, optics.principal.y], [0, 0, 1],
                ],
                rotation: pose.rotation.rows.map { [$0.x, $0.y, $0.z] },
                translation: [pose.translation.x, pose.translation.y, pose.translation.z],
                distortion: [optics.k1, optics.k2])
        }
        unplaced = scene.views.compactMap { view in
            view.reason.map { Unplaced(image: view.name, reason: $0.sentence, hint: $0.hint) }
        }
        points = scene.points.count
        sightings = scene.views.reduce(0) { $0 + $1.sightings.count }
        reprojectionError = scene.reprojectionError
        self.steps = steps
    }

    func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try encoder.encode(self).write(to: file, options: .atomic)
    }
}
