import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

/// A car's plate as a formula: a blue band, letters and a dark line along its edge, in a frame, a shadow below it.
private struct DrawnPlate {
    let size: (width: Int, height: Int)
    let quad: PlateQuad
    private let origin, across, down: SIMD2<Double>
    private static let aspect = 4.7

    /// - Parameters:
    ///   - high: pixels.
    ///   - turned: degrees; it leans by as much more to the right.
    init(high: Double, turned: Double) {
        let angle = turned * .pi / 180
        across = high * SIMD2(cos(angle), sin(angle))
        down = high * SIMD2(-sin(2 * angle), cos(angle))
        size = (Int(7.5 * high) + 20, Int(4.5 * high) + 20)
        let middle = SIMD2(Double(size.width), Double(size.height)) / 2
        origin = middle - across * (Self.aspect / 2) - down / 2
        let end = origin + across * Self.aspect
        quad = PlateQuad(corners: [origin, end, end + down, origin + down])!
    }

    /// Means of 16 places a pixel.
    func photo() throws(Failure) -> Bitmap {
        let area = across.x * down.y - across.y * down.x
        return try TestPicture.make(width: size.width, height: size.height, channels: 3) { x, y, pixel in
            var sum = SIMD3<Double>()
            for part in 0..<16 {
                let offset = SIMD2(Double(part % 4), Double(part / 4)) / 4 - 0.375
                let to = SIMD2(Double(x), Double(y)) + offset - origin
                sum += Self.colour(
                    (to.x * down.y - to.y * down.x) / area, (across.x * to.y - across.y * to.x) / area)
            }
            for channel in 0..<3 { pixel[channel] = UInt8((sum[channel] / 16).rounded()) }
        }
    }

    /// In heights of the plate, from its top left.
    private static func colour(_ u: Double, _ v: Double) -> SIMD3<Double> {
        let inside = min(u, v, aspect - u, 1 - v)
        if inside < -0.09 { return paint(u, v) }
        if inside < 0 { return SIMD3(30, 31, 34) }
        if inside > 0.03, inside < 0.06 { return SIMD3(40, 40, 44) }
        if u < 0.4 { return SIMD3(30, 60, 160) }
        let isLetter = (0.2...0.8).contains(v) && (0.7...4.4).contains(u)
        return isLetter && (u * 2.4).truncatingRemainder(dividingBy: 1) < 0.4 ? SIMD3(25, 25, 28) : SIMD3(232, 233, 228)
    }

    /// Red that fades downwards, in the frame's shadow just below it.
    private static func paint(_ u: Double, _ v: Double) -> SIMD3<Double> {
        let isShaded = v > 1 && v < 1.35 && (0...aspect).contains(u)
        return SIMD3(150, 40, 36) * ((1.1 - 0.1 * v) * (isShaded ? 0.4 : 1))
    }
}

@Suite struct `A plate's sides` {
    @Test(arguments: [12.0, 30, 90], [-9.0, 0, 14])
    func `settle in a frame and above a shadow so that the cover holds the plate`(high: Double, turned: Double) throws {
        let plate = DrawnPlate(high: high, turned: turned)
        let photo = try plate.photo()
        let starts: [(left: Double, right: Double, up: Double)] = [(-0.1, 0.03, -0.05), (0, -0.08, 0.05), (-0.5, 0, 0)]
        for start in starts {
            let given = plate.quad.grown(left: start.left, right: start.right, up: start.up)
            let found = try given.refined(in: photo)
            let errors = zip(found.corners, plate.quad.corners).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }
            #expect(errors.allSatisfy { $0 < 0.5 + 0.1 * high }, "\(start): \(errors)")
            #expect(found.cover.share(of: plate.quad) == 1)
        }
    }

    @Test func `stay where nothing changes`() throws {
        let grey = try TestPicture.plain(width: 200, height: 100, [90, 90, 90])
        let quad = try #require(PlateQuad(corners: [[50, 40], [150, 40], [150, 62], [50, 62]]))
        let found = try quad.refined(in: grey)
        #expect(zip(found.corners, quad.corners).allSatisfy { (($0 - $1) * ($0 - $1)).sum() < 1e-6 })
    }
}
