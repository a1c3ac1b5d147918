import Imaging
import Pipeline
import TestKit
import Testing

struct BackdropTests {
    @Test(arguments: Backdrop.presets) func `paints studios without bands`(backdrop: Backdrop) throws {
        let picture = try Studio.paint(backdrop, canvas: CanvasSize(width: 320, height: 200))
        #expect(picture.channels == 3)
        // Dithering: neighbours in a row differ here and there, also where the light hardly changes.
        let changes = (1..<320).filter { picture.pixel($0, 190) != picture.pixel($0 - 1, 190) }.count
        #expect(changes > 80)
    }

    @Test(arguments: Backdrop.presets.filter { $0.line == nil && $0.panels == nil })
    func `sweeps from wall to floor without a step`(backdrop: Backdrop) throws {
        let small = try Studio.paint(backdrop, canvas: CanvasSize(width: 320, height: 200)).resized(
            width: 40, height: 25, filter: .area)
        let steps = (1..<25).map { abs(Int(small.pixel(20, $0)[1]) - Int(small.pixel(20, $0 - 1)[1])) }
        #expect((steps.max() ?? 0) < 40)
    }

    @Test func `is lit from the side that its light comes from`() throws {
        var (left, right) = (Backdrop.presets[0], Backdrop.presets[0])
        (left.floor.lightX, right.floor.lightX) = (-1, 1)
        let canvas = CanvasSize(width: 160, height: 100)
        let (fromLeft, fromRight) = try (
            Studio.paint(left, canvas: canvas).resized(width: 4, height: 4, filter: .area),
            Studio.paint(right, canvas: canvas).resized(width: 4, height: 4, filter: .area)
        )
        #expect(fromLeft.pixel(0, 3)[1] > fromRight.pixel(0, 3)[1])
        #expect(fromLeft.pixel(3, 3)[1] < fromRight.pixel(3, 3)[1])
    }

    @Test func `shows panels, grain and a line of light where they are asked for`() throws {
        let canvas = CanvasSize(width: 320, height: 240)
        var bare = try Backdrop.named("brand")
        let lit = try Studio.paint(bare, canvas: canvas)
        bare.line = nil
        let dark = try Studio.paint(bare, canvas: canvas)
        let row = Int(bare.horizon * 240)
        #expect(Int(lit.pixel(80, row)[1]) > Int(dark.pixel(80, row)[1]) + 40)
        #expect(abs(Int(lit.pixel(80, 20)[1]) - Int(dark.pixel(80, 20)[1])) < 3)

        var plain = try Backdrop.named("showroom-concrete")
        let uneven = try Studio.paint(plain, canvas: canvas)
        plain.floorGrain = 0
        #expect(try uneven.largestDifference(to: Studio.paint(plain, canvas: canvas)) > 3)
        plain.panels = nil
        let wall = try Studio.paint(plain, canvas: canvas)
        #expect(Int(uneven.pixel(130, 60)[1]) > Int(wall.pixel(130, 60)[1]) + 4)
    }

    @Test func `takes another sweep colour and keeps its steps of light`() throws {
        let swept = Backdrop.presets[2].swept(0x2A9D8F)
        #expect(swept.wallFoot == 0x2A9D8F)
        #expect(swept.floorFar != Backdrop.presets[2].floorFar)
        let small = try Studio.paint(swept, canvas: CanvasSize(width: 160, height: 100)).resized(
            width: 8, height: 8, filter: .area)
        let floor = small.pixel(4, 7)
        #expect(floor[1] > floor[0] && floor[2] > floor[0])
    }

    @Test func `names the backdrops there are when asked for another`() {
        #expect(Backdrop.names.first == "studio-light" && Set(Backdrop.names).count == Backdrop.presets.count)
        do {
            _ = try Backdrop.named("beach")
            Issue.record("there is no beach")
        } catch {
            #expect(error.code == .invalidOptions)
            #expect(error.hint?.contains("studio-dark") == true)
        }
    }

    @Test func `carries a version in its identity`() throws {
        #expect(try Backdrop.named("brand").identity == "brand@1")
        #expect(Backdrop.presets.allSatisfy { $0.version >= 1 })
    }

    @Test func `knows which studios are dark, and reads and writes colours as text`() throws {
        #expect(try Backdrop.named("brand").isDark && !Backdrop.named("studio-white").isDark)
        #expect(StudioColour(0x0AFF80).hex == "#0aff80")
        #expect(StudioColour(hex: "#2A9D8F") == 0x2A9D8F)
        for wrong in ["", "2A9D8F", "#2A9D8", "#2A9D8FF", "#2A9D8G", "#-2A9D8", "#+1A9D8", "#ÄÄÄ"] {
            #expect(StudioColour(hex: wrong) == nil, "\(wrong)")
        }
    }
}
