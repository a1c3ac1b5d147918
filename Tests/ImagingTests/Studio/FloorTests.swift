import Imaging
import Pipeline
import TestKit
import Testing

/// What floors show of an object: shadow and mirror image, on plain grey so that every change is theirs.
struct FloorTests {
    private let grey = 160

    private func shot(
        _ car: TestPicture.Car = TestPicture.Car(), _ change: (inout FloorLook) -> Void = { _ in },
        at place: PicturePoint = PicturePoint(x: 160, y: 100)
    ) throws(Failure) -> Bitmap {
        var look = FloorLook(contact: 0.9, soft: 0.6, lightX: 0, colour: 0x101010)
        change(&look)
        let floor = try TestPicture.plain(width: 640, height: 400, [160, 160, 160])
        return try Studio.compose(
            cutout: TestPicture.car(car), over: floor,
            placement: Placement(scale: 1, anchor: PicturePoint(x: 0, y: 0), target: place), floor: look)
    }

    /// The share of the floor's light that is gone.
    private func shade(_ picture: Bitmap, _ x: Int, _ y: Int) -> Double {
        1 - Double(picture.pixel(x, y)[1]) / Double(grey)
    }

    @Test func `is darkest at the rubber and never below a wheel without touching it`() throws {
        let picture = try shot()
        for wheel in [260, 380] {
            let down = stride(from: 291, through: 330, by: 3).map { shade(picture, wheel, $0) }
            #expect(down[0] > 0.4)
            for (upper, lower) in zip(down, down.dropFirst()) { #expect(lower <= upper + 0.01) }
        }
    }

    @Test func `falls away from the light, the farther the lower it is`() throws {
        let left = try shot { ($0.lightX, $0.lightHeight) = (-1, 0.2) }
        let high = try shot { ($0.lightX, $0.lightHeight) = (-1, 1) }
        #expect(shade(left, 470, 280) > shade(left, 170, 280) + 0.05)
        #expect(shade(left, 490, 280) > shade(high, 490, 280))
        let right = try shot { ($0.lightX, $0.lightHeight) = (1, 0.2) }
        #expect(shade(right, 170, 280) > shade(right, 470, 280) + 0.05)
    }

    @Test func `lies under a bumper that hangs before the wheels`() throws {
        var car = TestPicture.Car()
        car.body = (left: 90, top: 60, right: 230, bottom: 186)
        car.wheels = [(x: 105, bottom: 188), (x: 215, bottom: 188)]
        car.radius = 12
        let picture = try shot(car)
        #expect(shade(picture, 320, 290) > 0.5)
        #expect(shade(picture, 320, 330) < 0.3)
    }

    @Test func `ends where the photo's border cuts the object`() throws {
        var car = TestPicture.Car()
        car.body.right = 319
        let picture = try shot(car)
        #expect(shade(picture, 470, 285) > 0.2, "the shadow goes on up to the cut")
        #expect(shade(picture, 490, 285) < 0.02, "and no farther")
        let whole = try shot()
        #expect(shade(whole, 425, 285) > 0.02, "a whole car's fades beyond it")
    }

    @Test func `mirrors the object below its wheels, fading downwards`() throws {
        let bare = { (look: inout FloorLook) in (look.contact, look.soft) = (0, 0) }
        let without = try shot(TestPicture.Car(), bare)
        #expect(without.pixel(320, 330) == [160, 160, 160])
        let mirrored = try shot(TestPicture.Car()) { look in
            bare(&look)
            (look.mirror, look.roughness) = (0.5, 0.2)
        }
        // The body is red; below the wheels stands its image, upside down and weaker.
        let near = mirrored.pixel(320, 318)
        let far = mirrored.pixel(320, 345)
        #expect(Int(near[0]) - Int(near[1]) > 20)
        #expect(Int(near[0]) - Int(near[1]) > Int(far[0]) - Int(far[1]))
        #expect(mirrored.pixel(260, 294)[1] < 140, "rubber meets its image")
        #expect(mirrored.pixel(60, 330) == [160, 160, 160])
        #expect(mirrored.pixel(320, 120) == [160, 160, 160])
    }

    @Test func `blurs a rough mirror more than a smooth one`() throws {
        let edge = { (roughness: Double) throws -> Int in
            let picture = try shot(TestPicture.Car()) {
                ($0.soft, $0.contact, $0.mirror, $0.roughness) = (0, 0, 0.8, roughness)
            }
            return (305..<345).map { abs(Int(picture.pixel(320, $0 + 1)[1]) - Int(picture.pixel(320, $0)[1])) }.max()
                ?? 0
        }
        #expect(try edge(0) > edge(1))
    }

    @Test func `takes objects that lie partly beyond the canvas`() throws {
        for place in [PicturePoint(x: -150, y: 100), PicturePoint(x: 500, y: 100), PicturePoint(x: 160, y: 260)] {
            let picture = try shot(TestPicture.Car(), { $0.mirror = 0.6 }, at: place)
            #expect(picture.width == 640 && picture.height == 400)
        }
    }
}
