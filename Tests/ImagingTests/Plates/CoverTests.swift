import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

/// Drawn plates whose every pixel is known.
private enum Drawn {
    static let quad = quad([40, 30], [199, 38], [197, 72], [42, 66])

    static func quad(_ corners: SIMD2<Double>...) -> PlateQuad {
        PlateQuad(corners: corners) ?? PlateQuad(corners: [[0, 0], [1, 0], [1, 1], [0, 1]])!
    }

    /// A ramp of greys, with a plate whose left is darker than its right, and stripes on it.
    static func photo(stripes: Int = 4, shift: Int = 0) throws -> Bitmap {
        try TestPicture.make(width: 240, height: 110, channels: 3) { x, y, pixel in
            let isPlate = contains(x, y)
            let ink = isPlate && (x + shift) / stripes % 2 == 0
            for channel in 0..<3 {
                pixel[channel] = isPlate ? UInt8(ink ? 30 : 120 + x / 2) : UInt8(40 + (x + 2 * y) % 90)
            }
        }
    }

    static func contains(_ x: Int, _ y: Int) -> Bool {
        let corners = quad.corners
        return (0..<4).allSatisfy { index in
            let (a, b) = (corners[index], corners[(index + 1) % 4])
            return (b.x - a.x) * (Double(y) - a.y) - (b.y - a.y) * (Double(x) - a.x) >= 0
        }
    }

    static func forEachPixel(_ body: (Int, Int) throws -> Void) rethrows {
        for y in 0..<110 { for x in 0..<240 where contains(x, y) { try body(x, y) } }
    }
}

@Suite struct `Covers of number plates` {
    private let source = Truth.Source(sha256: "", width: 0, height: 0)

    @Test(arguments: PlateTreatment.allCases)
    func `leave every pixel beyond their margin as it was`(treatment: PlateTreatment) throws {
        let photo = try Drawn.photo()
        let covers = [PlateCover(Drawn.quad, with: treatment)]
        let covered = try photo.covering(covers, logo: try Bitmap.namePlate("Autohaus"))
        let truth = try Truth(of: covered, covering: covers, of: photo, source: source)
        #expect(truth.holds && truth.maximumDeviation == 0, "\(truth)")
        #expect(truth.pixels > 15_000 && truth.operations.map(\.name) == ["cover"])
    }

    @Test func `are opaque on the whole plate and have soft edges beyond it`() throws {
        let photo = try Drawn.photo()
        let red = Colour(255, 0, 0)
        let covered = try photo.covering([PlateCover(Drawn.quad, with: .solid, colour: red)])
        Drawn.forEachPixel { x, y in #expect(covered.pixel(x, y) == [255, 0, 0]) }
        let mixed = (0..<240).filter { x in
            (66..<80).contains { y in (80..<250).contains(covered.pixel(x, y)[0]) && covered.pixel(x, y)[1] > 4 }
        }
        #expect(mixed.count > 40, "an edge that cuts through pixels is mixed there")
    }

    /// Two plates whose letters stand elsewhere but cover as much leave the same cover: where they stood is gone.
    @Test(arguments: [PlateTreatment.blur, .pixelate, .logo])
    func `keep nothing of where letters stood`(treatment: PlateTreatment) throws {
        let logo = try Bitmap.namePlate("Autohaus")
        let one = try Drawn.photo().covering([Drawn.quad], with: treatment, logo: logo)
        let other = try Drawn.photo(shift: 4).covering([Drawn.quad], with: treatment, logo: logo)
        var largest = 0
        Drawn.forEachPixel { x, y in largest = max(largest, abs(Int(one.pixel(x, y)[1]) - Int(other.pixel(x, y)[1]))) }
        #expect(largest <= 18, "at most one step of the plate's light, not \(largest)")
    }

    @Test func `follow the plate's light, each in its way`() throws {
        let photo = try Drawn.photo()
        let logo = try TestPicture.make(width: 520, height: 110, channels: 4) { x, _, pixel in
            (pixel[0], pixel[1], pixel[2], pixel[3]) = x < 260 ? (220, 20, 20, 255) : (20, 20, 220, 255)
        }
        let mounted = try photo.covering([Drawn.quad], with: .logo, logo: logo)
        let (left, right) = (mounted.pixel(75, 52), mounted.pixel(165, 55))
        #expect(left[0] > left[2] + 60 && right[2] > right[0] + 60, "\(left) \(right)")
        let blurred = try photo.covering([Drawn.quad], with: .blur)
        #expect(Int(blurred.pixel(185, 55)[0]) > Int(blurred.pixel(55, 48)[0]) + 16, "the left is darker")
        let plain = try photo.covering([Drawn.quad], with: .solid)
        #expect(plain.pixel(60, 50) == plain.pixel(180, 55), "one colour")
        let tiles = try photo.covering([Drawn.quad], with: .pixelate)
        let tones = Set((50..<190).map { tiles.pixel($0, 52)[0] })
        #expect(tones.count > 3)
    }

    @Test func `hang a picture in perspective: its corners on the plate's`() throws {
        let photo = try TestPicture.plain(width: 400, height: 300, [200, 200, 200])
        let quad = Drawn.quad([60, 80], [330, 120], [320, 200], [70, 140])
        let logo = try TestPicture.make(width: 94, height: 20, channels: 3) { x, y, pixel in
            let isTop = y < 10
            (pixel[0], pixel[1], pixel[2]) =
                x < 47 ? (isTop ? (250, 0, 0) : (0, 250, 0)) : (isTop ? (0, 0, 250) : (250, 250, 0))
        }
        let hung = try photo.covering([quad], with: .logo, logo: logo)
        func hue(_ x: Int, _ y: Int) -> [Bool] { hung.pixel(x, y).map { $0 > 100 } }
        #expect(hue(90, 95) == [true, false, false] && hue(95, 135) == [false, true, false])
        #expect(hue(300, 132) == [false, false, true] && hue(295, 180) == [true, true, false])
    }

    @Test(arguments: [
        Drawn.quad([-50, -50], [-10, -50], [-10, -40], [-50, -40]), Drawn.quad([5, 5], [5, 5], [5, 5], [5, 5]),
        Drawn.quad([10, 10], [60, 40], [60, 10], [10, 40]), Drawn.quad([10, 10], [60, 10], [30, 11], [20, 40]),
        Drawn.quad([-900, -900], [9000, -900], [9000, 9000], [-900, 9000]),
        Drawn.quad([3, 3], [80, 3], [80, 3], [3, 3]),
        Drawn.quad([230, 100], [300, 100], [300, 130], [230, 130]),
        Drawn.quad([60, 10], [10, 10], [10, 30], [60, 30]),
    ])
    func `take any four corners and touch nothing else`(quad: PlateQuad) throws {
        let photo = try Drawn.photo()
        for treatment in PlateTreatment.allCases {
            let covers = [PlateCover(quad, with: treatment)]
            let covered = try photo.covering(covers, logo: try TestPicture.plain(width: 3, height: 2, [9, 9, 9]))
            let truth = try Truth(of: covered, covering: covers, of: photo, source: source)
            #expect(truth.maximumDeviation == 0, "\(treatment) \(quad.corners)")
        }
    }

    @Test func `are caught where they reach too far`() throws {
        let photo = try Drawn.photo()
        let wide = try photo.covering([PlateCover(Drawn.quad, with: .solid, colour: .black)])
        let narrow = Drawn.quad([60, 34], [150, 38], [150, 62], [60, 60])
        let truth = try Truth(
            of: wide, covering: [PlateCover(narrow, with: .solid)], of: photo, source: source)
        #expect(!truth.holds && truth.flag(slot: "front")?.code == "truth_guard")
    }

    @Test func `refuse what can't be a cover, and stop when cancelled`() throws {
        let photo = try Drawn.photo()
        #expect(throws: Failure.self) { try photo.covering([Drawn.quad], with: .logo) }
        let far = Drawn.quad([0, 0], [1e9, 0], [1e9, 5], [0, 5])
        #expect(throws: Failure.self) { try photo.covering([far], with: .blur) }
        #expect(throws: Failure.self) { try photo.channel(0).covering([Drawn.quad], with: .blur) }
        let cancel = CancelFlag()
        cancel.raise()
        let failure = #expect(throws: Failure.self) {
            try photo.covering([Drawn.quad], with: .blur, cancel: cancel)
        }
        #expect(failure?.code == .cancelled)
    }

    @Test(arguments: ["Autohaus König", "A", "Müller & Söhne GmbH", "straße 12"])
    func `write names of dealers`(name: String) throws {
        let plate = try Bitmap.namePlate(name)
        #expect(plate.width == 1040 && plate.height == 220)
        let dark = plate.withPixels { $0.count { $0 < 80 } }
        #expect(dark > 1_000 && plate.pixel(2, 2) == [255, 255, 255])
    }

    @Test(arguments: ["", "   ", "日本車", "🚗", "A very long name of a very large dealer", "tab\there"])
    func `say which names can't be written`(name: String) {
        let failure = #expect(throws: Failure.self) { try Bitmap.namePlate(name) }
        #expect(failure?.code == .invalidOptions && failure?.hint != nil)
    }

    @Test func `are told in a file's history, and read from there`() throws {
        let quads = [
            Drawn.quad([1, 2], [30.26, 2], [30, 9], [1, 9]),
            Drawn.quad([841.62, 726], [1068.2, 722], [1066, 769], [841, 774]),
        ]
        let step = PlateRecord(treatment: .pixelate, quads: quads).step(focal35: 30)
        #expect(
            step.parameters
                == "cover=pixelate count=2 focal35=30.0 at=841.6,726.0,1068,722.0,1066,769.0,841.0,774.0")
        let file = try Drawn.photo().encoded(
            .png().stating(
                Provenance(
                    sourceType: .algorithmicallyEnhanced, original: String(repeating: "a", count: 64), steps: [step])))
        let packet = try ImageFile.metadata(file)
        let large = Provenance(packet: packet, of: String(repeating: "b", count: 64))
        #expect(large.steps.isEmpty, "a small picture has no room for a history")
        let told = Provenance(sourceType: .composite, steps: [step, Provenance.Step("cutout", "model=u2net")])
        #expect(told.coveredPlate?.corners[1] == [1068, 722] && told.focalLength35 == 30)
        #expect(Provenance(sourceType: .composite).coveredPlate == nil)
        let cut = PlateRecord(treatment: .blur, quads: [Drawn.quad([-400, 0], [9, 0], [9, 9], [-400, 9])])
        #expect(!cut.step(focal35: nil).parameters.contains("at="))
    }
}
