import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `Measures` {
    @Test func `finds the box of an object`() throws {
        let mask = try TestPicture.make(width: 50, height: 40, channels: 1) { x, y, pixel in
            pixel[0] = (12...30).contains(x) && (5...9).contains(y) ? 200 : 10
        }
        #expect(try mask.bounds() == PixelBox(x: 12, y: 5, width: 19, height: 5))
        #expect(try mask.bounds(threshold: 201) == nil)
        #expect(try mask.bounds(threshold: 5) == PixelBox(x: 0, y: 0, width: 50, height: 40))
        #expect(throws: Failure.self) { try TestPicture.scene(width: 9, height: 9).bounds() }
    }

    @Test func `similarity is 1 for equals and falls with damage`() throws {
        let scene = try TestPicture.scene(width: 120, height: 90)
        #expect(abs(try scene.similarity(to: scene) - 1) < 1e-6)
        let qualities = [95, 60, 20, 5]
        let values = try qualities.map { try scene.similarity(to: ImageFile.decode(scene.encoded(.jpeg(quality: $0)))) }
        #expect(values == values.sorted(by: >))
        #expect(values[0] > 0.97 && values[3] < 0.97)
        #expect(throws: Failure.self) { try scene.similarity(to: TestPicture.scene(width: 90, height: 120)) }
    }

    @Test func `similarity of two plain pictures is the luminance term alone`() throws {
        let (a, b) = (100.0, 150.0)
        let c1 = 6.5025
        let expected = (2 * a * b + c1) / (a * a + b * b + c1)
        let value = try TestPicture.plain(width: 20, height: 20, [100]).similarity(
            to: TestPicture.plain(width: 20, height: 20, [150]))
        #expect(abs(value - expected) < 1e-3)
    }

    @Test(arguments: [(1, 1), (2, 9), (10, 10), (11, 300)])
    func `similarity works on small pictures`(width: Int, height: Int) throws {
        let scene = try TestPicture.scene(width: width, height: height)
        #expect(abs(try scene.similarity(to: scene) - 1) < 1e-6)
    }

    @Test func `names the dominant colour, by alpha`() throws {
        #expect(try TestPicture.plain(width: 30, height: 30, [18, 52, 86]).dominantColour().hex == "#123456")
        #expect(try TestPicture.disc(width: 60, height: 60, radius: 0.2).dominantColour() == Colour(210, 40, 30))
        #expect(try TestPicture.plain(width: 3, height: 3, [1, 2, 3, 0]).dominantColour() == .white)
        #expect(try TestPicture.plain(width: 3, height: 3, [77]).dominantColour().hex == "#4d4d4d")
    }

    @Test func `reads colours as they are written`() {
        #expect(Colour(hex: "#0a0B0c") == Colour(10, 11, 12))
        for wrong in ["", "0a0b0c", "#0a0b0", "#0a0b0g", "#+a0b0c", "white"] { #expect(Colour(hex: wrong) == nil) }
    }

    @Test func `hashes a plain picture to its mean and nothing else`() throws {
        // 4 x 3 components: size flag 21 = "L", no contrast = "0", white = "TSUA", then 11 times the middle step "fQ".
        let white = try Blurhash.of(TestPicture.plain(width: 40, height: 30, [255, 255, 255]))
        #expect(white == "L0TSUA" + String(repeating: "fQ", count: 11))
        let upright = try Blurhash.of(TestPicture.plain(width: 30, height: 40, [0, 0, 0]))
        #expect(upright == "T00000" + String(repeating: "fQ", count: 11))
    }

    @Test func `hashes differ with content and fit their length`() throws {
        let scene = try TestPicture.scene(width: 200, height: 150)
        let hash = try Blurhash.of(scene)
        #expect(hash.count == 28)
        #expect(try hash == Blurhash.of(scene.resized(width: 400, height: 300, filter: .area)))
        #expect(try hash != Blurhash.of(TestPicture.disc(width: 200, height: 150)))
        #expect(try Blurhash.of(TestPicture.plain(width: 1, height: 1, [9, 9, 9])).count == 28)
    }
}
