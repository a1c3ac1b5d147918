internal import Foundation

/// Cameras and points as the three text files that COLMAP, and what reads its models, can open.
///
/// `cameras.txt`, `images.txt` and `points3D.txt` as COLMAP's documentation of its output format has them: a camera a
/// picture of the model RADIAL, quaternions w first, pixels counted from the upper left corner of the upper left pixel.
public struct ColmapText: Sendable {
    /// One picture: its camera, and where it sees which points.
    public struct Picture: Sendable {
        public let name: String
        public let camera: Camera
        /// A place in pixels (centres at whole numbers), and the index of the point that is seen there.
        public let sightings: [(place: SIMD2<Double>, point: Int)]

        public init(name: String, camera: Camera, sightings: [(place: SIMD2<Double>, point: Int)] = []) {
            (self.name, self.camera, self.sightings) = (name, camera, sightings)
        }
    }

    /// A point of the world, its colour and its mean error in pixels.
    public struct Point: Sendable {
        public let position: SIMD3<Double>
        public let colour: SIMD3<UInt8>
        public let error: Double

        public init(position: SIMD3<Double>, colour: SIMD3<UInt8>, error: Double) {
            (self.position, self.colour, self.error) = (position, colour, error)
        }
    }

    /// The files' names and their texts.
    public let files: [(name: String, text: String)]

    /// - Parameter points: sightings that name none of them are left out.
    public init(_ pictures: [Picture], points: [Point] = []) {
        files = [
            ("cameras.txt", Self.cameras(pictures)), ("images.txt", Self.images(pictures, points.count)),
            ("points3D.txt", Self.points(points, pictures)),
        ]
    }

    private static func cameras(_ pictures: [Picture]) -> String {
        lines(
            "CAMERA_ID, MODEL, WIDTH, HEIGHT, f, cx, cy, k1, k2",
            pictures.enumerated().map { index, picture in
                let optics = picture.camera.intrinsics
                let numbers = [optics.focal, optics.principal.x + 0.5, optics.principal.y + 0.5, optics.k1, optics.k2]
                return "\(index + 1) RADIAL \(optics.width) \(optics.height) \(words(numbers))"
            })
    }

    private static func images(_ pictures: [Picture], _ points: Int) -> String {
        lines(
            "IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME and, on the next line, X, Y, POINT3D_ID of each sighting",
            pictures.enumerated().flatMap { index, picture in
                let (turn, shift) = (picture.camera.pose.rotation.quaternion, picture.camera.pose.translation)
                let numbers = [turn.w, turn.x, turn.y, turn.z, shift.x, shift.y, shift.z]
                let seen = picture.sightings.filter { (0..<points).contains($0.point) }
                return [
                    "\(index + 1) \(words(numbers)) \(index + 1) \(picture.name)",
                    seen.map { "\(words([$0.place.x + 0.5, $0.place.y + 0.5])) \($0.point + 1)" }
                        .joined(separator: " "),
                ]
            })
    }

    private static func points(_ points: [Point], _ pictures: [Picture]) -> String {
        var tracks = [[String]](repeating: [], count: points.count)
        for (image, picture) in pictures.enumerated() {
            var place = 0
            for sighting in picture.sightings where points.indices.contains(sighting.point) {
                tracks[sighting.point].append("\(image + 1) \(place)")
                place += 1
            }
        }
        return lines(
            "POINT3D_ID, X, Y, Z, R, G, B, ERROR, and IMAGE_ID, POINT2D_IDX of each sighting",
            points.enumerated().map { index, point in
                let (at, colour) = (point.position, point.colour)
                let track = tracks[index].map { " \($0)" }.joined()
                return
                    "\(index + 1) \(words([at.x, at.y, at.z])) \(colour.x) \(colour.y) \(colour.z) \(point.error)\(track)"
            })
    }

    private static func words(_ numbers: [Double]) -> String { numbers.map { "\($0)" }.joined(separator: " ") }

    private static func lines(_ title: String, _ lines: [String]) -> String {
        (["# \(title)"] + lines).map { "\($0)\n" }.joined()
    }
}
