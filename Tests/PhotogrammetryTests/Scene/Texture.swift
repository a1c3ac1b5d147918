import Foundation
import Imaging
import Pipeline
import TestKit

/// Noise of several grains that is the same everywhere it is asked for: something to recognise.
struct Texture: Sendable {
    private static let side = 128
    private let grid: [Double]

    init(seed: UInt64) {
        var random = SplitMix(seed: seed)
        grid = (0..<(Self.side * Self.side)).map { _ in random.unit() }
    }

    /// 0...255 at a place, one unit being a grain.
    func value(_ u: Double, _ v: Double) -> Double { 140 * smooth(u, v) + 80 * smooth(2.7 * u + 31, 2.7 * v + 17) + 15 }

    private func smooth(_ u: Double, _ v: Double) -> Double {
        let (left, top) = (u.rounded(.down), v.rounded(.down))
        let (fu, fv) = (u - left, v - top)
        let (x, y) = (Int(left) & (Self.side - 1), Int(top) & (Self.side - 1))
        let (right, below) = ((x + 1) & (Self.side - 1), (y + 1) & (Self.side - 1))
        let (su, sv) = (fu * fu * (3 - 2 * fu), fv * fv * (3 - 2 * fv))
        let upper = grid[y * Self.side + x] * (1 - su) + grid[y * Self.side + right] * su
        let lower = grid[below * Self.side + x] * (1 - su) + grid[below * Self.side + right] * su
        return upper * (1 - sv) + lower * sv
    }

    func picture(width: Int, height: Int, shift: SIMD2<Double> = .zero) throws(Failure) -> Bitmap {
        try TestPicture.make(width: width, height: height, channels: 1) { x, y, pixel in
            pixel[0] = UInt8(value((Double(x) - shift.x) / 6, (Double(y) - shift.y) / 6))
        }
    }
}

/// A small generator with a seed (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    /// Of a normal distribution (Box, Muller 1958).
    mutating func normal(_ sigma: Double) -> Double {
        sigma * (-2 * log(max(unit(), 1e-300))).squareRoot() * cos(2 * .pi * unit())
    }
}
