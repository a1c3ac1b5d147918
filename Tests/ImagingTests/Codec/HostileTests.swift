import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

/// The code that a file is refused with, or nil when it decodes.
func refusal(_ bytes: Data, limits: ImageLimits = ImageLimits()) -> Failure? {
    do {
        _ = try ImageFile.decode(bytes, limits: limits)
        return nil
    } catch { return error }
}

@Suite struct `Hostile files` {
    @Test func `refuses an empty file`() {
        #expect(refusal(Data())?.code == .imageEmpty)
    }

    @Test func `refuses a text file whatever its name says`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "car.jpg")
        try Data("BMW 320d, one owner, no accidents".utf8).write(to: file)
        #expect(throws: Failure.self) { try ImageFile.decode(file) }
        let failure = #expect(throws: Failure.self) { try ImageFile.probe(file) }
        #expect(failure?.code == .imageUnrecognized)
        #expect(failure?.summary.contains(folder.path) == false)
    }

    static let notTaken: [(String, [UInt8], String)] = [
        ("a GIF", [], "GIF89a\u{1}\0\u{1}\0"), ("a PDF document", [], "%PDF-1.7"),
        ("an SVG drawing", [], "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("a BMP", [], "BM\0\0\0\0\0\0\0\0\0\0"), ("a JPEG 2000", [0, 0, 0, 12], "jP  \r\n"),
        ("a JPEG XL", [0xFF, 0x0A], "\0\0"), ("a Photoshop document", [], "8BPS\0\u{1}"),
        ("a film", [0, 0, 0, 24], "ftypisom\0\0\u{2}\0isommp42"),
        ("a camera raw file", [0, 0, 0, 24], "ftypcrx \0\0\0\u{1}crx isom"),
        ("a camera raw file", [], "II*\0\u{10}\0\0\0CR\u{2}\0"),
    ]

    @Test(arguments: notTaken)
    func `names a known format that is not taken`(what: String, start: [UInt8], text: String) {
        let failure = refusal(Data(start) + Data(text.utf8))
        #expect(failure?.code == .imageUnsupported)
        #expect(failure?.summary == "The file is \(what), which is not taken.")
    }

    @Test func `refuses what is no readable file`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in [
            folder, folder.appending(path: "absent.jpg"), URL(filePath: "/dev/zero"), folder.appending(path: "a\0b"),
        ] {
            let failure = #expect(throws: Failure.self) { try ImageFile.decode(file) }
            #expect(failure?.code == .inputUnreadable)
        }
    }

    @Test func `refuses a bomb by its header and says the sizes`() {
        let failure = refusal(Handmade.pngBomb(width: 50_000, height: 40_000))
        #expect(failure?.code == .imageTooLarge)
        #expect(failure?.summary.contains("50000 x 40000") == true)
        #expect(failure?.summary.contains("100000000") == true)
    }

    @Test func `counts pixels without overflow`() {
        let code = refusal(Handmade.pngBomb(width: 2_000_000_000, height: 2_000_000_000))?.code
        #expect(code == .imageTooLarge || code == .imageCorrupt)
    }

    @Test func `refuses a file over the byte limit`() throws {
        let bytes = try TestPicture.scene(width: 64, height: 64).encoded(.png(compression: 0))
        let failure = refusal(bytes, limits: ImageLimits(fileBytes: bytes.count - 1))
        #expect(failure?.code == .imageTooLarge)
        #expect(refusal(bytes, limits: ImageLimits(fileBytes: bytes.count)) == nil)
    }

    @Test func `takes exactly the pixel limit and not one more`() throws {
        let bytes = try TestPicture.scene(width: 30, height: 20).encoded(.jpeg())
        #expect(refusal(bytes, limits: ImageLimits(pixels: 600)) == nil)
        #expect(refusal(bytes, limits: ImageLimits(pixels: 599))?.code == .imageTooLarge)
    }

    @Test(arguments: [ImageFormat.jpeg, .png, .webp, .avif])
    func `calls every shortened file truncated`(format: ImageFormat) throws {
        let bytes = try sample(format)
        for share in 1..<40 {
            let length = max(16, bytes.count * share / 40)
            let failure = refusal(bytes.prefix(length))
            #expect(failure?.code == .imageTruncated, "\(format) of \(bytes.count) bytes cut at \(length)")
        }
        #expect(refusal(bytes.dropLast())?.code == .imageTruncated)
        #expect(refusal(bytes) == nil)
    }

    @Test func `calls a shortened TIFF truncated`() throws {
        let bytes = Handmade.tiff(
            width: 20, height: 20, samples: 3, photometric: 2, pixels: Data(repeating: 90, count: 1200))
        #expect(refusal(bytes) == nil)
        for length in [8, 9, 60, 150, bytes.count - 1] {
            #expect(refusal(bytes.prefix(length))?.code == .imageTruncated, "cut at \(length)")
        }
    }

    @Test func `calls a picture with holes damaged, not truncated`() throws {
        var jpeg = try sample(.jpeg)
        jpeg.replaceSubrange(jpeg.count / 2..<jpeg.count / 2 + 200, with: Data(repeating: 0xAA, count: 200))
        #expect(refusal(jpeg)?.code == .imageCorrupt)
        var png = try sample(.png)
        png[png.count / 2] ^= 0x55
        #expect(refusal(png)?.code == .imageCorrupt)
        #expect(refusal(Data([0x0D]) + (try sample(.png)).dropFirst())?.code == .imageCorrupt)
    }

    @Test func `takes bytes after the end, as phones write them`() throws {
        let jpeg = try sample(.jpeg)
        #expect(refusal(jpeg + Data(repeating: 0, count: 3000)) == nil)
        #expect(refusal(jpeg + (try sample(.jpeg))) == nil)
    }

    @Test func `stops a decode that was cancelled before`() throws {
        let cancel = CancelFlag()
        cancel.raise()
        let bytes = try sample(.jpeg)
        let failure = #expect(throws: Failure.self) { try ImageFile.decode(bytes, cancel: cancel) }
        #expect(failure?.code == .cancelled)
    }

    @Test func `names the slot of a stage's input`() throws {
        let bench = try StageBench()
        let file = bench.folder.appending(path: "front.jpg")
        try Data().write(to: file)
        let context = bench.context([file], slots: ["front"], budget: Budget(pixels: 100, bytes: 0, wallSeconds: 1))
        let failure = #expect(throws: Failure.self) { try ImageFile.decode(context.inputs[0], in: context) }
        #expect(failure?.slot == "front" && failure?.code == .imageEmpty)
        try sample(.jpeg).write(to: file)
        #expect(
            #expect(throws: Failure.self) { try ImageFile.probe(context.inputs[0], in: context) }?.code
                == .imageTooLarge)
    }
}

/// A small, busy picture in a format.
func sample(_ format: ImageFormat) throws -> Data {
    let picture = try TestPicture.scene(width: 120, height: 90)
    return switch format {
    case .png: try picture.encoded(.png())
    case .webp: try picture.encoded(.webp(quality: 90))
    case .avif: try picture.encoded(.avif(effort: 2))
    case .jpeg, .heif, .tiff: try picture.encoded(.jpeg(quality: 95, progressive: false))
    }
}

func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rundum-imaging-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
