import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

/// A disc whose every pixel's true cover is known.
@Suite struct RefinementTests {
    private static let width = 480
    private static let height = 360
    private static let front: [Double] = [190, 40, 35]
    private static let back: [Double] = [90, 150, 110]

    /// Share of the disc of a radius of 110 pixels round (241.3, 176.8) in a pixel.
    private func cover(_ x: Double, _ y: Double) -> Double {
        let distance = ((x - 241.3) * (x - 241.3) + (y - 176.8) * (y - 176.8)).squareRoot()
        return min(1, max(0, 110 - distance + 0.5))
    }

    private func picture() throws -> Bitmap {
        try TestPicture.make(width: Self.width, height: Self.height, channels: 3) { x, y, pixel in
            let share = cover(Double(x), Double(y))
            for c in 0..<3 {
                let wave = 6 * sin(0.7 * Double(x) + 0.4 * Double(y) + Double(c))
                pixel[c] = UInt8((share * (Self.front[c] + wave) + (1 - share) * (Self.back[c] - wave)).rounded())
            }
        }
    }

    private func truth() throws -> Bitmap {
        try TestPicture.make(width: Self.width, height: Self.height, channels: 1) { x, y, pixel in
            pixel[0] = UInt8((255 * cover(Double(x), Double(y))).rounded())
        }
    }

    /// What a network of few cells sees: the cover's mean over a cell and its neighbours.
    private func look(side: Int) throws -> Look {
        let (across, down) = (Double(Self.width) / Double(side), Double(Self.height) / Double(side))
        let map = (0..<side * side).map { index -> Float in
            var sum = 0.0
            for i in 0..<9 {
                for j in 0..<9 {
                    let x = (Double(index % side) - 0.5 + (Double(i) + 0.5) / 4.5) * across - 0.5
                    let y = (Double(index / side) - 0.5 + (Double(j) + 0.5) / 4.5) * down - 0.5
                    sum += cover(x, y)
                }
            }
            return Float(sum / 81)
        }
        return try Look(
            at: PixelBox(x: 0, y: 0, width: Self.width, height: Self.height), map: map,
            size: MapSize(width: side, height: side))
    }

    @Test func `brings a coarse border to the picture's edge within half a pixel`() throws {
        let alpha = try look(side: 80).refined(picture(), cancel: nil)
        var worst = 0.0
        alpha.withPixels { pixels in
            for y in stride(from: 70, to: 285, by: 5) {
                let row = (0..<Self.width).reduce(0.0) { $0 + Double(pixels[y * Self.width + $1]) / 255 }
                let exact = (0..<Self.width).reduce(0.0) { $0 + cover(Double($1), Double(y)) }
                worst = max(worst, abs(row - exact) / 2)
            }
        }
        #expect(worst < 0.5, "half the error of a row's width: \(worst) pixels")
    }

    @Test func `is full inside and empty outside`() throws {
        let alpha = try look(side: 80).refined(picture(), cancel: nil)
        #expect(alpha.pixel(241, 177) == [255])
        #expect(alpha.pixel(10, 10) == [0])
        #expect(alpha.width == Self.width && alpha.height == Self.height && alpha.channels == 1)
    }

    @Test func `gives the same bytes twice`() throws {
        let (look, picture) = (try look(side: 60), try picture())
        let first = try look.refined(picture, cancel: nil)
        #expect(try look.refined(picture, cancel: nil).largestDifference(to: first) == 0)
    }

    @Test func `takes the background's light out of the edge`() throws {
        let cutout = try picture().cutOut(by: truth())
        var worst = 0.0
        for y in 0..<Self.height {
            for x in 0..<Self.width where (0.15...0.95).contains(cover(Double(x), Double(y))) {
                let pixel = cutout.pixel(x, y)
                for c in 0..<3 { worst = max(worst, abs(Double(pixel[c]) - Self.front[c])) }
            }
        }
        #expect(worst < 26, "an edge colour is \(worst) from the object's; the background is up to 110 away")
    }

    @Test func `leaves opaque pixels as they are and clears transparent ones`() throws {
        let picture = try picture()
        let cutout = try picture.cutOut(by: truth())
        #expect(cutout.channels == 4)
        #expect(cutout.pixel(241, 177) == picture.pixel(241, 177) + [255])
        #expect(cutout.pixel(5, 5) == [0, 0, 0, 0])
    }

    @Test func `cuts nothing out by an empty alpha`() throws {
        let picture = try picture()
        let cutout = try picture.cutOut(by: .empty(like: picture))
        #expect(cutout.withPixels { $0.allSatisfy { $0 == 0 } })
    }

    @Test func `stops when it is cancelled`() throws {
        let flag = CancelFlag()
        flag.raise()
        let (look, picture, alpha) = (try look(side: 60), try picture(), try truth())
        #expect(throws: Failure(.cancelled, "The job was cancelled.")) { try look.refined(picture, cancel: flag) }
        #expect(throws: Failure(.cancelled, "The job was cancelled.")) { try picture.cutOut(by: alpha, cancel: flag) }
    }

    @Test func `refuses an alpha of another size`() throws {
        let small = try TestPicture.plain(width: 4, height: 4, [255])
        #expect(throws: Failure.self) { try picture().cutOut(by: small) }
    }

    @Test func `grows and compares boxes`() throws {
        let picture = try TestPicture.plain(width: 100, height: 50, [0, 0, 0])
        let box = PixelBox(x: 40, y: 10, width: 20, height: 10)
        #expect(box.grown(by: 0.5, within: picture) == PixelBox(x: 30, y: 0, width: 40, height: 30))
        #expect(box.overlap(with: box) == 1)
        #expect(box.overlap(with: PixelBox(x: 50, y: 10, width: 20, height: 10)) == 1.0 / 3)
        #expect(box.overlap(with: PixelBox(x: 90, y: 10, width: 5, height: 5)) == 0)
    }
}
