import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

struct StudioTests {
    let canvas = CanvasSize(width: 640, height: 400)

    // The truth guard: inside the object nothing acts but the declared tone.

    @Test func `leaves every pixel of the object as it is when nothing is declared`() throws {
        let cutout = try TestPicture.scene(width: 200, height: 120).withAlpha(
            TestPicture.plain(width: 200, height: 120, [255]))
        let result = try shoot(cutout, still())
        let inside = try result.cropped(x: 100, y: 150, width: 200, height: 120)
        #expect(try inside.largestDifference(to: cutout.flattened()) == 0)
    }

    @Test(arguments: [0.7, 1.4]) func `applies the declared tone and nothing else`(gain: Double) throws {
        let cutout = try TestPicture.scene(width: 200, height: 120).withAlpha(
            TestPicture.plain(width: 200, height: 120, [255]))
        let result = try shoot(cutout, still(gain: gain)).cropped(x: 100, y: 150, width: 200, height: 120)
        var worst = 0
        for y in stride(from: 0, to: 120, by: 7) {
            for x in stride(from: 0, to: 200, by: 7) {
                for (before, after) in zip(cutout.pixel(x, y), result.pixel(x, y)) {
                    worst = max(worst, abs(Int(after) - toned(before, gain)))
                }
            }
        }
        #expect(worst <= 1)
    }

    @Test func `applies the declared white balance before the tone and nothing else`() throws {
        let cutout = try TestPicture.scene(width: 200, height: 120).withAlpha(
            TestPicture.plain(width: 200, height: 120, [255]))
        var place = still(gain: 1.2)
        place.whiteBalance = WhiteBalance(red: 0.9, green: 1, blue: 1.14)
        let result = try shoot(cutout, place).cropped(x: 100, y: 150, width: 200, height: 120)
        var worst = 0
        for y in stride(from: 0, to: 120, by: 7) {
            for x in stride(from: 0, to: 200, by: 7) {
                let (before, after) = (cutout.pixel(x, y), result.pixel(x, y))
                for channel in 0..<3 {
                    let expected = toned(before[channel], 1.2, balance: place.whiteBalance.gains[channel])
                    worst = max(worst, abs(Int(after[channel]) - expected))
                }
            }
        }
        #expect(worst <= 1)
        #expect(toned(255, 1.2, balance: 0.9) == 255, "white stays white")
    }

    @Test func `leaves the object alone on a mirror floor under a strong shadow`() throws {
        let cutout = try TestPicture.scene(width: 200, height: 120).withAlpha(
            TestPicture.plain(width: 200, height: 120, [255]))
        let look = FloorLook(contact: 1, soft: 1, lightX: 1, lightHeight: 0, colour: 0, mirror: 1, roughness: 1)
        let result = try Studio.compose(
            cutout: cutout, over: Studio.paint(Backdrop.presets[0], canvas: canvas), placement: still(), floor: look)
        let inside = try result.cropped(x: 100, y: 150, width: 200, height: 120)
        #expect(try inside.largestDifference(to: cutout.flattened()) == 0)
    }

    @Test(arguments: [0.23, 0.5, 0.8, 1.7])
    func `keeps the object equal to its resampled source at any scale`(scale: Double) throws {
        let cutout = try TestPicture.scene(width: 400, height: 240).withAlpha(
            TestPicture.plain(width: 400, height: 240, [255]))
        let (width, height) = (Int(400 * scale), Int(240 * scale))
        // Pixel borders meet: the middle of the first target pixel is half a target pixel inside the source.
        let placement = Placement(
            scale: scale, anchor: PicturePoint(x: 0.5 / scale - 0.5, y: 0.5 / scale - 0.5),
            target: PicturePoint(x: 10, y: 10))
        let large = try Studio.paint(Backdrop.presets[1], canvas: CanvasSize(width: 760, height: 460))
        let result = try Studio.compose(
            cutout: cutout, over: large, placement: placement, floor: Backdrop.presets[1].floor)
        let expected = try cutout.flattened().resized(width: width, height: height, filter: .lanczos)
        let inner = try (
            result.cropped(x: 18, y: 18, width: width - 16, height: height - 16),
            expected.cropped(x: 8, y: 8, width: width - 16, height: height - 16)
        )
        // Two good filters differ by a few steps where the scene's block has its hard edge, and by none elsewhere.
        #expect(inner.0.peakSignalToNoise(to: inner.1) > 38)
    }

    @Test func `blends a soft edge without a dark or bright fringe`() throws {
        let disc = try TestPicture.disc(width: 200, height: 200)
        let floor = try TestPicture.plain(width: 640, height: 400, [210, 40, 30])
        let result = try Studio.compose(
            cutout: disc, over: floor, placement: still(), floor: nil)
        #expect(result.largestDifference(to: floor) <= 1)
    }

    // Shadow.

    @Test func `joins the shadow to both wheels of a side view`() throws {
        try expectContact(wheels: [(x: 100, bottom: 190), (x: 220, bottom: 190)])
    }

    @Test func `joins the shadow to wheels at different heights`() throws {
        try expectContact(wheels: [(x: 100, bottom: 195), (x: 220, bottom: 178)])
        try expectContact(wheels: [(x: 100, bottom: 178), (x: 220, bottom: 195)])
    }

    @Test func `finds a far third wheel that stands higher in the picture`() throws {
        var car = TestPicture.Car()
        (car.wheels, car.radius) = ([(x: 80, bottom: 182), (x: 196, bottom: 197), (x: 245, bottom: 187)], 13)
        let (result, floor) = try pair(car)
        #expect(shade(result, floor, 245 + 160, 187 + 101) > 0.4)
        // Were it taken for a bumper, its shadow would lie lower and the wheel would float.
        #expect(shade(result, floor, 245 + 160, 187 + 107) < 0.3)
    }

    @Test func `darkens the gap under the body and fades away from the car`() throws {
        let (result, floor) = try pair(TestPicture.Car())
        // Between the wheels, a little above the ground.
        #expect(shade(result, floor, 160 + 160, 182 + 100) > 0.6)
        #expect(shade(result, floor, 160 + 160, 196 + 100) > 0.05)
        #expect(shade(result, floor, 20, 380) < 0.08)
        #expect(shade(result, floor, 320, 40) < 0.02)
    }

    @Test func `moves the soft shadow away from the light`() throws {
        var (left, right) = (Backdrop.presets[0], Backdrop.presets[0])
        (left.floor.lightX, right.floor.lightX) = (-1, 1)
        let floor = try Studio.paint(left, canvas: canvas)
        let car = try TestPicture.car()
        let place = Placement(
            scale: 1, anchor: PicturePoint(x: 160, y: 190), target: PicturePoint(x: 320, y: 290))
        let fromLeft = try Studio.compose(cutout: car, over: floor, placement: place, floor: left.floor)
        let fromRight = try Studio.compose(cutout: car, over: floor, placement: place, floor: right.floor)
        #expect(fromLeft.pixel(440, 290)[1] < fromRight.pixel(440, 290)[1])
        #expect(fromLeft.pixel(200, 290)[1] > fromRight.pixel(200, 290)[1])
    }

    @Test func `casts no shadow when none is asked for`() throws {
        let floor = try Studio.paint(Backdrop.presets[0], canvas: canvas)
        let result = try Studio.compose(cutout: TestPicture.car(), over: floor, placement: still(), floor: nil)
        #expect(result.pixel(320, 399) == floor.pixel(320, 399))
    }

    @Test func `gives the same bytes every time`() throws {
        let make = { () throws(Failure) in
            try Studio.compose(
                cutout: TestPicture.car(), in: .painted(Backdrop.named("brand"), canvas: canvas), placement: still())
        }
        let (once, again) = try (make(), make())
        #expect(once.largestDifference(to: again) == 0)
    }

    // What must not get through.

    @Test func `refuses canvases, placements and pictures that make no sense`() throws {
        let (car, floor) = try (TestPicture.car(), TestPicture.plain(width: 32, height: 32, [1, 2, 3]))
        for scale in [0, -1, 1e9, .nan, .infinity] {
            var place = still()
            place.scale = scale
            #expect(throws: Failure.self) {
                try Studio.compose(cutout: car, over: floor, placement: place, floor: nil)
            }
        }
        for gain in [0.2, 1.3, .nan] {
            var place = still()
            place.whiteBalance.blue = gain
            #expect(throws: Failure.self) {
                try Studio.compose(cutout: car, over: floor, placement: place, floor: nil)
            }
        }
        for value in [-0.1, 1.1, .nan] {
            var look = Backdrop.presets[0].floor
            look.mirror = value
            #expect(throws: Failure.self) {
                try Studio.compose(cutout: car, over: floor, placement: still(), floor: look)
            }
        }
        #expect(throws: Failure.self) {
            try Studio.compose(cutout: floor, over: floor, placement: still(), floor: nil)
        }
        #expect(throws: Failure.self) { try Studio.compose(cutout: car, over: car, placement: still(), floor: nil) }
        for side in [0, 15, 16385] {
            #expect(throws: Failure.self) {
                try Studio.paint(Backdrop.presets[0], canvas: CanvasSize(width: side, height: 100))
            }
        }
    }

    @Test func `shows the bare studio for an object that lies outside or has nothing`() throws {
        let floor = try Studio.paint(Backdrop.presets[0], canvas: canvas)
        var place = still()
        place.target = PicturePoint(x: 9000, y: 9000)
        let outside = try Studio.compose(
            cutout: TestPicture.car(), over: floor, placement: place, floor: Backdrop.presets[0].floor)
        #expect(outside.largestDifference(to: floor) == 0)
        let clear = try TestPicture.plain(width: 20, height: 20, [255, 0, 0, 0])
        let empty = try Studio.compose(cutout: clear, over: floor, placement: still(), floor: Backdrop.presets[0].floor)
        #expect(empty.largestDifference(to: floor) == 0)
    }

    @Test func `stops when cancelled`() throws {
        let flag = CancelFlag()
        flag.raise()
        #expect { try Studio.paint(Backdrop.presets[0], canvas: canvas, cancel: flag) } throws: {
            ($0 as? Failure)?.code == .cancelled
        }
        let (car, floor) = try (TestPicture.car(), Studio.paint(Backdrop.presets[0], canvas: canvas))
        #expect {
            try Studio.compose(cutout: car, over: floor, placement: still(), floor: nil, cancel: flag)
        } throws: { ($0 as? Failure)?.code == .cancelled }
    }

    // MARK: What the tests are made of

    private func still(gain: Double = 1) -> Placement {
        Placement(
            scale: 1, anchor: PicturePoint(x: 0, y: 0), target: PicturePoint(x: 100, y: 150), toneGain: gain)
    }

    private func shoot(_ cutout: Bitmap, _ placement: Placement) throws(Failure) -> Bitmap {
        try Studio.compose(
            cutout: cutout, over: Studio.paint(Backdrop.presets[0], canvas: canvas), placement: placement,
            floor: Backdrop.presets[0].floor)
    }

    /// The declared curves, from their definition.
    private func toned(_ value: UInt8, _ gain: Double, balance: Double = 1) -> Int {
        let code = Double(value) / 255
        var light = code <= 0.04045 ? code / 12.92 : pow((code + 0.055) / 1.055, 2.4)
        light *= balance + (1 - balance) * pow(light, 4)
        let out = gain * light / (1 + (gain - 1) * light)
        return Int(((out <= 0.0031308 ? out * 12.92 : 1.055 * pow(out, 1 / 2.4) - 0.055) * 255).rounded())
    }

    /// The car at (100, 150) - (0, 0) of a canvas moved by (160, 100), and the studio without it.
    private func pair(_ car: TestPicture.Car) throws(Failure) -> (Bitmap, Bitmap) {
        let floor = try Studio.paint(Backdrop.presets[0], canvas: canvas)
        let place = Placement(scale: 1, anchor: PicturePoint(x: 0, y: 0), target: PicturePoint(x: 160, y: 100))
        return (
            try Studio.compose(
                cutout: TestPicture.car(car), over: floor, placement: place, floor: Backdrop.presets[0].floor),
            floor
        )
    }

    /// How much of the floor's light is gone, 0...1.
    private func shade(_ picture: Bitmap, _ floor: Bitmap, _ x: Int, _ y: Int) -> Double {
        1 - Double(picture.pixel(x, y)[1]) / Double(floor.pixel(x, y)[1])
    }

    private func expectContact(
        wheels: [(x: Int, bottom: Int)], location: SourceLocation = #_sourceLocation
    ) throws {
        var car = TestPicture.Car()
        car.wheels = wheels
        let (result, floor) = try pair(car)
        for wheel in wheels {
            let below = shade(result, floor, wheel.x + 160, wheel.bottom + 101)
            #expect(below > 0.4, "under the wheel at \(wheel.x)", sourceLocation: location)
            let farther = shade(result, floor, wheel.x + 160, wheel.bottom + 125)
            #expect(farther < below * 0.6, "below the wheel at \(wheel.x)", sourceLocation: location)
        }
    }
}
