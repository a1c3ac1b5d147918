public import Foundation
public import Pipeline

/// The cameras of a set of pictures as they are kept in `cameras.json`.
///
/// `[{"image", "width", "height", "K": 3 x 3, "R": 3 x 3, "t": 3}]`, a world point X being seen at x = K (R X + t);
/// `distortion` ([k1, k2]) where there is some.
public struct CameraFile: Sendable, Equatable {
    /// One picture and its camera.
    public struct Entry: Sendable, Equatable {
        public let image: String
        public let camera: Camera

        public init(image: String, camera: Camera) { (self.image, self.camera) = (image, camera) }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry]) { self.entries = entries }

    /// Reads the file; `invalid_inputs` says which entry is wrong, and how.
    public init(json: Data) throws(Failure) {
        let records: [Record]
        do {
            records = try JSONDecoder().decode([Record].self, from: json)
        } catch {
            throw Failure(
                .invalidInputs, "cameras.json is not a list of cameras.",
                hint: "Give [{\"image\", \"width\", \"height\", \"K\", \"R\", \"t\"}].", detail: "\(error)")
        }
        var entries: [Entry] = []
        for record in records { entries.append(try record.entry()) }
        self.init(entries)
    }

    /// The file's bytes: sorted keys, a line an entry.
    public func json() throws(Failure) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let lines = try entries.map { String(decoding: try encoder.encode(Record($0)), as: UTF8.self) }
            return Data("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8)
        } catch {
            throw Failure(.internalError, "The cameras can't be written as JSON.", detail: "\(error)")
        }
    }
}

extension CameraFile {
    /// An entry as it is in the file.
    private struct Record: Codable {
        var image: String
        var width: Int
        var height: Int
        var calibration: [[Double]]
        var rotation: [[Double]]
        var translation: [Double]
        var distortion: [Double]?

        enum CodingKeys: String, CodingKey {
            case image, width, height, distortion
            case calibration = "K"
            case rotation = "R"
            case translation = "t"
        }

        init(_ entry: Entry) {
            let (optics, pose) = (entry.camera.intrinsics, entry.camera.pose)
            (image, width, height) = (entry.image, optics.width, optics.height)
            calibration = [[optics.focal, 0, optics.principal.x], [0, optics.focal, optics.principal.y], [0, 0, 1]]
            rotation = pose.rotation.rows.map { [$0.x, $0.y, $0.z] }
            translation = [pose.translation.x, pose.translation.y, pose.translation.z]
            distortion = optics.k1 == 0 && optics.k2 == 0 ? nil : [optics.k1, optics.k2]
        }

        func entry() throws(Failure) -> Entry {
            guard calibration.count == 3, rotation.count == 3, (calibration + rotation).allSatisfy({ $0.count == 3 }),
                translation.count == 3,
                distortion?.count ?? 2 == 2, width > 0, height > 0
            else { throw wrong("K and R are 3 x 3, t is 3 numbers, distortion 2, the size is above 0") }
            guard let turn = Rotation(checking: rotation.map { SIMD3($0) }) else {
                throw wrong("R is not a rotation")
            }
            let focal = (calibration[0][0] + calibration[1][1]) / 2
            guard focal > 0, abs(calibration[0][0] - calibration[1][1]) <= 0.05 * focal, calibration[0][1] == 0,
                calibration[2] == [0, 0, 1]
            else {
                throw wrong("K must have square pixels, no skew, and a last row of 0 0 1")
            }
            let optics = Intrinsics(
                width: width, height: height, focal: focal, principal: [calibration[0][2], calibration[1][2]],
                k1: distortion?[0] ?? 0, k2: distortion?[1] ?? 0)
            return Entry(
                image: image,
                camera: Camera(intrinsics: optics, pose: Pose(rotation: turn, translation: SIMD3(translation))))
        }

        private func wrong(_ what: String) -> Failure {
            Failure(.invalidInputs, "In cameras.json the camera of \(image) is wrong: \(what).")
        }
    }
}
