import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `What leaves the house` {
    static let encodings: [Encoding] = [
        .jpeg(), .jpeg(progressive: false, sRGBProfile: true), .png(), .png(sRGBProfile: true), .webp(),
        .webp(lossless: true, sRGBProfile: true), .avif(effort: 1),
    ]

    @Test(arguments: encodings)
    func `carries no place, no camera and no text`(encoding: Encoding) throws {
        let bytes = try decodedTagged().encoded(encoding)
        for trace in ["Exif", "ACME", "Snapper", "ns.adobe.com", "GPS", "secret remark"] {
            #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(trace) in \(encoding.format)")
        }
        let header = try ImageFile.probe(bytes)
        #expect(header.camera == ImageHeader.Camera())
        #expect(header.orientation == 1)
    }

    @Test func `attaches an sRGB profile only when asked`() throws {
        let picture = try TestPicture.scene(width: 40, height: 30)
        for (bare, tagged) in [
            (Encoding.jpeg(), Encoding.jpeg(sRGBProfile: true)), (.png(), .png(sRGBProfile: true)),
            (.webp(), .webp(sRGBProfile: true)),
        ] {
            #expect(try !ImageFile.probe(picture.encoded(bare)).hasProfile)
            #expect(try ImageFile.probe(picture.encoded(tagged)).hasProfile)
            let difference = try ImageFile.decode(picture.encoded(tagged)).largestDifference(
                to: ImageFile.decode(picture.encoded(bare)))
            #expect(difference == 0)
        }
    }

    @Test func `JPEG holds only the segments of its picture`() throws {
        let bytes = Array(try decodedTagged().encoded(.jpeg(progressive: false)))
        var (at, markers) = (2, Set<UInt8>())
        while at + 4 < bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
            markers.insert(bytes[at + 1])
            at += 2 + Int(bytes[at + 2]) << 8 + Int(bytes[at + 3])
        }
        #expect(markers.isSubset(of: [0xE0, 0xDB, 0xC0, 0xC4]))
    }

    @Test func `PNG holds only the chunks of its picture`() throws {
        let bytes = Array(try decodedTagged().encoded(.png()))
        var (at, chunks) = (8, Set<String>())
        while at + 8 <= bytes.count {
            chunks.insert(String(decoding: bytes[at + 4..<at + 8], as: UTF8.self))
            at += 12 + bytes[at..<at + 4].reduce(0) { $0 << 8 + Int($1) }
        }
        #expect(chunks.isSubset(of: ["IHDR", "IDAT", "IEND", "pHYs"]))
    }

    private func decodedTagged() throws -> Bitmap {
        var bytes = try TestPicture.scene(width: 64, height: 48).encoded(.jpeg())
        bytes = Handmade.jpeg(bytes, adding: 0xE1, Handmade.exif(orientation: 6))
        bytes = Handmade.jpeg(
            bytes, adding: 0xE1, Data("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS</x:xmpmeta>".utf8))
        bytes = Handmade.jpeg(bytes, adding: 0xFE, Data("secret remark".utf8))
        #expect(try ImageFile.probe(bytes).camera.make == "ACME")
        return try ImageFile.decode(bytes)
    }
}

@Suite struct `Writing files` {
    @Test func `leaves nothing behind when the folder is not there`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let picture = try TestPicture.scene(width: 20, height: 20)
        let failure = #expect(throws: Failure.self) {
            try picture.write(.png(), to: folder.appending(path: "no/such.png"))
        }
        #expect(failure?.code == .storageUnavailable)
        let taken = folder.appending(path: "taken")
        try FileManager.default.createDirectory(at: taken.appending(path: "full"), withIntermediateDirectories: true)
        #expect(throws: Failure.self) { try picture.write(.png(), to: taken) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
    }

    @Test func `replaces a file whole`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "a.webp")
        try TestPicture.scene(width: 20, height: 20).write(.webp(), to: file)
        try TestPicture.scene(width: 30, height: 20).write(.webp(), to: file)
        #expect(try ImageFile.probe(file).width == 30)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.webp"])
    }

    @Test func `refuses what a format can't hold`() throws {
        let disc = try TestPicture.disc(width: 20, height: 20)
        #expect(#expect(throws: Failure.self) { try disc.encoded(.jpeg()) }?.code == .internalError)
        let long = try TestPicture.plain(width: 16_384, height: 1, [9, 9, 9])
        let failure = #expect(throws: Failure.self) { try long.encoded(.webp()) }
        #expect(failure?.code == .imageTooLarge && failure?.summary.contains("WebP") == true)
        #expect(try ImageFile.decode(long.encoded(.png())).width == 16_384)
    }

    @Test(arguments: [Encoding.jpeg(), .png(), .webp(), .avif()])
    func `stops when cancelled`(encoding: Encoding) throws {
        let cancel = CancelFlag()
        cancel.raise()
        let picture = try TestPicture.scene(width: 64, height: 64)
        let failure = #expect(throws: Failure.self) { try picture.encoded(encoding, cancel: cancel) }
        #expect(failure?.code == .cancelled)
    }
}
