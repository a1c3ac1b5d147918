import Imaging
import Pipeline
import TestKit
import Testing

struct SceneryTests {
    /// A picture whose columns say where they come from in red, and its rows in green.
    private func map(width: Int, height: Int) throws(Failure) -> Bitmap {
        try TestPicture.make(width: width, height: height, channels: 3) { x, y, pixel in
            (pixel[0], pixel[1]) = (UInt8(255 * x / (width - 1)), UInt8(255 * y / (height - 1)))
        }
    }

    @Test(arguments: [(640, 200), (200, 640), (400, 300)])
    func `covers the canvas without distortion`(width: Int, height: Int) throws {
        let canvas = CanvasSize(width: 320, height: 240)
        let scenery = try Scenery.supplied(map(width: width, height: height), canvas: canvas)
        #expect(scenery.picture.width == 320 && scenery.picture.height == 240)
        let (near, far) = (scenery.picture.pixel(20, 20), scenery.picture.pixel(300, 220))
        let across = Double(Int(far[0]) - Int(near[0])) / 255 * Double(width) / 280
        let down = Double(Int(far[1]) - Int(near[1])) / 255 * Double(height) / 200
        #expect(abs(across / down - 1) < 0.04)
    }

    @Test func `keeps the floor line of a picture under the wheels`() throws {
        let canvas = CanvasSize(width: 320, height: 240)
        let wide = try Scenery.supplied(map(width: 640, height: 240), canvas: canvas, floorLine: 0.7)
        #expect(abs(wide.wheelLine - 0.7) < 0.01)
        // Higher than wide: enough room above and below to bring the line to where wheels stand.
        let tall = try Scenery.supplied(map(width: 320, height: 640), canvas: canvas, floorLine: 0.6)
        #expect(abs(tall.wheelLine - Framing.fitting(canvas).wheelLine) < 0.01)
        let row = Int(tall.wheelLine * 240)
        #expect(abs(Int(tall.picture.pixel(160, row)[1]) - Int(0.6 * 255)) <= 3)
    }

    @Test func `reads from which side a picture is lit`() throws {
        func lit(_ value: @escaping (Int) -> Int) throws(Failure) -> Bitmap {
            try TestPicture.make(width: 200, height: 150, channels: 3) { x, _, pixel in
                for channel in 0..<3 { pixel[channel] = UInt8(value(x)) }
            }
        }
        #expect(try SceneLight(of: lit { 220 - $0 }, floorLine: 0.8).side < -0.5)
        #expect(try SceneLight(of: lit { 20 + $0 }, floorLine: 0.8).side > 0.5)
        #expect(try abs(SceneLight(of: lit { _ in 128 }, floorLine: 0.8).side) < 0.05)
        #expect(try SceneLight(of: lit { _ in 0 }, floorLine: 0.8).side == 0)
        let canvas = CanvasSize(width: 160, height: 120)
        #expect(try Scenery.supplied(lit { 220 - $0 }, canvas: canvas, lightX: 0.4).floor.lightX == 0.4)
    }

    @Test func `colours the shadow like the floor that it falls on`() throws {
        let picture = try TestPicture.make(width: 200, height: 150, channels: 3) { _, y, pixel in
            (pixel[0], pixel[1], pixel[2]) = y < 90 ? (10, 10, 250) : (200, 120, 60)
        }
        let light = try SceneLight(of: picture, floorLine: 0.82)
        #expect(light.ground == StudioColour(red: 200, green: 120, blue: 60))
        let floor = try Scenery.supplied(picture, canvas: CanvasSize(width: 160, height: 120)).floor
        #expect(floor.colour.red > floor.colour.blue && floor.colour.red < 40)
    }

    @Test func `takes grey and transparent pictures, and refuses tiny ones`() throws {
        let canvas = CanvasSize(width: 160, height: 120)
        #expect {
            try Scenery.supplied(map(width: 63, height: 200), canvas: canvas)
        } throws: { ($0 as? Failure)?.code == .imageTooSmall }
        let grey = try TestPicture.plain(width: 100, height: 100, [90])
        #expect(try Scenery.supplied(grey.converted(channels: 3), canvas: canvas).picture.channels == 3)
    }
}
