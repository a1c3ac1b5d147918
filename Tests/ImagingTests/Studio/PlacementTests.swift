import Imaging
import Pipeline
import TestKit
import Testing

struct PlacementTests {
    let canvas = CanvasSize(width: 640, height: 400)

    @Test(arguments: [0, 6, -6])
    func `puts wheels on the line and the body at its height, within a pixel`(difference: Int) throws {
        var car = TestPicture.Car()
        car.wheels[1].bottom += difference
        let cutout = try TestPicture.car(car)
        let geometry = try ObjectGeometry(alpha: cutout).levelled(cutout)
        let placement = Placement(geometry, bodyHeight: 180, canvas: canvas, wheelLine: 0.8)
        let black = try TestPicture.plain(width: 640, height: 400, [0, 0, 0])
        let placed = try Studio.compose(cutout: white(cutout), over: black, placement: placement, floor: nil)
        let found = try ObjectGeometry(alpha: placed.channel(0))
        #expect(abs(found.wheelLine - (0.8 * 400 - 0.5)) <= 1)
        #expect(abs(found.bodyHeight - 180) <= 1)
        #expect(abs(found.centre - 319.5) <= 1)
    }

    @Test func `fits a wide object by its width and a tall one by its height`() throws {
        var car = TestPicture.Car()
        car.body = (left: 10, top: 120, right: 309, bottom: 170)
        let wide = try Placement.fitting(ObjectGeometry(alpha: TestPicture.car(car)), canvas: canvas)
        #expect(abs(wide.scale * 300 - 0.86 * 640) < 1)
        car.body = (left: 140, top: 20, right: 180, bottom: 180)
        car.wheels = [(x: 160, bottom: 190)]
        let geometry = try ObjectGeometry(alpha: TestPicture.car(car))
        #expect(abs(geometry.bodyHeight - 171) <= 1)
        #expect(abs(Placement.fitting(geometry, canvas: canvas).scale * geometry.bodyHeight - 200) < 1)
    }

    @Test func `stands nearer to the middle on an upright canvas`() {
        #expect(Framing.fitting(canvas).wheelLine == 0.82)
        #expect(abs(Framing.fitting(CanvasSize(width: 1080, height: 1920)).wheelLine - 0.635) < 0.001)
    }

    @Test func `says where a place of the source lies`() {
        let placement = Placement(
            scale: 2, roll: .pi / 2, anchor: PicturePoint(x: 10, y: 10), target: PicturePoint(x: 100, y: 50))
        let place = placement.onCanvas(PicturePoint(x: 11, y: 10))
        #expect(abs(place.x - 100) < 1e-9 && abs(place.y - 52) < 1e-9)
    }

    @Test func `gives every photo of one view the same width`() throws {
        let large = CanvasSize(width: 1600, height: 1200)
        for height in [60, 70, 80] {
            var car = TestPicture.Car()
            car.body = (left: 20, top: 170 - height, right: 299, bottom: 170)
            car.wheels = [(x: 70, bottom: 190), (x: 250, bottom: 190)]
            let geometry = try ObjectGeometry(alpha: TestPicture.car(car))
            #expect(geometry.view == .side)
            let place = Placement.lot(geometry, canvas: large, wheelLine: 0.8)
            #expect(abs(place.scale * Double(geometry.box.width) - 0.84 * 1600) < 1)
            #expect(abs(place.onCanvas(PicturePoint(x: geometry.centre, y: geometry.wheelLine)).y - 959.5) < 1e-6)
        }
    }

    @Test func `tells views apart by proportions and wheels`() throws {
        var car = TestPicture.Car()
        car.body.top = 110
        #expect(try ObjectGeometry(alpha: TestPicture.car(car)).view == .side)
        car.wheels[1].bottom -= 12
        #expect(try ObjectGeometry(alpha: TestPicture.car(car)).view == .threeQuarter)
        car.body = (left: 100, top: 70, right: 220, bottom: 170)
        car.wheels = [(x: 122, bottom: 190), (x: 198, bottom: 190)]
        #expect(try ObjectGeometry(alpha: TestPicture.car(car)).view == .end)
    }

    @Test(arguments: [
        (left: 0, right: 259, edge: PictureEdge.left), (left: 60, right: 319, edge: .right),
    ]) func `sets a severed side against the canvas's border`(left: Int, right: Int, edge: PictureEdge) throws {
        var car = TestPicture.Car()
        (car.body.left, car.body.right) = (left, right)
        let geometry = try ObjectGeometry(alpha: TestPicture.car(car))
        #expect(geometry.severed == [edge])
        let place = Placement.lot(geometry, canvas: canvas, wheelLine: 0.8)
        let border = place.onCanvas(PicturePoint(x: edge == .left ? -0.5 : 319.5, y: 100)).x
        #expect(abs(border - (edge == .left ? -0.5 : 639.5)) < 1e-6)
    }

    @Test func `fills the canvas between two severed sides, and leaves a mere touch alone`() throws {
        var car = TestPicture.Car()
        (car.body.left, car.body.right) = (0, 319)
        let through = try ObjectGeometry(alpha: TestPicture.car(car))
        let place = Placement.lot(through, canvas: canvas, wheelLine: 0.8)
        #expect(place.onCanvas(PicturePoint(x: -0.5, y: 0)).x <= -0.5 + 1e-6)
        #expect(place.onCanvas(PicturePoint(x: 319.5, y: 0)).x >= 639.5 - 1e-6)
        car = TestPicture.Car()
        car.wheels[0] = (x: 20, bottom: 190)
        let touching = try ObjectGeometry(alpha: TestPicture.car(car))
        #expect(touching.cropped == [.left] && touching.severed.isEmpty)
    }

    @Test func `stands what the lower border severs on the canvas's lower border`() throws {
        var car = TestPicture.Car()
        car.body.bottom = 239
        let geometry = try ObjectGeometry(alpha: TestPicture.car(car))
        #expect(geometry.severed == [.bottom])
        let place = Placement.lot(geometry, canvas: canvas, wheelLine: 0.8)
        #expect(abs(place.onCanvas(PicturePoint(x: 0, y: 239.5)).y - 399.5) < 1e-6)
    }

    /// White where the object is, so that the red channel of the composite is its alpha.
    private func white(_ cutout: Bitmap) throws(Failure) -> Bitmap {
        try TestPicture.plain(width: cutout.width, height: cutout.height, [255, 255, 255]).withAlpha(cutout.channel(3))
    }
}
