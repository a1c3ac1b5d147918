import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

@Suite struct CarPartsTests {
    private static let pool = SessionPool(limit: 2)

    private static func network(_ name: String) throws -> NeuralSession {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        return try pool.session(of: store.model(name), in: store, precision: .f32, threads: 2)
    }

    /// Parts of one of our car's photos at half its size, cut out.
    private static func parts(_ view: Int) throws -> (parts: CarParts, alpha: Bitmap) {
        let photo = try ImageFile.decode(Fixtures.carPhotos[view], as: .rgb).resized(width: 800, height: 534)
        let alpha = try ImageFile.decode(Fixtures.carMasks[view], as: .grey).resized(width: 800, height: 534)
        let cut = try photo.cutOut(by: alpha).flattened(over: .black)
        let parts = try CarParts(of: cut, alpha: alpha, by: network("vehicles"), drawing: network("parts"))
        return (parts, alpha)
    }

    /// Middles and share of the pixels of a mask's half.
    private static func extent(_ mask: Bitmap, left: Bool) -> (x: Double, y: Double, share: Double) {
        mask.withPixels { pixels in
            var (x, y, count) = (0, 0, 0)
            for index in pixels.indices where pixels[index] >= 128 && (index % mask.width < mask.width / 2) == left {
                (x, y, count) = (x + index % mask.width, y + index / mask.width, count + 1)
            }
            let all = Double(max(count, 1))
            return (Double(x) / all, Double(y) / all, Double(count) / Double(pixels.count))
        }
    }

    @Test func `finds panes and wheels of a cut-out car`() throws {
        let (parts, alpha) = try Self.parts(2)
        #expect((0.06...0.25).contains(parts.glassShare) && (0.08...0.3).contains(parts.wheelShare))
        let masks = try parts.masks(width: alpha.width, height: alpha.height)
        #expect(masks.glass.width == 800 && masks.glass.height == 534 && masks.wheels.channels == 1)
        // The axles are 2.64 m apart, seen from the left at 5.5 m, and 1333 / 2 pixels are the focal length.
        let (front, rear) = (Self.extent(masks.wheels, left: true), Self.extent(masks.wheels, left: false))
        #expect(abs(rear.x - front.x - 2.64 * 1_333.3 / 2 / 5.0) < 30, "\(front) \(rear)")
        #expect(abs(front.y - rear.y) < 20 && front.share > 0.004 && rear.share > 0.004)
        #expect(Self.extent(masks.glass, left: true).y < front.y - 40)
    }

    @Test func `masks are as small as is asked for, and lie in the same place`() throws {
        let (parts, alpha) = try Self.parts(2)
        let whole = Self.extent(try parts.masks(width: alpha.width, height: alpha.height).wheels, left: true)
        let small = try parts.masks(width: alpha.width, height: alpha.height, longestSide: 200)
        #expect(small.wheels.width == 200 && small.wheels.height == 134)
        let place = Self.extent(small.wheels, left: true)
        #expect(abs(place.x * 4 - whole.x) < 6 && abs(place.y * 4 - whole.y) < 6)
    }

    @Test func `an empty alpha has no parts`() throws {
        let photo = try TestPicture.plain(width: 64, height: 48, [9, 9, 9])
        let empty = try TestPicture.plain(width: 64, height: 48, [0])
        let failure = #expect(throws: Failure.self) {
            try CarParts(of: photo, alpha: empty, by: Self.network("vehicles"), drawing: Self.network("parts"))
        }
        #expect(failure?.code == .noUsableViews)
    }
}
