import Foundation
import Imaging
import Pipeline
import Stages
import TestKit
import Testing

/// Whatever goes in, no output of a stage carries a place, a device or a person; each says what it is instead.
@Suite struct `Outputs tell of their making and of nobody` {
    private static let traces = [
        "Exif", "GPSLatitude", "ACME", "Snapper", "SN-4711", "MakerNote", "secret remark", "jane@", "Photoshop 3.0",
    ]

    @Test func `a cut-out keeps the focal length of the photo's lens in its history`() async throws {
        let bench = try StageBench()
        var options = CutoutOptions()
        (options.model, options.precision) = (.u2netp, .f32)
        _ = try await bench.run(CutoutStage(), options, on: [Fixtures.carPhotos[2]])
        let packet = EmbeddedXMP.packets(in: bench.bytes("cutout")).first ?? ""
        #expect(packet.contains(#"stEvt:parameters="model=u2netp precision=f32 focal35=30.0""#))
    }

    @Test func `a cut-out, its composite, renditions in every format and a spin of a photo full of EXIF`() async throws
    {
        let work = try StageBench()
        let photo = work.folder.appending(path: "photo.jpg")
        try Laden.photo(Fixtures.carPhotos[2]).write(to: photo)

        var options = CutoutOptions()
        (options.model, options.precision, options.background) = (.u2netp, .f32, "studio-dark")
        let cut = try StageBench()
        _ = try await cut.run(CutoutStage(), options, on: [photo])
        try check(cut, ["cutout": .algorithmicallyEnhanced, "composite": .composite])
        #expect(EmbeddedXMP.packets(in: cut.bytes("mask")).isEmpty)

        for format in RenditionsOptions.Format.allCases {
            var wished = RenditionsOptions()
            (wished.format, wished.profiles) = (format, ["listing", "thumbnail"])
            let (ofComposite, ofPhoto) = (try StageBench(), try StageBench())
            let composite = try #require(cut.file("composite"))
            _ = try await ofComposite.run(RenditionsStage(), wished, on: [composite.file])
            try check(ofComposite, ["listing": .composite, "thumbnail": .composite])
            let packet = EmbeddedXMP.packets(in: ofComposite.bytes("listing")).first ?? ""
            for step in ["cutout", "resample", "composite", "resize"] {
                #expect(packet.contains("stEvt:action=\"\(step)\""), "\(step) in \(format)")
            }
            _ = try await ofPhoto.run(RenditionsStage(), wished, on: [photo])
            try check(ofPhoto, ["listing": .digitalCapture, "thumbnail": .digitalCapture])
        }

        let spin = try StageBench()
        var turn = SpinOptions()
        (turn.width, turn.height) = (480, 320)
        let cutout = try #require(cut.file("cutout"))
        _ = try await spin.run(SpinStage(), turn, on: [cutout.file])
        try check(spin, ["frames/001": .composite, "sprite": .composite])
    }

    @Test(.enabled(if: Fixtures.data != nil, "no real pictures"))
    func `of real phone photos`() async throws {
        let files = try Laden.phonePhotos()
        try #require(files.count >= 3)
        for file in files.prefix(12) {
            let camera = try ImageFile.probe(file).camera
            let bench = try StageBench()
            var wished = RenditionsOptions()
            wished.profiles = ["listing"]
            _ = try await bench.run(RenditionsStage(), wished, on: [file])
            let bytes = bench.bytes("listing")
            #expect(EmbeddedXMP.packets(in: bytes).count == 1)
            // Shorter words stand in compressed pixels by chance.
            let named = [camera.make, camera.model].compactMap(\.self).filter { $0.utf8.count > 4 }
            for trace in named + ["Exif\0\0", "GPSLatitude", "ICC_PROFILE"] {
                #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(trace) of \(file.lastPathComponent)")
            }
        }
    }

    private func check(_ bench: StageBench, _ expected: [String: SourceType]) throws {
        for (name, type) in expected {
            let bytes = bench.bytes(name)
            for trace in Self.traces { #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(trace) in \(name)") }
            #expect(try ImageFile.probe(bytes).camera == ImageHeader.Camera())
            let packets = EmbeddedXMP.packets(in: bytes)
            #expect(packets.count == 1, "\(name)")
            #expect(packets.first?.contains("\"\(type.uri)\"") == true, "\(name) is not \(type)")
        }
    }
}

/// Photos that say too much.
private enum Laden {
    /// A photo with GPS, make, model, serial number, owner, maker note, thumbnail, IPTC and a comment.
    static func photo(_ file: URL) throws -> Data {
        let plain = try ImageFile.decode(file, as: .rgb).encoded(.jpeg(quality: 92))
        let thumbnail = try TestPicture.scene(width: 32, height: 24).encoded(.jpeg())
        var photo = segment(plain, 0xFE, Data("secret remark of jane@example.org".utf8))
        photo = segment(photo, 0xED, Data("Photoshop 3.0\0jane@example.org".utf8))
        photo = segment(
            photo, 0xE1,
            Data(
                "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude=\"52,31N\" aux:SerialNumber=\"SN-4711\"/>"
                    .utf8))
        return segment(photo, 0xE1, Data("Exif\0\0".utf8) + tiff(thumbnail))
    }

    /// Photos of the robustness set that name a camera.
    static func phonePhotos() throws -> [URL] {
        guard let data = Fixtures.data,
            let all = FileManager.default.enumerator(
                at: data.appending(path: "G_robust"), includingPropertiesForKeys: nil)
        else { return [] }
        let files = all.compactMap { $0 as? URL }.sorted { $0.path < $1.path }
        return files.filter { ["jpg", "jpeg", "heic"].contains($0.pathExtension.lowercased()) }.filter { file in
            (try? ImageFile.probe(file)).map { $0.camera.make != nil && $0.width * $0.height < 13_000_000 } ?? false
                && (try? ImageFile.decode(file, maxSide: 64)) != nil
        }
    }

    private static func segment(_ jpeg: Data, _ marker: UInt8, _ body: Data) -> Data {
        jpeg.prefix(2) + [0xFF, marker] + big(body.count + 2, 2) + body + jpeg.dropFirst(2)
    }

    private static func big(_ value: Int, _ bytes: Int) -> Data {
        Data((0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }

    /// Big-endian TIFF: IFD0 (make, model, Exif, GPS), Exif (maker note, owner, serial number), GPS, IFD1 (thumbnail).
    private static func tiff(_ thumbnail: Data) -> Data {
        var (values, start) = (Data(), 0)
        func entry(_ tag: Int, _ type: Int, _ bytes: Data) -> Data {
            let count = type == 5 ? bytes.count / 8 : bytes.count
            let place = bytes.count <= 4 ? bytes + Data(count: 4 - bytes.count) : big(start + values.count, 4)
            if bytes.count > 4 { values += bytes }
            return big(tag, 2) + big(type, 2) + big(count, 4) + place
        }
        func long(_ tag: Int, _ value: Int) -> Data { big(tag, 2) + big(4, 2) + big(1, 4) + big(value, 4) }
        func text(_ text: String) -> Data { Data(text.utf8) + [0] }
        let (first, exif, gps, second) = (8, 8 + 6 + 4 * 12, 8 + 12 + 7 * 12, 8 + 18 + 9 * 12)
        start = second + 6 + 3 * 12
        let head = Data("MM\0*".utf8) + big(first, 4)
        let ifd0 =
            big(4, 2) + entry(0x010F, 2, text("ACME")) + entry(0x0110, 2, text("Snapper 9")) + long(0x8769, exif)
            + long(0x8825, gps) + big(second, 4)
        let exifIFD =
            big(3, 2) + entry(0x927C, 7, Data("ACME MakerNote 1234".utf8)) + entry(0xA430, 2, text("jane@example.org"))
            + entry(0xA431, 2, text("SN-4711")) + big(0, 4)
        let degrees = [52, 31, 12].reduce(Data()) { $0 + big($1, 4) + big(1, 4) }
        let gpsIFD = big(2, 2) + entry(1, 2, text("N")) + entry(2, 5, degrees) + big(0, 4)
        let picture = start + values.count
        let ifd1 =
            big(3, 2) + big(0x0103, 2) + big(3, 2) + big(1, 4) + big(6, 2) + big(0, 2) + long(0x0201, picture)
            + long(0x0202, thumbnail.count) + big(0, 4)
        return head + ifd0 + exifIFD + gpsIFD + ifd1 + values + thumbnail
    }
}
