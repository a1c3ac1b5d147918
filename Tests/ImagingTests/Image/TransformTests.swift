import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `Transforms` {
    @Test func `area means are exact`() throws {
        let picture = try TestPicture.make(width: 6, height: 4, channels: 1) { x, y, pixel in
            pixel[0] = UInt8(x * 20 + y * 10)
        }
        let half = try picture.resized(width: 3, height: 2, filter: .area)
        #expect((0..<2).map { y in (0..<3).map { half.pixel($0, y)[0] } } == [[15, 55, 95], [35, 75, 115]])
    }

    @Test func `area means weigh pixels that are covered in part`() throws {
        let picture = try Bitmap(pixels: [0, 90, 240], width: 3, height: 1, channels: 1)
        let two = try picture.resized(width: 2, height: 1, filter: .area)
        #expect(two.pixel(0, 0) == [30] && two.pixel(1, 0) == [190])
    }

    @Test(arguments: [Bitmap.Filter.area, .lanczos, .linear], [1, 3, 4])
    func `a plain picture stays plain at every size`(filter: Bitmap.Filter, channels: Int) throws {
        let values = Array([201, 77, 3, 255].prefix(channels)) as [UInt8]
        let picture = try TestPicture.plain(width: 37, height: 23, values)
        for (width, height) in [(1, 1), (5, 7), (37, 22), (90, 11), (200, 200)] {
            let other = try picture.resized(width: width, height: height, filter: filter)
            #expect(try other.largestDifference(to: TestPicture.plain(width: width, height: height, values)) == 0)
        }
    }

    @Test func `Lanczos shrinks without aliasing and keeps position`() throws {
        let stripes = try TestPicture.make(width: 400, height: 40, channels: 1) { x, _, pixel in
            pixel[0] = x % 2 == 0 ? 0 : 255
        }
        let grey = try stripes.resized(width: 57, height: 20)
        #expect((5..<52).allSatisfy { abs(Int(grey.pixel($0, 10)[0]) - 128) <= 3 })
        let scene = try TestPicture.scene(width: 240, height: 180)
        let there = try scene.resized(width: 120, height: 90).resized(width: 240, height: 180)
        #expect(scene.peakSignalToNoise(to: there) > 30)
    }

    @Test func `invisible colours do not bleed`() throws {
        let picture = try TestPicture.make(width: 40, height: 40, channels: 4) { x, _, pixel in
            (pixel[0], pixel[1], pixel[2], pixel[3]) = x < 20 ? (200, 10, 10, 255) : (0, 255, 0, 0)
        }
        let small = try picture.resized(width: 13, height: 13, filter: .area)
        for x in 0..<13 where small.pixel(x, 6)[3] > 0 { #expect(small.pixel(x, 6)[1] <= 11) }
    }

    @Test func `refuses sizes that are none`() throws {
        let picture = try TestPicture.scene(width: 10, height: 10)
        for (width, height) in [(0, 5), (5, 0), (-1, 5), (70_000, 5)] {
            #expect(throws: Failure.self) { try picture.resized(width: width, height: height) }
        }
        let cancel = CancelFlag()
        cancel.raise()
        let failure = #expect(throws: Failure.self) { try picture.resized(width: 5, height: 5, cancel: cancel) }
        #expect(failure?.code == .cancelled)
        #expect(throws: Failure.self) { try Bitmap(pixels: [1, 2, 3], width: 1, height: 1, channels: 2) }
        #expect(throws: Failure.self) { try Bitmap(pixels: [], width: 0, height: 0, channels: 3) }
    }

    @Test func `crops and pads to the pixel`() throws {
        let picture = try TestPicture.scene(width: 30, height: 20)
        let part = try picture.cropped(x: 7, y: 3, width: 10, height: 9)
        #expect(part.width == 10 && part.height == 9 && part.pixel(0, 0) == picture.pixel(7, 3))
        #expect(part.pixel(9, 8) == picture.pixel(16, 11))
        let framed = try part.padded(x: 2, y: 4, width: 20, height: 15, colour: Colour(1, 2, 3))
        #expect(framed.pixel(1, 4) == [1, 2, 3] && framed.pixel(2, 4) == part.pixel(0, 0))
        #expect(framed.pixel(11, 12) == part.pixel(9, 8) && framed.pixel(12, 12) == [1, 2, 3])
        for (x, y, width, height) in [
            (-1, 0, 5, 5), (0, 0, 31, 5), (25, 0, 6, 5), (0, 0, 0, 5), (Int(Int32.max), 0, 5, 5),
        ] {
            #expect(throws: Failure.self) { try picture.cropped(x: x, y: y, width: width, height: height) }
        }
        for (x, y, width, height) in [(-1, 0, 40, 40), (0, 0, 29, 40), (11, 0, 40, 40), (0, 0, 70_000, 40)] {
            #expect(throws: Failure.self) {
                try picture.padded(x: x, y: y, width: width, height: height, colour: .white)
            }
        }
    }

    @Test func `flattens, splits and joins alpha`() throws {
        let half = try TestPicture.plain(width: 3, height: 3, [200, 100, 0, 128])
        #expect(try half.flattened(over: .white).pixel(1, 1) == [227, 177, 127])
        #expect(try half.flattened(over: .black).pixel(1, 1) == [100, 50, 0])
        let alpha = try half.channel(3)
        #expect(alpha.channels == 1 && alpha.pixel(0, 0) == [128])
        let joined = try TestPicture.plain(width: 3, height: 3, [9, 8, 7]).withAlpha(alpha)
        #expect(joined.pixel(2, 2) == [9, 8, 7, 128])
        #expect(try joined.withAlpha(TestPicture.plain(width: 3, height: 3, [5])).pixel(0, 0) == [9, 8, 7, 5])
        #expect(try TestPicture.plain(width: 3, height: 3, [60]).withAlpha(alpha).pixel(0, 0) == [60, 60, 60, 128])
        #expect(throws: Failure.self) { try half.channel(4) }
        #expect(throws: Failure.self) { try half.withAlpha(half) }
        #expect(throws: Failure.self) { try half.withAlpha(TestPicture.plain(width: 2, height: 3, [5])) }
        #expect(throws: Failure.self) { try half.converted(channels: 2) }
        #expect(try TestPicture.plain(width: 2, height: 2, [255, 0, 0]).converted(channels: 1).pixel(0, 0) == [76])
    }

    @Test func `pastes with alpha, also over the edge`() throws {
        let base = try TestPicture.plain(width: 10, height: 8, [0, 0, 200])
        let patch = try TestPicture.plain(width: 4, height: 4, [200, 0, 0, 128])
        let pasted = try base.pasting(patch, x: -2, y: 6)
        #expect(pasted.channels == 3 && pasted.pixel(0, 6) == [100, 0, 100])
        #expect(
            pasted.pixel(1, 7) == [100, 0, 100] && pasted.pixel(2, 7) == [0, 0, 200]
                && pasted.pixel(0, 5) == [0, 0, 200])
        let clear = try TestPicture.plain(width: 10, height: 8, [0, 0, 0, 0])
        #expect(try clear.pasting(patch, x: 0, y: 0).pixel(0, 0) == [200, 0, 0, 128])
        let twice = try clear.pasting(patch, x: 0, y: 0).pasting(patch, x: 0, y: 0).pixel(0, 0)
        #expect(twice == [200, 0, 0, 192])
        let solid = try TestPicture.plain(width: 2, height: 2, [1, 2, 3])
        #expect(try clear.pasting(solid, x: 1, y: 1).pixel(1, 1) == [1, 2, 3, 255])
        #expect(try base.pasting(solid, x: 500, y: 0).largestDifference(to: base) == 0)
        let grey = try TestPicture.plain(width: 4, height: 4, [50])
        #expect(try grey.pasting(TestPicture.plain(width: 1, height: 1, [9]), x: 3, y: 3).pixel(3, 3) == [9])
        #expect(throws: Failure.self) { try grey.pasting(solid, x: 0, y: 0) }
    }
}
