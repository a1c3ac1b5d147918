import Pipeline
import Testing

@testable import Imaging

/// Maps made from discs and boxes, 100 cells a side.
@Suite struct MainObjectTests {
    private static let side = 100

    private struct Disc {
        var x: Double
        var y: Double
        var radius: Double
        var value: Float = 1
    }

    private func map(_ discs: [Disc]) -> [Float] {
        (0..<Self.side * Self.side).map { index in
            let (x, y) = (Double(index % Self.side), Double(index / Self.side))
            return discs.reduce(0) { value, disc in
                let distance = ((x - disc.x) * (x - disc.x) + (y - disc.y) * (y - disc.y)).squareRoot()
                return distance <= disc.radius ? disc.value : value
            }
        }
    }

    private func value(_ map: [Float], _ x: Int, _ y: Int) -> Float { map[y * Self.side + x] }

    @Test func `finds the box and the area of one object`() throws {
        var cells = map([Disc(x: 50, y: 40, radius: 20)])
        let object = try #require(
            try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency))
        #expect(object.box == PixelBox(x: 30, y: 20, width: 41, height: 41))
        #expect(abs(object.area - 0.1257) < 0.002)
        #expect(object.rival == 0)
        #expect(object.certainty == 1)
    }

    @Test func `prefers the object in the middle to a larger one at the edge`() throws {
        var cells = map([Disc(x: 8, y: 50, radius: 22), Disc(x: 52, y: 50, radius: 18)])
        let object = try #require(
            try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency))
        #expect(object.box.x == 34)
        #expect(object.rival > 0.2)
        #expect(value(cells, 8, 50) == 0)
        #expect(value(cells, 52, 50) == 1)
    }

    @Test func `looks where it is told`() throws {
        var cells = map([Disc(x: 20, y: 50, radius: 12), Disc(x: 80, y: 50, radius: 12)])
        let object = try #require(
            try MainObject.choose(
                in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency, focus: (0.8, 0.5)))
        #expect(object.box.x == 68)
    }

    @Test func `keeps a small part close by and drops one far off`() throws {
        var cells = map([
            Disc(x: 50, y: 50, radius: 20), Disc(x: 73, y: 50, radius: 2), Disc(x: 93, y: 93, radius: 2),
        ])
        _ = try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        #expect(value(cells, 73, 50) == 1)
        #expect(value(cells, 93, 93) == 0)
    }

    @Test func `keeps a part that faint cells tie to it, and drops one as near that nothing ties`() throws {
        let body = Disc(x: 50, y: 50, radius: 30)
        // A mirror at the right on an arm that the network hardly sees; a letter on the wall at the upper left.
        let arm = (80...85).map { Disc(x: Double($0), y: 50, radius: 0.5, value: 0.2) }
        var cells = map([body] + arm + [Disc(x: 87, y: 50, radius: 2), Disc(x: 24, y: 24, radius: 2)])
        _ = try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        #expect(value(cells, 87, 50) == 1)
        #expect(value(cells, 24, 24) == 0)
    }

    @Test func `drops a part that sticks out far, though faint cells tie it`() throws {
        let arm = (70...90).map { Disc(x: Double($0), y: 50, radius: 0.5, value: 0.2) }
        var cells = map([Disc(x: 50, y: 50, radius: 20)] + arm + [Disc(x: 92, y: 50, radius: 3)])
        _ = try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        #expect(value(cells, 92, 50) == 0)
    }

    @Test func `closes a hole in the body but not a wide opening`() throws {
        var cells = map([Disc(x: 50, y: 50, radius: 40), Disc(x: 40, y: 50, radius: 4, value: 0)])
        _ = try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        #expect(value(cells, 40, 50) > 0.5)
        var ring = map([Disc(x: 50, y: 50, radius: 40), Disc(x: 50, y: 50, radius: 25, value: 0)])
        _ = try MainObject.choose(in: &ring, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        #expect(value(ring, 50, 50) == 0)
    }

    @Test func `makes a hazy inside solid`() throws {
        var cells = map([Disc(x: 50, y: 50, radius: 30), Disc(x: 50, y: 50, radius: 15, value: 0.7)])
        _ = try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        #expect(value(cells, 50, 50) == 1)
    }

    @Test func `finds nothing in an even map`() throws {
        var cells = [Float](repeating: 0.4, count: Self.side * Self.side)
        #expect(
            try MainObject.choose(in: &cells, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
                == nil)
        #expect(cells.allSatisfy { $0 == 0 })
    }

    @Test func `refuses a map without numbers or of another size`() {
        var broken = [Float](repeating: .nan, count: Self.side * Self.side)
        #expect(throws: Failure.self) {
            try MainObject.choose(in: &broken, of: MapSize(width: Self.side, height: Self.side), reading: .saliency)
        }
        var short = [Float](repeating: 0, count: 7)
        #expect(throws: Failure.self) {
            try MainObject.choose(in: &short, of: MapSize(width: 3, height: 3), reading: .saliency)
        }
    }
}
