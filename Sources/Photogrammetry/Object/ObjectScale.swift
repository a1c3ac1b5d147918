/// How metres were found: photos alone know no size.
public struct ObjectScale: Sendable, Equatable, Codable {
    public enum Source: String, Sendable, Codable {
        /// The caller said how long the car is.
        case length
        /// The caller said how far its axles are apart, and all wheels were found.
        case wheelbase
        /// Two photos or more show a number plate, whose width is known.
        case plate
        /// The usual size of passenger cars.
        case sizeOfCars = "size_of_cars"
        /// Nobody knows: lengths are in the model's own unit.
        case ownUnit = "own_unit"
    }

    /// What can be said of lengths that nothing is known of.
    public static let ownUnit = ObjectScale(source: .ownUnit, error: 1)

    public let source: Source
    /// Standard deviation of a length over that length.
    public let error: Double

    /// What may be known of a car: the first that is decides.
    struct Known {
        /// Of the car in metres, as the caller says.
        var length: Double?
        var wheelbase: Double?
        /// What was found, in the mesh's unit.
        var wheels: WheelSet?
        var plate: PlateWidth?
        /// Of a plate in metres.
        var plateWidth = 0.52
    }

    /// Width without mirrors and height of passenger cars in metres, and what each counts: of 45 models' commonly quoted figures
    /// widths differ by 3.7 %, both together by 3.5 %; lengths and wheelbases tell next to nothing more, wheels nothing.
    private static let usual: [(size: Double, weight: Double)] = [(1.80, 0.8), (1.49, 0.2)]
    /// Bodies are so much wider than what their tyres' outer faces are apart.
    private static let overTyres = 1.022
    /// Of the size of cars, with the width of the hull and with that of the wheels.
    private static let hullError = 0.06, tyresError = 0.045

    /// Metres a unit of a mesh that stands on y = 0 and faces +z.
    static func metres(of mesh: Mesh, known: Known) -> (factor: Double, scale: ObjectScale) {
        let vertices = mesh.vertices.map { SIMD3<Double>($0) }
        let extent = Self.extent(of: vertices)
        if let length = known.length { return (length / extent.length, ObjectScale(source: .length, error: 0.01)) }
        if let wheelbase = known.wheelbase, let found = known.wheels {
            let error = (found.error / found.wheelbase * 1_000).rounded() / 1_000
            return (wheelbase / found.wheelbase, ObjectScale(source: .wheelbase, error: max(0.004, error)))
        }
        if let plate = known.plate {
            let error = (plate.error * 1_000).rounded() / 1_000
            return (known.plateWidth / plate.width, ObjectScale(source: .plate, error: error))
        }
        let tyres = known.wheels.map { 2 * abs($0.wheels[0].axle.x) * overTyres }
        let width = tyres ?? Self.width(of: vertices, height: extent.height)
        let sum = zip(usual, [width, extent.height]).reduce(0) { sum, pair in
            sum + pair.0.weight * Double.log(pair.0.size / pair.1)
        }
        let error = tyres == nil ? hullError : tyresError
        return (Double.exp(sum), ObjectScale(source: .sizeOfCars, error: error))
    }

    static func extent(of vertices: [SIMD3<Double>]) -> (height: Double, length: Double) {
        let (ends, tops) = (vertices.map(\.z), vertices.map(\.y))
        return ((tops.max() ?? 1) - (tops.min() ?? 0), (ends.max() ?? 1) - (ends.min() ?? 0))
    }

    /// Across the shoulders: above what a hull keeps between its wheels, below the mirrors.
    private static func width(of vertices: [SIMD3<Double>], height: Double) -> Double {
        let sides = vertices.filter { (0.45...0.6).contains($0.y / height) }.map { abs($0.x) }.sorted()
        return 2 * (sides.isEmpty ? height / 2 : sides[sides.count * 9 / 10])
    }
}

extension Camera {
    /// The same camera in a world whose unit is `factor` times smaller.
    func enlarged(by factor: Double) -> Camera {
        Camera(
            intrinsics: intrinsics,
            pose: Pose(rotation: pose.rotation, translation: pose.translation * factor))
    }

    /// The same camera in a world whose ground was at `height`.
    func grounded(at height: Double) -> Camera {
        let shift = pose.rotation * [0, height, 0]
        return Camera(
            intrinsics: intrinsics, pose: Pose(rotation: pose.rotation, translation: pose.translation + shift))
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
