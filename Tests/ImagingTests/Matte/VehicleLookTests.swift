import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

@Suite struct VehicleLookTests {
    private static let pool = SessionPool(limit: 2)

    private static func network(_ name: String) throws -> NeuralSession {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        return try pool.session(of: store.model(name), in: store, precision: .f32, threads: 2)
    }

    /// One of our car's photos at a quarter of its size, and where the car is.
    private static func car(_ view: Int) throws -> (photo: Bitmap, mask: [UInt8]) {
        let photo = try ImageFile.decode(Fixtures.carPhotos[view], as: .rgb).resized(width: 400, height: 267)
        let mask = try ImageFile.decode(Fixtures.carMasks[view], as: .grey).resized(width: 400, height: 267)
        return (photo, mask.withPixels { Array($0) })
    }

    private static func box(_ mask: [UInt8], width: Int) -> PixelBox {
        let inside = mask.indices.filter { mask[$0] >= 128 }
        let (x, y) = (inside.map { $0 % width }, inside.map { $0 / width })
        let (left, top) = (x.min() ?? 0, y.min() ?? 0)
        return PixelBox(x: left, y: top, width: (x.max() ?? 0) + 1 - left, height: (y.max() ?? 0) + 1 - top)
    }

    /// A look that says `value` inside a box of its cells.
    private func look(_ rect: PixelBox, _ size: MapSize, _ box: PixelBox, _ value: Float = 1) throws -> Look {
        let cells = (0..<size.width * size.height).map { index in
            let (x, y) = (index % size.width, index / size.width)
            return (box.x..<box.x + box.width).contains(x) && (box.y..<box.y + box.height).contains(y) ? value : 0
        }
        return try Look(at: rect, map: cells, size: size)
    }

    @Test(arguments: [0, 1, 2, 5]) func `finds our own car`(view: Int) throws {
        let (photo, mask) = try Self.car(view)
        let looks = try VehicleLook.looks(at: photo, by: Self.network("vehicles"), cancel: nil)
        let found = try #require(looks.last)
        #expect(found.isSure)
        #expect(try #require(found.main.box).overlap(with: Self.box(mask, width: 400)) > 0.8)
    }

    @Test func `takes the car, not the larger thing behind it that stands out more`() throws {
        let (photo, mask) = try Self.car(2)
        let bytes = photo.withPixels { Array($0) }
        let painted = bytes.indices.map { index in
            let (x, y) = (index / 3 % 400, index / 3 / 400)
            let inside = (110..<330).contains(x) && (8..<150).contains(y) && mask[index / 3] == 0
            return inside ? [230, 90, 20][index % 3] : bytes[index]
        }
        let scene = try Bitmap(pixels: painted, width: 400, height: 267, channels: 3)
        let session = try Self.network("u2netp")
        func right(_ vehicles: NeuralSession?) throws -> Double {
            let alpha = try Matte(of: scene, by: session, vehicles: vehicles).alpha.withPixels { Array($0) }
            let shared = alpha.indices.count { alpha[$0] >= 128 && mask[$0] >= 128 }
            return Double(shared) / Double(alpha.indices.count { alpha[$0] >= 128 || mask[$0] >= 128 })
        }
        #expect(try right(Self.network("vehicles")) > 0.85)
        #expect(try right(nil) < 0.7)
    }

    @Test func `sees no vehicle in a pattern`() throws {
        let tiles = try TestPicture.make(width: 320, height: 240, channels: 3) { x, y, pixel in
            for c in 0..<3 { pixel[c] = (x / 40 + y / 40) % 2 == 0 ? 220 : UInt8(60 + 40 * c) }
        }
        let found = try VehicleLook.looks(at: tiles, by: Self.network("vehicles"), cancel: nil)
        #expect(found.count == 1)
        #expect(found.allSatisfy { !$0.isLikely && !$0.isSure })
    }

    @Test func `measures how much of an object lies where vehicles are`() throws {
        let size = MapSize(width: 20, height: 10)
        let whole = PixelBox(x: 0, y: 0, width: 200, height: 100)
        let any = (0..<200).map { Float($0 % 20 < 10 ? 1 : 0) }
        let seen = VehicleLook(main: try look(whole, size, PixelBox(x: 2, y: 2, width: 6, height: 6)), any: any)
        #expect(seen.share(of: seen.main) == 1)
        let beside = try look(whole, size, PixelBox(x: 12, y: 2, width: 6, height: 6))
        #expect(seen.share(of: beside) == 0)
        // Of a closer look from x = 80 to 120: one half of its cells.
        let closer = PixelBox(x: 80, y: 0, width: 40, height: 100)
        let across = try look(closer, MapSize(width: 40, height: 10), PixelBox(x: 0, y: 2, width: 40, height: 6))
        #expect(abs(seen.share(of: across) - 0.5) < 0.01)
        #expect(seen.share(of: try look(whole, size, PixelBox(x: 0, y: 0, width: 0, height: 0))) == 0)
    }

    @Test func `is sure of one large vehicle alone`() throws {
        let size = MapSize(width: 40, height: 40)
        let whole = PixelBox(x: 0, y: 0, width: 400, height: 400)
        let any = [Float](repeating: 1, count: 1600)
        let large = PixelBox(x: 10, y: 10, width: 20, height: 20)
        let alone = VehicleLook(main: try look(whole, size, large), any: any)
        #expect(alone.isLikely && alone.isSure)
        let small = VehicleLook(main: try look(whole, size, PixelBox(x: 18, y: 18, width: 4, height: 4)), any: any)
        #expect(small.isLikely && !small.isSure)
        let faint = VehicleLook(main: try look(whole, size, large, 0.4), any: any)
        #expect(!faint.isLikely && !faint.isSure)
        let unlike = VehicleLook(main: try look(whole, size, large), any: any.map { $0 * 0.1 })
        #expect(!unlike.isLikely && !unlike.isSure)
        let pair = (0..<1600).map { index in
            let (x, y) = (index % 40, index / 40)
            return (12..<28).contains(y) && ((3..<18).contains(x) || (21..<37).contains(x)) ? Float(1) : 0
        }
        let two = VehicleLook(main: try Look(at: whole, map: pair, size: size), any: any)
        #expect(two.isLikely && !two.isSure)
    }
}
