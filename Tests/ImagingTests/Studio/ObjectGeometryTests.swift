import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

struct ObjectGeometryTests {
    @Test func `finds box, wheel line, roof and contacts of a side view`() throws {
        let found = try ObjectGeometry(alpha: TestPicture.car())
        #expect(found.box == PixelBox(x: 60, y: 90, width: 200, height: 101))
        #expect(found.top == 89.5)
        // The lowest row of a disc is one pixel wide, which counts as a spike.
        #expect(found.wheelLine == 189.5)
        #expect(abs(found.leftContact.x - 100) <= 8 && abs(found.rightContact.x - 220) <= 8)
        #expect(found.leftContact.y == 189.5 && found.rightContact.y == 189.5)
        #expect(found.centre == 159.5)
        #expect(found.cropped.isEmpty)
    }

    @Test func `takes a mask as well as a cut-out`() throws {
        let car = try TestPicture.car()
        #expect(try ObjectGeometry(alpha: car.channel(3)) == ObjectGeometry(alpha: car))
    }

    @Test func `counts no aerial, no speck and no thin thread below`() throws {
        let car = try TestPicture.car()
        let disturbed = try TestPicture.make(width: 320, height: 240, channels: 1) { x, y, pixel in
            pixel[0] = car.pixel(x, y)[3]
            if x == 200 && (60..<90).contains(y) { pixel[0] = 255 }
            if (10...12).contains(x) && (10...12).contains(y) { pixel[0] = 255 }
            if x == 150 && (170..<225).contains(y) { pixel[0] = 255 }
        }
        let found = try ObjectGeometry(alpha: disturbed)
        #expect(found.top == 89.5)
        #expect(found.wheelLine == 189.5)
        #expect(found.box.x == 60)
    }

    @Test func `says which edges cut the object`() throws {
        var car = TestPicture.Car()
        car.body = (left: 0, top: 90, right: 319, bottom: 239)
        let found = try ObjectGeometry(alpha: TestPicture.car(car))
        #expect(found.cropped == [.left, .right, .bottom])
        #expect(found.levelling == nil)
    }

    @Test(arguments: [-6, 6]) func `levels a rolled side view`(difference: Int) throws {
        var car = TestPicture.Car()
        car.wheels[1].bottom += difference
        let picture = try TestPicture.car(car)
        let found = try ObjectGeometry(alpha: picture)
        let turn = try #require(found.levelling)
        #expect(abs(turn + atan(Double(difference) / 120)) < 0.012)
        let level = try found.levelled(picture)
        #expect(abs(level.leftContact.y - level.rightContact.y) <= 1)
    }

    @Test func `leaves the tilted wheel line of a three-quarter view alone`() throws {
        var car = TestPicture.Car()
        car.wheels = [(x: 100, bottom: 190), (x: 220, bottom: 172)]
        #expect(try ObjectGeometry(alpha: TestPicture.car(car)).levelling == nil)
    }

    @Test func `refuses an empty cut-out and a picture without alpha`() throws {
        let clear = try TestPicture.plain(width: 32, height: 24, [10, 20, 30, 0])
        #expect(throws: Failure.self) { try ObjectGeometry(alpha: clear) }
        do { _ = try ObjectGeometry(alpha: clear) } catch { #expect(error.code == .noUsableViews) }
        let opaque = try TestPicture.plain(width: 32, height: 24, [10, 20, 30])
        do { _ = try ObjectGeometry(alpha: opaque) } catch { #expect(error.code == .internalError) }
    }

    @Test func `stops when cancelled`() throws {
        let flag = CancelFlag()
        flag.raise()
        let car = try TestPicture.car()
        for body in [
            { try ObjectGeometry(alpha: car, cancel: flag) as Any }, { try ToneMeasure(car, cancel: flag) },
        ] {
            #expect { _ = try body() } throws: { ($0 as? Failure)?.code == .cancelled }
        }
    }

    @Test func `measures the luminance of what is opaque`() throws {
        let grey = try TestPicture.make(width: 40, height: 40, channels: 4) { x, _, pixel in
            for channel in 0..<3 { pixel[channel] = x < 20 ? 188 : 10 }
            pixel[3] = x < 20 ? 255 : 40
        }
        // 188 in sRGB is half of the light.
        #expect(abs(try ToneMeasure(grey).luminance - 0.503) < 0.005)
        #expect(try ToneMeasure(TestPicture.plain(width: 8, height: 8, [9, 9, 9, 0])).luminance == 0)
    }
}
