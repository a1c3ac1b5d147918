import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Stages

@Suite struct `Renditions` {
    let bench: StageBench
    let stage = RenditionsStage()

    init() throws { bench = try StageBench() }

    private func file(_ name: String, _ picture: Bitmap, _ encoding: Encoding = .png()) throws -> URL {
        let file = bench.folder.appending(path: name)
        try picture.write(encoding, to: file)
        return file
    }

    private func options(_ change: (inout RenditionsOptions) -> Void) -> RenditionsOptions {
        var options = RenditionsOptions()
        change(&options)
        return options
    }

    @Test func `makes a listing and a thumbnail without being asked`() async throws {
        let photo = try file("car.png", TestPicture.scene(width: 1200, height: 800))
        let output = try await stage.run(
            RenditionsOptions(), in: bench.context([photo], budget: RenditionsStage.budget(for: .init())))
        #expect(output.renditions.map(\.name) == ["listing", "thumbnail"])
        for (name, width, height) in [("listing", 800, 600), ("thumbnail", 300, 200)] {
            let emitted = try #require(bench.file(name))
            #expect(emitted.path == "\(name).webp" && emitted.mediaType == "image/webp")
            #expect(emitted.width == width && emitted.height == height)
            let header = try ImageFile.probe(emitted.file)
            #expect(header.format == .webp && header.width == width && header.height == height)
            let facts = try #require(output.renditions.first { $0.name == name })
            #expect(facts.bytes == bench.bytes(name).count && facts.ssim > 0.9 && facts.ssim <= 1 && !facts.upscaled)
        }
        #expect(output.blurhash.count == 28)
        #expect(Colour(hex: output.dominantColour) != nil)
        #expect(bench.reports.progress == bench.reports.progress.sorted() && bench.reports.progress.last == 1)
    }

    @Test func `every profile has exactly its size, in its format`() async throws {
        let photo = try file("car.png", TestPicture.scene(width: 900, height: 700))
        let output = try await stage.run(
            options { $0.profiles = RenditionProfile.all.map(\.name) },
            in: bench.context([photo], budget: RenditionsStage.budget(for: .init())))
        for (profile, facts) in zip(RenditionProfile.all, output.renditions) {
            let header = try ImageFile.probe(bench.bytes(profile.name))
            #expect(header.width == profile.width && header.height == profile.height && header.format == profile.format)
            #expect(facts.upscaled == (profile.width > 900 || profile.height > 700 && profile.fit == .cover))
            #expect(profile.maxBytes.map { facts.bytes <= $0 } ?? true)
        }
    }

    @Test func `keeps the object of the alpha channel in the middle`() async throws {
        let photo = try file("cutout.png", TestPicture.disc(width: 1200, height: 400, x: 0.8))
        _ = try await stage.run(
            options { $0.profiles = ["square"] },
            in: bench.context([photo], budget: RenditionsStage.budget(for: .init())))
        let square = try ImageFile.decode(bench.bytes("square"))
        #expect(square.channels == 3 && square.pixel(3, 3).allSatisfy { $0 > 250 })
        // The disc's middle is at 960 of 1200; the window of 400 spans 760...1160, so it lies in the middle.
        #expect(
            square.pixel(512, 512)[1] < 60 && square.pixel(512 - 290, 512)[1] < 70
                && square.pixel(512 + 290, 512)[1] < 70)
    }

    @Test func `keeps the object of a mask in the middle and never cuts it`() async throws {
        let photo = try file("a.png", TestPicture.scene(width: 900, height: 300))
        let mask = try file("mask.png", TestPicture.disc(width: 900, height: 300, x: 0.1, radius: 0.2).channel(3))
        let context = bench.context(
            [photo, mask], slots: ["photo-1", "mask"], budget: RenditionsStage.budget(for: .init()))
        let output = try await stage.run(options { $0.profiles = ["thumbnail"] }, in: context)
        #expect(output.renditions[0].fit == "cover")
        let expected = try TestPicture.scene(width: 900, height: 300).cropped(x: 0, y: 0, width: 450, height: 300)
            .resized(width: 300, height: 200)
        #expect(try ImageFile.decode(bench.bytes("thumbnail")).peakSignalToNoise(to: expected) > 30)

        let broad = try file(
            "broad.png",
            TestPicture.plain(width: 900, height: 300, [0]).pasting(
                TestPicture.plain(width: 800, height: 100, [255]), x: 50, y: 100))
        let wide = bench.context(
            [photo, broad], slots: ["photo-1", "mask"], budget: RenditionsStage.budget(for: .init()))
        #expect(try await stage.run(options { $0.profiles = ["thumbnail"] }, in: wide).renditions[0].fit == "contain")
        let centred = options {
            $0.profiles = ["thumbnail"]
            $0.focus = .centre
        }
        #expect(try await stage.run(centred, in: wide).renditions[0].fit == "cover")
    }

    @Test func `refuses a mask of another size, and a mask alone`() async throws {
        let photo = try file("a.png", TestPicture.scene(width: 90, height: 60))
        let mask = try file("m.png", TestPicture.plain(width: 60, height: 90, [255]))
        let budget = RenditionsStage.budget(for: .init())
        let wrong = await #expect(throws: Failure.self) {
            try await stage.run(.init(), in: bench.context([photo, mask], slots: ["front", "mask"], budget: budget))
        }
        #expect(wrong?.code == .invalidInputs && wrong?.slot == "mask")
        let alone = await #expect(throws: Failure.self) {
            try await stage.run(.init(), in: bench.context([mask], slots: ["mask"], budget: budget))
        }
        #expect(alone?.code == .invalidInputs)
    }

    @Test func `contains on the background that is asked for`() async throws {
        let photo = try file("a.png", TestPicture.plain(width: 400, height: 100, [10, 20, 30]))
        let contained = options {
            $0.profiles = ["square"]
            $0.fit = .contain
            $0.background = "#ff8000"
            $0.format = .png
        }
        let output = try await stage.run(
            contained, in: bench.context([photo], budget: RenditionsStage.budget(for: .init())))
        let square = try ImageFile.decode(bench.bytes("square"))
        #expect(square.pixel(500, 10) == [255, 128, 0] && square.pixel(500, 512) == [10, 20, 30])
        #expect(output.renditions[0].quality == nil && output.renditions[0].ssim == 1 && output.renditions[0].upscaled)
        let clear = options {
            $0.profiles = ["square"]
            $0.fit = .contain
            $0.background = "transparent"
        }
        _ = try await stage.run(clear, in: bench.context([photo], budget: RenditionsStage.budget(for: .init())))
        let file = try #require(bench.reports.files.last)
        let transparent = try ImageFile.decode(file.file)
        #expect(
            transparent.channels == 4 && transparent.pixel(500, 10)[3] == 0 && transparent.pixel(500, 512)[3] == 255)
    }

    @Test func `lowers the quality to the limit in bytes, as little as it can`() async throws {
        let photo = try file("a.png", TestPicture.scene(width: 800, height: 600))
        let free = options {
            $0.profiles = ["listing"]
            $0.format = .jpeg
        }
        let budget = RenditionsStage.budget(for: .init())
        let before = try await stage.run(free, in: bench.context([photo], budget: budget)).renditions[0]
        var tight = free
        tight.maxBytes = before.bytes * 3 / 4
        let after = try await stage.run(tight, in: bench.context([photo], budget: budget)).renditions[0]
        let (quality, limit) = (try #require(after.quality), try #require(tight.maxBytes))
        #expect(after.bytes <= limit && quality < 85 && after.ssim < before.ssim)
        tight.maxBytes = nil
        tight.quality = quality + 1
        #expect(try await stage.run(tight, in: bench.context([photo], budget: budget)).renditions[0].bytes > limit)
        tight.quality = nil
        tight.maxBytes = 1000
        let failure = await #expect(throws: Failure.self) {
            try await stage.run(tight, in: bench.context([photo], budget: budget))
        }
        #expect(failure?.code == .invalidOptions && failure?.summary.contains("listing") == true)
    }

    @Test func `gives the same bytes twice`() async throws {
        let photo = try file("a.png", TestPicture.scene(width: 640, height: 480))
        let every = options { $0.profiles = ["listing", "thumbnail", "instagram-square"] }
        let other = try StageBench()
        let budget = RenditionsStage.budget(for: every)
        let first = try await stage.run(every, in: bench.context([photo], budget: budget))
        let second = try await stage.run(every, in: other.context([photo], budget: budget))
        #expect(first == second)
        for name in every.profiles { #expect(bench.bytes(name) == other.bytes(name) && !bench.bytes(name).isEmpty) }
    }

    @Test func `takes no metadata along`() async throws {
        let photo = try #require(Fixtures.carPhotos.first)
        let source = try ImageFile.probe(photo)
        #expect(source.camera.focalLength != nil)
        let both = options { $0.profiles = ["listing", "google-vehicle-ads"] }
        _ = try await stage.run(both, in: bench.context([photo], budget: RenditionsStage.budget(for: both)))
        for name in both.profiles {
            #expect(bench.bytes(name).range(of: Data("Exif".utf8)) == nil)
            #expect(try ImageFile.probe(bench.bytes(name)).camera == ImageHeader.Camera())
        }
    }

    @Test func `stops when cancelled, and keeps to its budget`() async throws {
        let photo = try file("a.png", TestPicture.scene(width: 64, height: 48))
        let small = Budget(pixels: 3_071, bytes: 0, wallSeconds: 1)
        let large = await #expect(throws: Failure.self) {
            try await stage.run(.init(), in: bench.context([photo], budget: small))
        }
        #expect(large?.code == .imageTooLarge && large?.slot == "photo-1")
        bench.cancel.raise()
        let stopped = await #expect(throws: Failure.self) {
            try await stage.run(.init(), in: bench.context([photo], budget: RenditionsStage.budget(for: .init())))
        }
        #expect(stopped?.code == .cancelled)
        #expect(bench.reports.files.isEmpty)
    }
}

@Suite struct `Options of renditions` {
    private func registry() -> StageRegistry {
        var registry = StageRegistry()
        registry.register(RenditionsStage())
        return registry
    }

    @Test func `have defaults that their schema allows`() throws {
        let stage = try registry().stage("renditions")
        let complete = try stage.complete([:])
        #expect(complete["profiles"] == ["listing", "thumbnail"])
        #expect(try stage.complete(complete) == complete)
        #expect(try stage.budget(for: [:]).pixels == 100_000_000)
    }

    @Test(
        arguments: [
            (["profiles": ["listing", "billboard"]], "listing"), (["profiles": []], "profile"),
            (["profiles": ["listing", "listing"]], "twice"),
            (["background": "red"], "#rrggbb"), (["background": "transparent", "format": "jpeg"], "transparen"),
            (["quality": 0], "quality"), (["maxBytes": 1], "maxBytes"), (["fit": "squeeze"], "cover"),
            (["sharpen": true], "profiles"),
        ] as [(JSONValue, String)])
    func `are refused with a reason`(options: JSONValue, word: String) throws {
        let failure = #expect(throws: Failure.self) { try registry().stage("renditions").complete(options) }
        #expect(failure?.kind == .invalidOptions)
        #expect(failure.map { "\($0)".contains(word) } == true)
    }

    @Test func `an unknown profile is answered with the known ones`() {
        var options = RenditionsOptions()
        options.profiles = ["billboard"]
        let failure = #expect(throws: Failure.self) { try RenditionsStage.validate(options) }
        #expect(failure?.summary.contains("billboard") == true && failure?.hint?.contains("google-vehicle-ads") == true)
    }

    @Test func `a mask may come along, a second picture may not`() throws {
        let blob = JobInput.Source.blob(sha256: String(repeating: "0", count: 64))
        let photo = JobInput(slot: "front", name: "a.jpg", source: blob)
        let mask = JobInput(slot: "mask", name: "m.png", source: blob)
        let other = JobInput(slot: "rear", name: "b.jpg", source: blob)
        #expect(throws: Never.self) { try registry().admit(JobRequest(kind: "renditions", inputs: [photo, mask])) }
        for inputs in [[photo, other], [mask], []] {
            #expect(throws: Failure.self) { try registry().admit(JobRequest(kind: "renditions", inputs: inputs)) }
        }
    }
}
