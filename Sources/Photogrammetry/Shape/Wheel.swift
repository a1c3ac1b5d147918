internal import CVShim

/// One wheel of a car that stands on y = 0 along z: a disc across x.
public struct Wheel: Sendable, Equatable, Codable {
    /// Where the axle meets the wheel's outer face.
    public let axle: SIMD3<Double>
    /// Of the tyre, in the cameras' unit.
    public let radius: Double

    public init(axle: SIMD3<Double>, radius: Double) { (self.axle, self.radius) = (axle, radius) }
}

extension Wheel {
    init(_ shim: CVSWheel) {
        self.init(axle: [shim.axle.0, shim.axle.1, shim.axle.2], radius: shim.radius)
    }

    var shim: CVSWheel { CVSWheel(axle: (axle.x, axle.y, axle.z), radius: radius) }

    /// The same wheel in a world whose ground was at `height`.
    func grounded(at height: Double) -> Wheel { Wheel(axle: axle - [0, height, 0], radius: radius) }

    /// The same wheel in a world whose unit is `factor` times smaller.
    func enlarged(by factor: Double) -> Wheel { Wheel(axle: axle * factor, radius: radius * factor) }
}

extension CVSModelOptions {
    /// The first four.
    mutating func add(_ found: [Wheel]) {
        wheel_count = min(4, found.count)
        withUnsafeMutableBytes(of: &wheels) { fill($0, with: found) }
    }
}

extension CVSHullOptions {
    /// The first four.
    mutating func add(_ found: [Wheel]) {
        wheel_count = min(4, found.count)
        withUnsafeMutableBytes(of: &wheels) { fill($0, with: found) }
    }
}

/// Four wheels of the shim.
private func fill(_ bytes: UnsafeMutableRawBufferPointer, with wheels: [Wheel]) {
    bytes.withMemoryRebound(to: CVSWheel.self) { places in
        for (index, wheel) in wheels.prefix(places.count).enumerated() { places[index] = wheel.shim }
    }
}
