import Pipeline
import TestKit
import Testing

@testable import Imaging

/// Shapes whose border is known exactly.
@Suite struct ContourTests {
    private func alpha(_ width: Int, _ height: Int, _ value: (Int, Int) -> Double) throws -> Bitmap {
        try TestPicture.make(width: width, height: height, channels: 1) { x, y, pixel in
            pixel[0] = UInt8((255 * min(1, max(0, value(x, y)))).rounded())
        }
    }

    private func disc(_ x: Int, _ y: Int) -> Double {
        let (dx, dy) = (Double(x) - 60.3, Double(y) - 44.8)
        return 30.4 - (dx * dx + dy * dy).squareRoot() + 0.5
    }

    @Test func `follows a disc's border to a tenth of a pixel`() throws {
        let contour = try Contour(of: alpha(120, 90, disc))
        #expect(contour.lines.count == 1)
        let points = contour.lines[0].points
        var worst = 0.0
        for index in stride(from: 0, to: points.count, by: 2) {
            let (dx, dy) = (Double(points[index]) - 60.3, Double(points[index + 1]) - 44.8)
            worst = max(worst, abs((dx * dx + dy * dy).squareRoot() - 30.4))
        }
        #expect(worst < 0.1)
        #expect(abs(contour.lines[0].area - Double.pi * 30.4 * 30.4) < 3)
        #expect(contour.lines[0].cut.isEmpty)
    }

    @Test func `gives holes a negative area and keeps them apart`() throws {
        let ring = try Contour(of: alpha(120, 90) { x, y in min(disc(x, y), 1 - disc(x, y) + 20) })
        #expect(ring.lines.count == 2)
        #expect(ring.lines[0].area > 0)
        #expect(ring.lines[1].area < 0)
        #expect(abs(ring.lines[1].area + Double.pi * 10.4 * 10.4) < 12)
    }

    @Test func `marks where the picture's border cuts the object`() throws {
        let contour = try Contour(of: alpha(80, 60) { x, _ in x < 30 ? 1 : 0 })
        let line = contour.lines[0]
        #expect(contour.lines.count == 1)
        let cut = line.cut.flatMap { Array($0[0]...$0[1]) }
        let isCut = Set(cut)
        for index in 0..<line.points.count / 2 {
            let (x, y) = (line.points[2 * index], line.points[2 * index + 1])
            #expect(isCut.contains(index) == (x < 0 || y < 0 || y > 59), "\(x) \(y)")
        }
        #expect(abs(line.area - 30 * 60) < 1)
    }

    @Test func `parts two corners that touch and joins two that overlap`() throws {
        let apart = try Contour(of: alpha(8, 8) { x, y in (x < 4) == (y < 4) ? 0.9 : 0 }, leastArea: 0)
        let joined = try Contour(of: alpha(8, 8) { x, y in (x < 4) == (y < 4) ? 1 : 0.3 }, leastArea: 0)
        #expect(apart.lines.count == 2)
        #expect(joined.lines.count == 1)
    }

    @Test func `leaves out specks and finds nothing in an empty alpha`() throws {
        let specks = try alpha(60, 60) { x, y in
            x == 9 && y == 9 || (20..<50).contains(x) && (20..<50).contains(y) ? 1 : 0
        }
        #expect(try Contour(of: specks).lines.count == 1)
        #expect(try Contour(of: specks, leastArea: 0).lines.count == 2)
        #expect(try Contour(of: alpha(9, 9) { _, _ in 0 }).lines.isEmpty)
    }

    @Test func `refuses a picture with colours and stops when it is cancelled`() throws {
        let colours = try TestPicture.make(width: 20, height: 20, channels: 3) { _, _, _ in }
        #expect(throws: Failure.self) { try Contour(of: colours) }
        let flag = CancelFlag()
        flag.raise()
        #expect(throws: Failure.self) { try Contour(of: alpha(20, 20) { _, _ in 1 }, cancel: flag) }
    }
}
