internal import CVShim

/// One wheel of a car that stands on y = 0 along z: a disc across x.
public struct Wheel: Sendable, Equatable, Codable {
    /// Where the axle meets the wheel's outer face.
    public let axle: SIMD3<Double>
    /// Of the tyre, in the cameras' unit.
    public let radius: Double

    public init(axle: SIMD3<Double>, radius: Double) { (self.axle, self.radius) = (axle, radius) }
}

extension CVSModelOptions {
    /// The first four.
    mutating func add(_ found: [Wheel]) {
        let all = found.prefix(4).map { CVSWheel(axle: ($0.axle.x, $0.axle.y, $0.axle.z), radius: $0.radius) }
        wheel_count = all.count
        withUnsafeMutableBytes(of: &wheels) { bytes in
            bytes.withMemoryRebound(to: CVSWheel.self) { places in
                for (index, wheel) in all.enumerated() { places[index] = wheel }
            }
        }
    }
}
