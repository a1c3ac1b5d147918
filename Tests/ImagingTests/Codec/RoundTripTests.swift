import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `Codec round trips` {
    @Test(arguments: [
        Encoding.png(), .png(compression: 0), .webp(lossless: true, effort: 2),
        .avif(lossless: true, chroma: .full, effort: 2),
    ])
    func `keep every pixel when lossless`(encoding: Encoding) throws {
        let picture = try TestPicture.scene(width: 61, height: 43)
        let back = try ImageFile.decode(picture.encoded(encoding))
        #expect(back.width == 61 && back.height == 43 && back.channels == 3)
        #expect(picture.largestDifference(to: back) <= (encoding.format == .avif ? 2 : 0))
    }

    @Test(arguments: [Encoding.png(), .webp(lossless: true)])
    func `keep straight alpha`(encoding: Encoding) throws {
        let picture = try TestPicture.disc(width: 40, height: 30)
        let back = try ImageFile.decode(picture.encoded(encoding))
        #expect(back.channels == 4)
        #expect(try picture.channel(3).largestDifference(to: back.channel(3)) == 0)
        #expect(try picture.flattened().largestDifference(to: back.flattened()) == 0)
    }

    @Test(arguments: [
        (Encoding.jpeg(quality: 92), 34.0), (.jpeg(quality: 92, progressive: false, chroma: .full), 38),
        (.webp(quality: 90), 34),
        (.avif(quality: 80, effort: 2), 34),
    ])
    func `stay close when lossy`(encoding: Encoding, decibels: Double) throws {
        let picture = try TestPicture.scene(width: 160, height: 120)
        let back = try ImageFile.decode(picture.encoded(encoding))
        #expect(picture.peakSignalToNoise(to: back) > decibels)
    }

    @Test func `write the same bytes twice and from another thread`() async throws {
        let picture = try TestPicture.scene(width: 200, height: 150)
        for encoding in [Encoding.jpeg(), .png(), .webp(), .avif(effort: 2)] {
            let first = try picture.encoded(encoding)
            let second = try await Task.detached { try picture.encoded(encoding) }.value
            #expect(first == second)
        }
    }

    @Test func `keep grey grey`() throws {
        let grey = try TestPicture.scene(width: 50, height: 40).converted(channels: 1)
        for encoding in [Encoding.jpeg(quality: 95), .png()] {
            #expect(try ImageFile.decode(grey.encoded(encoding)).channels == 1)
        }
    }
}
