import Pipeline
import Testing

@testable import Imaging

@Suite struct PlateQuadTests {
    private static let plate = PlateQuad(PixelBox(x: 100, y: 80, width: 188, height: 40))

    /// A white plate with a blue band on a dark wall, drawn with soft borders.
    private static func picture() throws -> Bitmap {
        let (width, height) = (400, 200)
        let pixels = (0..<width * height).flatMap { index -> [UInt8] in
            let (x, y) = (index % width, index / width)
            guard (100..<288).contains(x), (80..<120).contains(y) else { return [70, 60, 60] }
            return x < 118 ? [20, 60, 180] : [235, 235, 230]
        }
        return try Bitmap(pixels: pixels, width: width, height: height, channels: 3)
    }

    private static func distances(_ quad: PlateQuad, _ truth: PlateQuad) -> [Double] {
        zip(quad.corners, truth.corners).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }
    }

    @Test func `a rough quad settles on the plate's borders`() throws {
        let rough = try #require(PlateQuad(corners: [[97, 83], [291, 77], [289, 121], [101, 117]]))
        let found = try rough.onEdges(of: Self.picture())
        #expect(Self.distances(found, Self.plate).allSatisfy { $0 < 0.8 }, "\(found)")
    }

    @Test func `a blue band left of a quad is measured, a wall is none`() throws {
        let (picture, inner) = (try Self.picture(), PlateQuad(PixelBox(x: 118, y: 80, width: 170, height: 40)))
        #expect(abs(try inner.band(in: picture) - 18.0 / 40) < 0.06)
        #expect(try Self.plate.band(in: picture) == 0)
        #expect(try Self.distances(inner.refined(in: picture), Self.plate).allSatisfy { $0 < 1 })
    }

    /// Maps in which each cell of a box (left, top, right, bottom, in cells) says where the box's corners are.
    private static func maps(_ size: MapSize, _ boxes: [(box: [Int], middle: Float)]) -> [Float] {
        let plane = size.width * size.height
        var maps = [Float](repeating: 0, count: 10 * plane)
        for (box, middle) in boxes {
            let corners = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]
            for y in box[1]..<box[3] {
                for x in box[0]..<box[2] {
                    let cell = y * size.width + x
                    maps[cell] = 0.9
                    for (index, corner) in corners.enumerated() {
                        maps[(2 + 2 * index) * plane + cell] = Float(corner.0) - Float(x) - 0.5
                        maps[(3 + 2 * index) * plane + cell] = Float(corner.1) - Float(y) - 0.5
                    }
                }
            }
            maps[plane + (box[1] + box[3]) / 2 * size.width + (box[0] + box[2]) / 2] = middle
        }
        return maps
    }

    @Test func `peaks become quads with the corners that their cells tell, the surest first`() throws {
        let size = MapSize(width: 60, height: 40)
        let maps = Self.maps(size, [([40, 30, 50, 33], 0.6), ([8, 10, 32, 16], 0.8)])
        let part = PixelBox(x: 100, y: 50, width: 120, height: 80)
        let found = try PlateLook.sightings(maps, size, at: part, floor: 0.3)
        #expect(found.count == 2 && abs(found[0].surface - 0.9) < 1e-6 && abs(found[0].middle - 0.8) < 1e-6)
        let truth = PlateQuad(PixelBox(x: 116, y: 70, width: 48, height: 12))
        #expect(Self.distances(found[0].quad, truth).allSatisfy { $0 < 0.01 })
        #expect(PlateSurvey.merged(found + found).count == 2)
        #expect(try PlateLook.sightings(maps, size, at: part, floor: 0.7).count == 1)
        #expect(throws: Failure.self) {
            try PlateLook.sightings([], MapSize(width: 0, height: 0), at: part, floor: 0.3)
        }
    }

    @Test func `two peaks on one plate are one plate, and corners that cross enclose what they reach`() throws {
        let size = MapSize(width: 40, height: 40)
        var maps = Self.maps(size, [([8, 10, 32, 16], 0.8)])
        maps[1600 + 12 * 40 + 12] = 0.5
        let part = PixelBox(x: 0, y: 0, width: 160, height: 160)
        #expect(try PlateLook.sightings(maps, size, at: part, floor: 0.3).count == 1)
        // The lower corners change places.
        let plane = 1600
        for cell in 0..<plane {
            maps.swapAt(6 * plane + cell, 8 * plane + cell)
            maps.swapAt(7 * plane + cell, 9 * plane + cell)
        }
        let crossed = try #require(try PlateLook.sightings(maps, size, at: part, floor: 0.3).first)
        #expect(crossed.quad.share(of: PlateQuad(PixelBox(x: 33, y: 41, width: 94, height: 22))) == 1)
    }

    @Test func `a cover is larger than its plate, by a little`() {
        let cover = Self.plate.cover
        #expect(cover.share(of: Self.plate) == 1)
        #expect(cover.height - Self.plate.height < 0.2 * Self.plate.height + 3)
        #expect(Self.plate.holds(Self.plate.centre) && !Self.plate.holds([0, 0]))
    }

    @Test func `a quad of no area stays as it is`() throws {
        let point = try #require(PlateQuad(corners: [[5, 5], [5, 5], [5, 5], [5, 5]]))
        #expect(try point.refined(in: Self.picture()) == point)
    }
}
