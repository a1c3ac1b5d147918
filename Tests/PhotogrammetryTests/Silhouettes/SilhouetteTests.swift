import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Testing

@Suite("Silhouettes")
struct SilhouetteTests {
    /// The share of every pixel that a disc covers, as a lens would give it.
    static func disc(
        width: Int, height: Int, x: Double, y: Double, radius: Double, hole: Double = 0
    ) throws -> Bitmap {
        var pixels = [UInt8](repeating: 0, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let away = hypot(Double(column) - x, Double(row) - y)
                let cover = min(max(radius - away + 0.5, 0), 1) * min(max(away - hole + 0.5, 0), 1)
                pixels[row * width + column] = UInt8((hole > 0 ? cover : min(max(radius - away + 0.5, 0), 1)) * 255)
            }
        }
        return try Bitmap(pixels: pixels, width: width, height: height, channels: 1)
    }

    @Test(arguments: [160, 80, 40])
    func `measures a disc to a fraction of a pixel`(longestSide: Int) throws {
        let alpha = try Self.disc(width: 160, height: 120, x: 70.3, y: 61.8, radius: 40)
        let silhouette = try Silhouette(alpha: alpha, longestSide: longestSide)
        #expect(silhouette.width == 160 && silhouette.height == 120 && silhouette.cutShare == 0)
        #expect(abs(silhouette.area - .pi * 1600) < 20)
        for angle in stride(from: 0.0, to: 6.2, by: 0.31) {
            for radius in [20.0, 37, 40, 43, 55] {
                let found = silhouette.distance(x: 70.3 + radius * cos(angle), y: 61.8 + radius * sin(angle))
                #expect(try abs(#require(found) - (40 - radius)) < 0.25)
            }
        }
    }

    @Test func `fills holes and takes specks for nothing`() throws {
        let ring = try Self.disc(width: 160, height: 120, x: 60, y: 60, radius: 40, hole: 20)
        var pixels = ring.withPixels(Array.init)
        for row in 20..<24 { for column in 140..<144 { pixels[row * 160 + column] = 255 } }
        let alpha = try Bitmap(pixels: pixels, width: 160, height: 120, channels: 1)
        let silhouette = try Silhouette(alpha: alpha, longestSide: 160)
        #expect(try abs(#require(silhouette.distance(x: 60, y: 60)) - 40) < 0.6)
        #expect(try #require(silhouette.distance(x: 142, y: 22)) < -40)
    }

    @Test func `knows nothing beyond a border that cuts the object`() throws {
        let alpha = try Self.disc(width: 160, height: 120, x: 150, y: 60, radius: 40)
        let silhouette = try Silhouette(alpha: alpha, longestSide: 160)
        #expect(silhouette.cutShare > 0.2)
        #expect(silhouette.distance(x: 170, y: 60) == nil)
        // Nor does the cut count as an outline: from there it is as far as the disc's own edge.
        #expect(try #require(silhouette.distance(x: 159, y: 60)) > 30)
        #expect(try abs(#require(silhouette.distance(x: 80, y: -20)) + 66) < 8)
    }

    @Test func `goes on from the border where nothing is cut`() throws {
        let alpha = try Self.disc(width: 160, height: 120, x: 70, y: 60, radius: 40)
        let silhouette = try Silhouette(alpha: alpha, longestSide: 160)
        #expect(try abs(#require(silhouette.distance(x: 70, y: -30)) + 50) < 0.5)
    }

    @Test func `takes an empty and a full alpha`() throws {
        for value: UInt8 in [0, 255] {
            let alpha = try Bitmap(
                pixels: [UInt8](repeating: value, count: 64 * 48), width: 64, height: 48, channels: 1)
            let silhouette = try Silhouette(alpha: alpha)
            #expect(abs(silhouette.area - (value == 0 ? 0 : 64 * 48)) <= 0.5)  // the traced line cuts the corners
            #expect(silhouette.cutShare == (value == 0 ? 0 : 1))
            #expect(try (#require(silhouette.distance(x: 30, y: 20)) > 0) == (value == 255))
        }
    }

    @Test func `refuses colour and stops when told to`() throws {
        let colour = try Bitmap(pixels: [UInt8](repeating: 9, count: 192), width: 8, height: 8, channels: 3)
        #expect(throws: Failure.self) { try Silhouette(alpha: colour) }
        let cancel = CancelFlag()
        cancel.raise()
        let alpha = try Self.disc(width: 32, height: 32, x: 16, y: 16, radius: 8)
        let failure = #expect(throws: Failure.self) { try Silhouette(alpha: alpha, cancel: cancel) }
        #expect(failure?.code == .cancelled)
    }
}
