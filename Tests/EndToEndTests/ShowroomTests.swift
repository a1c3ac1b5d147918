import Foundation
import Imaging
import Pipeline
import Storage
import TestKit
import Testing

/// The main job as its users call it.
@Suite struct ShowroomTests {
    @Test
    func
        `eight photos become a listing whose result names every file by its hash, and none shows a plate, and the same again from the cache`()
        async throws
    {
        let showroom = try Showroom()
        let clock = ContinuousClock()
        let started = clock.now
        let first = try await showroom.run("first")
        let firstTook = clock.now - started
        #expect(first.status == 0, "\(first.err)")

        let result = try showroom.result("first")
        let files = try showroom.files("first")
        #expect(Set(result.outputs.values.map(\.file) + ["result.json"]) == Set(files.keys))
        for output in result.outputs.values {
            let bytes = try #require(files[output.file])
            #expect(try SHA256Hasher.hash(bytes) == output.sha256, "\(output.file)")
            #expect(bytes.count == output.bytes)
        }
        #expect(files.keys.filter { $0.hasSuffix("/renditions/listing.webp") }.count == 8)
        #expect(files.keys.filter { $0.hasPrefix("spin/frames/") }.count == 8)
        #expect(files["spin/viewer.html"] != nil && files["index.html"] != nil)

        let walk = try PlateWalk()
        #expect(try walk.reads(ImageFile.decode(Fixtures.carPhotos[0])), "the reader reads an open plate")
        let read = try walk.legible(in: files)
        #expect(read.names == [], "no picture that is published shows a plate")
        #expect(read.looked >= 45)

        let again = clock.now
        let second = try await showroom.run("second")
        #expect(second.status == 0, "\(second.err)")
        #expect(clock.now - again < firstTook / 10, "the cache must be ten times as fast")
        #expect(try showroom.files("second") == files)
    }

    @Test func `bad photos get an error each and the good ones are published`() async throws {
        let folder = try TemporaryFolder()
        let bad = try BadPhotos(folder.url)
        let showroom = try Showroom(photos: Array(Fixtures.carPhotos.prefix(2)) + bad.all)
        let outcome = try await showroom.run("listing")
        #expect(outcome.status == 3, "\(outcome.err)")
        for (file, code) in bad.codes {
            let line = outcome.err.split(separator: "\n").first { $0.contains(file.lastPathComponent) }
            #expect(line?.contains("[\(code)]") == true, "\(file.lastPathComponent) should be \(code): \(line ?? "-")")
        }
        let photos = try #require(try showroom.result("listing").data["photos"]?.arrayValue)
        #expect(photos.filter { $0["state"] == "succeeded" }.count == 2)
        #expect(try showroom.files("listing").keys.filter { $0.hasSuffix("listing.webp") }.count == 2)
    }

    @Test func `a folder with something else in it is not touched`() async throws {
        let showroom = try Showroom()
        let folder = showroom.folder("taken")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: folder.appending(path: "letter.txt"))
        let outcome = try await showroom.run("taken")
        #expect(outcome.status == 1)
        #expect(outcome.err.contains("[conflict]"))
        #expect(try showroom.files("taken") == ["letter.txt": Data("mine".utf8)])
    }

    @Test func `no photo and too many photos are wrong usage`() async throws {
        let showroom = try Showroom()
        let none = try await showroom.rundum("showroom", "--out", "x")
        #expect(none.status == 2 && none.err.contains("1 to 36"))
        let many = try await Program.run(["showroom"] + Array(repeating: "a.jpg", count: 37) + ["--out", "x"])
        #expect(many.status == 2 && many.err.contains("[invalid_inputs]"))
    }
}

/// Files that no listing can be made of, and the code that each must give.
struct BadPhotos {
    let codes: [(file: URL, code: String)]
    var all: [URL] { codes.map(\.file) }

    init(_ folder: URL) throws {
        let photo = try Data(contentsOf: Fixtures.carPhotos[0])
        func file(_ name: String, _ bytes: Data) throws -> URL {
            let url = folder.appending(path: name)
            try bytes.write(to: url)
            return url
        }
        codes = [
            (try file("truncated.jpg", photo.prefix(photo.count / 2)), "image_truncated"),
            (try file("bomb.png", Self.bomb), "image_too_large"),
            (try file("letter.jpg", Data("Dear dealer, this is no picture.\n".utf8)), "image_unrecognized"),
            (try file("empty.jpg", Data()), "image_empty"),
            (folder.appending(path: "missing.jpg"), "input_unreadable"),
            (try file("sky.png", try Self.sky()), "no_main_object"),
        ]
    }

    /// The header of a PNG of 60 000 x 60 000 pixels, with nothing behind it.
    private static var bomb: Data {
        var bytes = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13])
        let header = Data([0x49, 0x48, 0x44, 0x52, 0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0])
        bytes += header
        let crc = crc32(header)
        bytes += Data([UInt8(crc >> 24 & 255), UInt8(crc >> 16 & 255), UInt8(crc >> 8 & 255), UInt8(crc & 255)])
        return bytes + Data([0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54])
    }

    private static func crc32(_ bytes: Data) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    /// An empty evening sky over an empty field.
    private static func sky() throws -> Data {
        let (width, height) = (640, 480)
        var pixels: [UInt8] = []
        for y in 0..<height {
            let light = UInt8(clamping: y / 4)
            let colour: [UInt8] = y < 300 ? [90 + light, 130 + light, 200 + light / 2] : [96, 112, 70]
            for _ in 0..<width { pixels += colour }
        }
        return try Bitmap(pixels: pixels, width: width, height: height, channels: 3).encoded(.png())
    }
}
