import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Stages

/// The real network on our own car and on pictures made by code. Mostly u2netp, which takes a fraction of the time.
@Suite(.serialized) struct CutoutStageTests {
    private static let stage = CutoutStage()

    private static func options(_ change: (inout CutoutOptions) -> Void = { _ in }) -> CutoutOptions {
        var options = CutoutOptions()
        (options.model, options.precision) = (.u2netp, .f32)
        change(&options)
        return options
    }

    /// Shared area over the area of both, at one half.
    private func overlap(_ mask: Data, _ truth: URL) throws -> Double {
        let (found, exact) = (try ImageFile.decode(mask, as: .grey), try ImageFile.decode(truth, as: .grey))
        try #require(found.width == exact.width && found.height == exact.height)
        return found.withPixels { a in
            exact.withPixels { b in
                var (shared, either) = (0, 0)
                for index in 0..<a.count {
                    let (mine, true_) = (a[index] >= 128, b[index] >= 128)
                    shared += mine && true_ ? 1 : 0
                    either += mine || true_ ? 1 : 0
                }
                return Double(shared) / Double(max(either, 1))
            }
        }
    }

    private func made(_ name: String, _ picture: Bitmap) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "rundum-\(UUID().uuidString)-\(name).png")
        try picture.write(.png(compression: 1), to: file)
        return file
    }

    @Test(arguments: [2, 3, 5]) func `cuts our own car out`(view: Int) async throws {
        let bench = try StageBench()
        let found = try await bench.run(Self.stage, Self.options(), on: [Fixtures.carPhotos[view]])
        let right = try overlap(bench.bytes("mask"), Fixtures.carMasks[view])
        #expect(right > 0.96)
        #expect(bench.reports.reviews.isEmpty)
        #expect(found.cropped.isEmpty)
        #expect(found.confidence > 0.8)
        #expect((0.1...0.3).contains(found.coverage))
        #expect(found.precision == "f32" && found.model == "u2netp")
    }

    @Test(arguments: [0, 2, 5]) func `sees panes and wheels on our own car`(view: Int) async throws {
        let bench = try StageBench()
        let found = try await bench.run(
            Self.stage, Self.options { $0.windows = 0.5 }, on: [Fixtures.carPhotos[view]])
        #expect((0.05...0.3).contains(try #require(found.glassShare)))
        // From the front hardly more than two strips of tyre are seen.
        #expect((view == 0 ? 0.001...0.1 : 0.01...0.25).contains(try #require(found.wheelShare)))
        #expect(bench.reports.reviews.isEmpty)
    }

    @Test func `lets the new background through the panes when asked, and nowhere else`() async throws {
        let (opaque, clear) = (try StageBench(), try StageBench())
        _ = try await opaque.run(Self.stage, Self.options(), on: [Fixtures.carPhotos[2]])
        _ = try await clear.run(Self.stage, Self.options { $0.windows = 1 }, on: [Fixtures.carPhotos[2]])
        let before = try ImageFile.decode(opaque.bytes("cutout"), as: .rgba)
        let after = try ImageFile.decode(clear.bytes("cutout"), as: .rgba)
        let (box, lower) = (before.height / 2, before.height * 3 / 4)
        var (through, least, changedBelow) = (0, 255, 0)
        before.withPixels { a in
            after.withPixels { b in
                for pixel in 0..<a.count / 4 where a[4 * pixel + 3] == 255 {
                    let alpha = Int(b[4 * pixel + 3])
                    through += alpha < 255 ? 1 : 0
                    least = min(least, alpha)
                    changedBelow += alpha < 255 && pixel / before.width > lower ? 1 : 0
                }
            }
        }
        #expect(through > 1000, "\(through) of \(box)")
        #expect(least >= 128)
        #expect(changedBelow == 0)
    }

    @Test func `writes the border as lines when asked`() async throws {
        let bench = try StageBench()
        _ = try await bench.run(Self.stage, Self.options { $0.contour = true }, on: [Fixtures.carPhotos[3]])
        let contour = try JSON.decode(Contour.self, from: bench.bytes("contour"))
        let mask = try ImageFile.decode(bench.bytes("mask"), as: .grey)
        let covered = mask.withPixels { pixels in pixels.reduce(0.0) { $0 + Double($1) / 255 } }
        #expect(abs(contour.lines.reduce(0) { $0 + $1.area } / covered - 1) < 0.01)
        #expect(contour.lines.allSatisfy { $0.cut.isEmpty })
    }

    @Test func `asks about what is no vehicle unless any object will do`() async throws {
        let ball = try made(
            "ball",
            TestPicture.make(width: 640, height: 480, channels: 3) { x, y, pixel in
                let (dx, dy) = (Double(x) - 320, Double(y) - 240)
                let inside = (dx * dx + dy * dy).squareRoot() < 130
                for c in 0..<3 {
                    pixel[c] = inside ? UInt8([210, 60, 40][c] - abs(x - 290) / 4) : UInt8(170 + (y / 8) % 20)
                }
            })
        defer { try? FileManager.default.removeItem(at: ball) }
        let (strict, any) = (try StageBench(), try StageBench())
        let found = try await strict.run(Self.stage, Self.options(), on: [ball])
        _ = try await any.run(Self.stage, Self.options { $0.subject = .any }, on: [ball])
        #expect(try #require(found.vehicleShare) < 0.1)
        #expect(strict.reports.reviews.map(\.code) == ["not_a_vehicle"])
        #expect(any.reports.reviews.isEmpty)
    }

    @Test func `loses no mirror`() async throws {
        let bench = try StageBench()
        _ = try await bench.run(Self.stage, Self.options(), on: [Fixtures.carPhotos[0]])
        let found = try ImageFile.decode(bench.bytes("mask"), as: .grey)
        let truth = try ImageFile.decode(Fixtures.carMasks[0], as: .grey)
        // Where the front view shows its two mirrors.
        for x in [556, 1104] {
            let mine = Self.bytes(try found.cropped(x: x, y: 425, width: 44, height: 36))
            let exact = Self.bytes(try truth.cropped(x: x, y: 425, width: 44, height: 36))
            let mirror = exact.indices.filter { exact[$0] >= 128 }
            let covered = mirror.filter { mine[$0] >= 128 }.count
            #expect(mirror.count > 400)
            #expect(covered * 10 > mirror.count * 9, "the mirror at \(x)")
        }
    }

    private static func bytes(_ picture: Bitmap) -> [UInt8] { picture.withPixels { Array($0) } }

    @Test func `the large network at the machine's fast precision is better still`() async throws {
        let bench = try StageBench()
        _ = try await bench.run(
            Self.stage, Self.options { ($0.model, $0.precision) = (.u2net, .auto) },
            on: [
                Fixtures.carPhotos[1]
            ])
        #expect(try overlap(bench.bytes("mask"), Fixtures.carMasks[1]) > 0.97)
    }

    @Test func `writes a mask, a cut-out and a composite that fit together`() async throws {
        let bench = try StageBench()
        let options = Self.options { ($0.background, $0.width, $0.height) = ("studio-light", 640, 480) }
        let found = try await bench.run(Self.stage, options, on: [Fixtures.carPhotos[1]])
        let photo = try ImageFile.decode(Fixtures.carPhotos[1], as: .rgb)
        let (mask, cutout) = (
            try ImageFile.decode(bench.bytes("mask")), try ImageFile.decode(bench.bytes("cutout"))
        )
        #expect(mask.channels == 1 && cutout.channels == 4)
        #expect(cutout.width == photo.width && cutout.height == photo.height)
        #expect(try cutout.channel(3).largestDifference(to: mask) == 0)
        let (x, y) = (found.box[0] + found.box[2] / 2, found.box[1] + found.box[3] / 2)
        #expect(cutout.pixel(x, y) == photo.pixel(x, y) + [255])
        let composite = try ImageFile.decode(bench.bytes("composite"))
        #expect(composite.width == 640 && composite.height == 480)
        #expect(bench.reports.files.map(\.path) == ["mask.png", "cutout.png", "composite.jpg"])
        #expect(bench.reports.progress == bench.reports.progress.sorted())
        #expect(found.wheelLine.map { $0 > Double(y) } == true)
    }

    @Test func `sets the car before a supplied picture and records all that it did`() async throws {
        let floor = try made("hall", TestPicture.plain(width: 400, height: 300, [120, 150, 90]))
        defer { try? FileManager.default.removeItem(at: floor) }
        let bench = try StageBench()
        let options = Self.options { ($0.width, $0.height, $0.lightX) = (640, 480, .value(0.5)) }
        let found = try await bench.run(
            Self.stage, options, on: [floor, Fixtures.carPhotos[1]], slots: ["background", "photo-1"])
        let composite = try ImageFile.decode(bench.bytes("composite"), as: .rgb)
        #expect(composite.pixel(5, 5).map(Int.init).elementsEqual([120, 150, 90]) { abs($0 - $1) <= 2 })
        let record = try #require(found.composite)
        #expect(record.background == "picture" && record.lightX == 0.5 && record.mirror == 0 && record.shadow)
        #expect(record.whiteBalance.count == 3 && record.scale > 0)
        let photo = try ImageFile.decode(Fixtures.carPhotos[1], as: .rgb)
        #expect(try ImageFile.decode(bench.bytes("mask")).width == photo.width)
    }

    @Test func `says what is wrong with a background`() async throws {
        let (text, tiny) = try (
            FileManager.default.temporaryDirectory.appending(path: "rundum-\(UUID().uuidString).jpg"),
            made("tiny", TestPicture.plain(width: 20, height: 20, [1, 2, 3]))
        )
        try Data("not a picture".utf8).write(to: text)
        defer { for file in [text, tiny] { try? FileManager.default.removeItem(at: file) } }
        for (file, code) in [(text, Failure.Code.imageUnrecognized), (tiny, .imageTooSmall)] {
            await #expect {
                try await StageBench().run(
                    Self.stage, Self.options(), on: [Fixtures.carPhotos[1], file], slots: ["photo-1", "background"])
            } throws: { ($0 as? Failure)?.code == code && ($0 as? Failure)?.slot == "background" }
        }
        await #expect {
            try await StageBench().run(
                Self.stage, Self.options { $0.background = "brand" }, on: [Fixtures.carPhotos[1], tiny],
                slots: ["photo-1", "background"])
        } throws: { ($0 as? Failure)?.code == .invalidInputs }
    }

    @Test func `takes a background beside its one photo, and checks what the schema can't`() throws {
        var registry = StageRegistry()
        registry.register(Self.stage)
        let stage = try registry.stage("cutout")
        #expect(stage.inputWords == "one input, and background if wished")
        for wrong: JSONValue in [
            ["background": "brand", "sweepColour": "red"], ["sweepColour": "#2A9D8F"], ["lightX": 2], ["mirror": -1],
            ["floorLine": 0.1],
        ] {
            #expect(throws: Failure.self) { try stage.complete(wrong) }
        }
        let complete = try stage.complete(["background": "brand", "sweepColour": "#2A9D8F", "lightX": -0.5])
        #expect(complete["lightX"] == -0.5 && complete["mirror"] == .null)
    }

    @Test func `changes a studio as the options say`() throws {
        let options = Self.options {
            ($0.background, $0.sweepColour, $0.lightX, $0.mirror) = ("studio-grey", "#2A9D8F", .value(1), .value(0.4))
        }
        let studio = try options.backdrop()
        #expect(studio.wallFoot == 0x2A9D8F && studio.floor.lightX == 1 && studio.floor.mirror == 0.4)
        #expect(try studio.glow.x > Backdrop.named("studio-grey").glow.x)
        #expect(try Self.options { $0.background = "brand" }.backdrop() == Backdrop.named("brand"))
    }

    @Test func `gives the same bytes twice and with another number of threads`() async throws {
        var seen: [[Data]] = []
        for threads in [1, 2, 2] {
            let bench = try StageBench()
            var budget = CutoutStage.budget(for: Self.options())
            budget.threads = threads
            _ = try await Self.stage.run(
                Self.options(), in: bench.context([Fixtures.carPhotos[3]], budget: budget))
            seen.append([bench.bytes("mask"), bench.bytes("cutout")])
        }
        #expect(seen[0] == seen[1])
        #expect(seen[1] == seen[2])
        #expect(seen[0].allSatisfy { !$0.isEmpty })
    }

    @Test func `writes a lossless WebP when asked`() async throws {
        let (first, second) = (try StageBench(), try StageBench())
        _ = try await first.run(Self.stage, Self.options(), on: [Fixtures.carPhotos[0]])
        _ = try await second.run(Self.stage, Self.options { $0.format = .webp }, on: [Fixtures.carPhotos[0]])
        #expect(second.file("cutout")?.mediaType == "image/webp")
        let (png, webp) = (
            try ImageFile.decode(first.bytes("cutout")), try ImageFile.decode(second.bytes("cutout"))
        )
        #expect(try png.flattened().largestDifference(to: webp.flattened()) <= 1)
        #expect(try png.channel(3).largestDifference(to: webp.channel(3)) == 0)
    }

    @Test func `turns a photo upright before it looks`() async throws {
        let small = try ImageFile.decode(Fixtures.carPhotos[1], as: .rgb, maxSide: 640)
        let file = FileManager.default.temporaryDirectory.appending(path: "rundum-\(UUID().uuidString).jpg")
        defer { try? FileManager.default.removeItem(at: file) }
        try turned(small).write(to: file)
        let bench = try StageBench()
        let found = try await bench.run(Self.stage, Self.options(), on: [file])
        let mask = try ImageFile.decode(bench.bytes("mask"))
        #expect(mask.width == small.width && mask.height == small.height)
        #expect(found.box[2] > found.box[3], "a car is broader than high")
    }

    /// A JPEG stored on its side whose EXIF says 6: turn it a quarter clockwise.
    private func turned(_ picture: Bitmap) throws -> Data {
        let (width, height) = (picture.height, picture.width)
        let side = try picture.withPixels { pixels in
            try TestPicture.make(width: width, height: height, channels: 3) { x, y, pixel in
                let from = (x * picture.width + picture.width - 1 - y) * 3
                for c in 0..<3 { pixel[c] = pixels[from + c] }
            }
        }
        let stored = try side.encoded(.jpeg(quality: 95))
        let exif: [UInt8] = [
            0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0,
            0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ]
        return stored.prefix(2) + Data(exif) + stored.dropFirst(2)
    }

    @Test func `flags a picture without an object`() async throws {
        let sky = try TestPicture.make(width: 480, height: 320, channels: 3) { x, y, pixel in
            let horizon = 150 + 12 * sin(Double(x) / 60)
            let noise = Double((x &* 7919 &+ y &* 104_729) % 23)
            let ground = Double(y) > horizon
            pixel[0] = UInt8(ground ? 90 + noise : 120 + Double(y) / 4)
            pixel[1] = UInt8(ground ? 120 + noise : 160 + Double(y) / 5)
            pixel[2] = UInt8(ground ? 60 + noise : 225)
        }
        let file = try made("sky", sky)
        defer { try? FileManager.default.removeItem(at: file) }
        let bench = try StageBench()
        let found = try await bench.run(Self.stage, Self.options(), on: [file])
        #expect(bench.reports.reviews.map(\.code) == ["no_main_object"])
        #expect(bench.reports.reviews.first?.hint?.isEmpty == false)
        #expect(bench.reports.files.map(\.name) == ["mask"])
        #expect(found.confidence < 0.5)
    }

    @Test func `finds nothing on one colour`() async throws {
        let file = try made("plain", try TestPicture.plain(width: 64, height: 48, [128, 128, 128]))
        defer { try? FileManager.default.removeItem(at: file) }
        let bench = try StageBench()
        let found = try await bench.run(Self.stage, Self.options { $0.background = "studio-dark" }, on: [file])
        #expect(bench.reports.reviews.map(\.code) == ["no_main_object"])
        if found.box == [0, 0, 0, 0] { #expect(bench.file("composite") == nil) }
    }

    @Test func `stops where it is when cancelled`() async throws {
        let bench = try StageBench(cancelAt: 0.3)
        await #expect { try await bench.run(Self.stage, Self.options(), on: [Fixtures.carPhotos[0]]) } throws: {
            ($0 as? Failure)?.code == .cancelled
        }
        #expect(bench.reports.steps.last == "cutting it out")
        #expect(bench.reports.files.isEmpty)
    }

    @Test func `names the photo that can't be read`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "rundum-\(UUID().uuidString).jpg")
        try Data("not a picture".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let bench = try StageBench()
        await #expect { try await bench.run(Self.stage, Self.options(), on: [file]) } throws: { error in
            (error as? Failure)?.slot == "photo-1" && (error as? Failure)?.code == .imageUnrecognized
        }
        let tiny = try made("tiny", try TestPicture.plain(width: 8, height: 8, [1, 2, 3]))
        defer { try? FileManager.default.removeItem(at: tiny) }
        await #expect { try await bench.run(Self.stage, Self.options(), on: [tiny]) } throws: { error in
            (error as? Failure)?.code == .imageTooSmall && (error as? Failure)?.slot == "photo-1"
        }
    }

    @Test func `names model, hash and arithmetic in its identity`() throws {
        let exact = try Self.stage.identity(for: Self.options())
        #expect(exact.first == "u2netp:309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8")
        #expect(exact.last?.hasPrefix("f32/") == true)
        let fast = try Self.stage.identity(for: Self.options { $0.model = .u2net })
        #expect(fast.first != exact.first)
        let studio = try Self.stage.identity(for: Self.options { $0.background = "brand" })
        #expect(studio.first == "brand@1" && studio.dropFirst().elementsEqual(exact))
    }

    @Test func `says when its models are not installed`() async throws {
        let empty = FileManager.default.temporaryDirectory.appending(path: "rundum-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: empty) }
        try FileManager.default.copyItem(
            at: Fixtures.root.appending(path: "models/manifest.json"), to: empty.appending(path: "manifest.json"))
        let stage = CutoutStage(models: try ModelStore(folder: empty))
        let bench = try StageBench()
        await #expect { try await bench.run(stage, Self.options(), on: [Fixtures.carPhotos[0]]) } throws: { error in
            (error as? Failure)?.code == .modelMissing
        }
    }

    @Test func `options and schema agree`() throws {
        let stated = try JSON.value(of: CutoutOptions())
        #expect(Set(stated.objectValue?.keys.map(\.self) ?? []) == Set(CutoutOptions.schema.fields.map(\.name)))
        for field in CutoutOptions.schema.fields { #expect(stated[field.name] == field.defaultValue) }
        #expect(throws: Failure.self) { try CutoutOptions.schema.check(["background": "moon"]) }
    }
}
