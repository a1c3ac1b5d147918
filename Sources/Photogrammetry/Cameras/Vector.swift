internal import Foundation

extension SIMD3<Double> {
    func dot(_ other: Self) -> Double { (self * other).sum() }

    func cross(_ other: Self) -> Self {
        [y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x]
    }

    var norm: Double { dot(self).squareRoot() }
}

// Foundation's functions under names that a type's own `cos` or `angle` can't hide.
extension Double {
    static func cos(_ angle: Double) -> Double { Foundation.cos(angle) }
    static func sin(_ angle: Double) -> Double { Foundation.sin(angle) }
    static func exp(_ power: Double) -> Double { Foundation.exp(power) }
    static func log(_ value: Double) -> Double { Foundation.log(value) }
    static func atan2(_ y: Double, _ x: Double) -> Double { Foundation.atan2(y, x) }
}
