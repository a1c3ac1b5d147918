/// How metres were found: photos alone know no size.
public struct ObjectScale: Sendable, Equatable, Codable {
    public enum Source: String, Sendable, Codable {
        /// The caller said how long the car is.
        case length
        /// The usual size of passenger cars.
        case sizeOfCars = "size_of_cars"
    }

    public let source: Source
    /// Standard deviation of a length over that length.
    public let error: Double

    /// Width without mirrors, height and length of passenger cars in metres, and what each counts: widths differ least.
    private static let usual: [(size: Double, weight: Double)] = [(1.82, 0.6), (1.52, 0.2), (4.40, 0.2)]

    /// Metres a unit of a mesh that stands on y = 0 and faces +z.
    ///
    /// - Parameter length: of the car in metres; nil takes the usual size.
    static func metres(of mesh: Mesh, length: Double?) -> (factor: Double, scale: ObjectScale) {
        let vertices = mesh.vertices.map { SIMD3<Double>($0) }
        let ends = vertices.map(\.z)
        let tops = vertices.map(\.y)
        let found = (height: (tops.max() ?? 1) - (tops.min() ?? 0), length: (ends.max() ?? 1) - (ends.min() ?? 0))
        if let length { return (length / found.length, ObjectScale(source: .length, error: 0.01)) }
        // Doors and wings: above the sills, below the mirrors.
        let sides = vertices.filter { (0.25...0.45).contains($0.y / found.height) }.map { abs($0.x) }.sorted()
        let width = 2 * (sides.isEmpty ? found.height / 2 : sides[sides.count * 98 / 100])
        let sum = zip(usual, [width, found.height, found.length]).reduce(0) { sum, pair in
            sum + pair.0.weight * Double.log(pair.0.size / pair.1)
        }
        return (Double.exp(sum), ObjectScale(source: .sizeOfCars, error: 0.06))
    }
}

extension Camera {
    /// The same camera in a world whose unit is `factor` times smaller.
    func enlarged(by factor: Double) -> Camera {
        Camera(
            intrinsics: intrinsics,
            pose: Pose(rotation: pose.rotation, translation: pose.translation * factor))
    }

    /// The same camera with its picture shrunk so that no side is longer.
    func shrunk(toSide side: Int) -> Camera {
        let factor = Double(side) / Double(max(intrinsics.width, intrinsics.height))
        guard factor < 1 else { return self }
        let width = max(1, Int((Double(intrinsics.width) * factor).rounded()))
        let height = max(1, Int((Double(intrinsics.height) * factor).rounded()))
        return Camera(intrinsics: intrinsics.scaled(toWidth: width, height: height), pose: pose)
    }
}
