import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `Colour and layout on the way in` {
    @Test(arguments: 1...8)
    func `turns each EXIF orientation upright, pixel for pixel`(orientation: Int) throws {
        let plain = try TestPicture.scene(width: 48, height: 32).encoded(.jpeg(quality: 95))
        let stored = try ImageFile.decode(plain)
        let tagged = Handmade.jpeg(plain, adding: 0xE1, Handmade.exif(orientation: orientation))
        let (w, h) = (stored.width, stored.height)
        let expected = try TestPicture.make(
            width: orientation >= 5 ? h : w, height: orientation >= 5 ? w : h, channels: 3
        ) { x, y, pixel in
            let from =
                switch orientation {
                case 2: (w - 1 - x, y)
                case 3: (w - 1 - x, h - 1 - y)
                case 4: (x, h - 1 - y)
                case 5: (y, x)
                case 6: (y, h - 1 - x)
                case 7: (w - 1 - y, h - 1 - x)
                case 8: (w - 1 - y, x)
                default: (x, y)
                }
            for (channel, value) in stored.pixel(from.0, from.1).enumerated() { pixel[channel] = value }
        }
        #expect(try ImageFile.decode(tagged).largestDifference(to: expected) == 0)
        let header = try ImageFile.probe(tagged)
        #expect(header.width == expected.width && header.height == expected.height && header.orientation == orientation)
    }

    @Test func `ignores an orientation that does not exist`() throws {
        let plain = try TestPicture.scene(width: 48, height: 32).encoded(.jpeg())
        let header = try ImageFile.probe(Handmade.jpeg(plain, adding: 0xE1, Handmade.exif(orientation: 9)))
        #expect(header.orientation == 1 && header.width == 48)
    }

    @Test func `reads what EXIF says about the camera`() throws {
        let plain = try TestPicture.scene(width: 48, height: 32).encoded(.jpeg())
        let header = try ImageFile.probe(Handmade.jpeg(plain, adding: 0xE1, Handmade.exif()))
        #expect(header.camera.focalLength == 4.25)
        #expect(header.camera.focalLength35 == 28)
        #expect(header.camera.make == "ACME" && header.camera.model == "Snapper 9")
        let bare = try ImageFile.probe(plain)
        #expect(bare.format == .jpeg && bare.pages == 1 && bare.bits == 8 && !bare.hasAlpha && !bare.hasProfile)
        #expect(bare.camera == ImageHeader.Camera())
    }

    @Test func `converts by the embedded profile`() throws {
        let red = try TestPicture.plain(width: 32, height: 32, [255, 0, 0]).encoded(.jpeg(quality: 100, chroma: .full))
        let body = Data("ICC_PROFILE\0\u{1}\u{1}".utf8) + Handmade.swappedProfile()
        let tagged = Handmade.jpeg(red, adding: 0xE2, body)
        #expect(try ImageFile.probe(tagged).hasProfile)
        let pixel = try ImageFile.decode(tagged).pixel(16, 16)
        #expect(pixel[0] < 12 && pixel[1] < 12 && pixel[2] > 243)
    }

    @Test func `falls back when the profile is rubbish`() throws {
        let red = try TestPicture.plain(width: 32, height: 32, [255, 0, 0]).encoded(.jpeg(quality: 100, chroma: .full))
        let body = Data("ICC_PROFILE\0\u{1}\u{1}".utf8) + Data(repeating: 7, count: 300)
        let pixel = try ImageFile.decode(Handmade.jpeg(red, adding: 0xE2, body)).pixel(16, 16)
        #expect(pixel[0] > 250 && pixel[1] < 5 && pixel[2] < 5)
    }

    @Test func `takes CMYK, deep, palette and two-channel pictures`() throws {
        let ink = Handmade.tiff(
            width: 4, height: 4, samples: 4, photometric: 5,
            pixels: Data((0..<16).flatMap { _ in [UInt8(0), 255, 255, 0] }))
        let red = try ImageFile.decode(ink)
        #expect(red.channels == 3)
        #expect(red.pixel(1, 1)[0] > 180 && red.pixel(1, 1)[1] < 80 && red.pixel(1, 1)[2] < 80)

        let deep = Handmade.tiff(
            width: 4, height: 4, samples: 3, bits: 16, photometric: 2,
            pixels: Data((0..<16).flatMap { _ in [0x34, 0xC8, 0, 0x40, 0xFF, 0xFF] as [UInt8] }))
        let decoded = try ImageFile.decode(deep)
        #expect(decoded.pixel(0, 0) == [200, 64, 255])
        #expect(try ImageFile.probe(deep).bits == 16)

        let greyAlpha = Handmade.tiff(
            width: 4, height: 4, samples: 2, photometric: 1, pixels: Data((0..<16).flatMap { _ in [UInt8(90), 128] }),
            extra: [(338, 2)])
        #expect(try ImageFile.decode(greyAlpha).pixel(2, 2) == [90, 90, 90, 128])

        let grey16 = Handmade.tiff(
            width: 4, height: 4, samples: 1, bits: 16, photometric: 1,
            pixels: Data((0..<16).flatMap { _ in [UInt8(1), 77] }))
        #expect(try ImageFile.decode(grey16).pixel(0, 0) == [77])
    }

    @Test func `gives the channels that are asked for`() throws {
        let disc = try TestPicture.disc(width: 40, height: 40).encoded(.png())
        #expect(try ImageFile.decode(disc).channels == 4)
        let flat = try ImageFile.decode(disc, as: .rgb)
        #expect(flat.channels == 3 && flat.pixel(0, 0) == [255, 255, 255] && flat.pixel(20, 20) == [210, 40, 30])
        #expect(try ImageFile.decode(disc, as: .grey).pixel(0, 0) == [255])
        let grey = try TestPicture.plain(width: 9, height: 9, [70]).encoded(.png())
        #expect(try ImageFile.decode(grey, as: .rgba).pixel(4, 4) == [70, 70, 70, 255])
        #expect(try ImageFile.decode(grey, as: .rgb).pixel(4, 4) == [70, 70, 70])
    }

    @Test(arguments: [ImageFormat.jpeg, .png, .webp, .avif])
    func `shrinks on load to the side that is asked for`(format: ImageFormat) throws {
        let picture = try TestPicture.scene(width: 400, height: 300)
        let encoding: Encoding =
            switch format {
            case .png: .png()
            case .webp: .webp(quality: 95)
            case .avif: .avif(quality: 90, effort: 1)
            case .jpeg, .heif, .tiff: .jpeg(quality: 95)
            }
        let bytes = try picture.encoded(encoding)
        let small = try ImageFile.decode(bytes, maxSide: 90)
        #expect(small.width == 90 && small.height == 68)
        #expect(try small.peakSignalToNoise(to: picture.resized(width: 90, height: 68)) > 30)
        #expect(try ImageFile.decode(bytes, maxSide: 4000).width == 400)
    }

    @Test func `decodes from a file as from memory`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "ein Bild — ñ.png")
        let picture = try TestPicture.scene(width: 33, height: 21)
        let count = try picture.write(.png(), to: file)
        #expect(try Data(contentsOf: file).count == count)
        #expect(try ImageFile.decode(file).largestDifference(to: picture) == 0)
        #expect(try ImageFile.probe(file) == ImageFile.probe(Data(contentsOf: file)))
    }
}
