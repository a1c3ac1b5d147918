import Foundation
import Imaging
import Pipeline
import Stages
import TestKit
import Testing

struct SpinStageTests {
    @Test func `makes a spin of our own eight photos`() async throws {
        let (bench, spin) = try await SharedSpin.value()
        #expect(spin.frames.map(\.index) == Array(0..<8))
        #expect(spin.frames.map(\.azimuth) == (0..<8).map { Double($0) * 45 })
        #expect(spin.frames.map(\.view) == ViewWords.eight)
        #expect(spin.frames.allSatisfy { $0.real && $0.quality > 0.4 && $0.quality <= 1 })
        #expect(spin.azimuthSource == "assumed" && spin.directionSource == "photos" && spin.direction == "left")
        #expect(spin.grade == "C" && spin.lost.isEmpty && spin.skipped.isEmpty)
        let names = (1...8).map { "frames/00\($0)" } + ["sprite", "manifest", "viewer"]
        #expect(bench.reports.files.map(\.name) == names)
        for file in bench.reports.files where file.mediaType == "image/webp" {
            let header = try ImageFile.probe(file.file)
            #expect(header.width == file.width && header.height == file.height)
        }
        #expect(bench.reports.files.prefix(8).allSatisfy { $0.width == 640 && $0.height == 400 })
        let manifest = try JSON.decode(SpinOutput.self, from: bench.bytes("manifest"))
        #expect(manifest == spin)
    }

    @Test func `stabilises wheel line and height within two pixels of hand-held photos`() async throws {
        var options = SpinOptions()
        (options.width, options.height, options.quality, options.shadow) = (640, 400, 100, false)
        let bench = try StageBench()
        let spin = try await bench.run(SpinStage(), options, on: CutOuts.car)
        let floor = try Studio.paint(.named("studio-light"), canvas: spin.canvas)
        let places = try spin.frames.map { frame in
            let picture = try ImageFile.decode(bench.bytes("frames/00\(frame.index + 1)"), as: .rgb)
            return try ObjectGeometry(alpha: difference(picture, floor))
        }
        for place in places {
            #expect(abs(place.wheelLine - (0.82 * 400 - 0.5)) <= 2)
            #expect(abs(place.bodyHeight - places[0].bodyHeight) <= 2)
            #expect(abs(place.centre - 319.5) <= 2)
        }
    }

    @Test func `reports progress that only grows`() async throws {
        let (bench, _) = try await SharedSpin.value()
        let progress = bench.reports.progress
        #expect(progress == progress.sorted() && progress.count > 15)
        #expect(bench.reports.steps.contains("placing photo 3 of 8"))
    }

    @Test(arguments: [1, 3]) func `says what is lost with fewer photos`(count: Int) async throws {
        let bench = try StageBench()
        let spin = try await bench.run(SpinStage(), small(), on: Array(CutOuts.car.prefix(count)))
        #expect(spin.frames.count == count && spin.grade == "D" && spin.lost.count == 1)
        #expect(bench.file("viewer") != nil)
    }

    @Test func `takes thirty-six photos`() async throws {
        let files = try Toys().files(36)
        let bench = try StageBench()
        let spin = try await bench.run(SpinStage(), small(), on: files)
        #expect(spin.frames.count == 36 && spin.grade == "A")
        #expect(spin.sprite.columns * spin.sprite.rows >= 36)
        #expect(bench.file("frames/036")?.path == "frames/036.webp")
    }

    @Test func `gives the same bytes twice`() async throws {
        let (first, second) = (try StageBench(), try StageBench())
        for bench in [first, second] { _ = try await bench.run(SpinStage(), small(), on: Array(CutOuts.car.prefix(2))) }
        for file in first.reports.files { #expect(first.bytes(file.name) == second.bytes(file.name), "\(file.name)") }
    }

    @Test func `makes smaller frames for the page when asked`() async throws {
        var options = small()
        options.viewerWidth = 320
        (options.width, options.height) = (480, 300)
        let bench = try StageBench()
        _ = try await bench.run(SpinStage(), options, on: [CutOuts.car[0]])
        let page = String(decoding: bench.bytes("viewer"), as: UTF8.self)
        #expect(page.contains("--w:320;--h:200"))
        #expect(try ImageFile.probe(bench.bytes("frames/001")).width == 480)
    }

    @Test func `leaves out a photo without a car and goes on`() async throws {
        let files = [CutOuts.car[0], try Toys().empty(), CutOuts.car[2]]
        let spin = try await StageBench().run(SpinStage(), small(), on: files)
        #expect(spin.frames.map(\.slot) == ["photo-1", "photo-3"])
        #expect(spin.skipped.map(\.slot) == ["photo-2"])
        #expect(spin.frames.map(\.azimuth) == [0, 240])
    }

    @Test func `fails clearly when no photo shows a car`() async throws {
        let files = [try Toys().empty(), try Toys().empty()]
        await expect(.noUsableViews, files)
    }

    @Test func `names the slot of a file that is no picture`() async throws {
        let text = try Toys().url.appending(path: "note.png")
        try Data("this is a note".utf8).write(to: text)
        let failure = await expect(.imageUnrecognized, [CutOuts.car[0], text])
        #expect(failure?.slot == "photo-2")
    }

    @Test func `refuses a picture without pixels to spare`() async throws {
        let truncated = try Toys().url.appending(path: "cut.png")
        try Data(contentsOf: CutOuts.car[0]).prefix(2000).write(to: truncated)
        let failure = await expect(.imageTruncated, [truncated])
        #expect(failure?.slot == "photo-1")
    }

    @Test(arguments: [0, 0.5, 0.92]) func `stops where it is when cancelled`(progress: Double) async throws {
        let bench = try StageBench(cancelAt: progress)
        await #expect { _ = try await bench.run(SpinStage(), SpinOptions(), on: CutOuts.car) } throws: {
            ($0 as? Failure)?.code == .cancelled
        }
        #expect(bench.reports.progress.count { $0 >= progress } == 1)
        #expect(bench.file("viewer") == nil)
    }

    @Test func `knows its options by schema and refuses unknown ones`() throws {
        var registry = StageRegistry()
        registry.register(SpinStage())
        let stage = try registry.stage("spin")
        #expect(stage.arity.words == "1 to 36 inputs")
        #expect(try stage.complete([:])["backdrop"] == "studio-light")
        for wrong: JSONValue in [["backdrop": "beach"], ["widht": 3], ["width": 10], ["direction": "up"]] {
            #expect(throws: Failure.self) { try stage.complete(wrong) }
        }
        let defaults = try JSON.value(of: SpinOptions()).objectValue ?? [:]
        for field in SpinOptions.schema.fields {
            #expect(defaults[field.name]?.doubleValue == field.defaultValue.doubleValue, "\(field.name)")
            #expect(defaults[field.name]?.stringValue == field.defaultValue.stringValue, "\(field.name)")
        }
        #expect(Set(defaults.keys) == Set(SpinOptions.schema.fields.map(\.name)))
    }

    /// White where a composite differs from its bare studio: where the car is.
    private func difference(_ picture: Bitmap, _ floor: Bitmap) throws -> Bitmap {
        let pixels = picture.withPixels { a in
            floor.withPixels { b in
                stride(from: 0, to: a.count, by: 3).map { i -> UInt8 in
                    (0..<3).contains { abs(Int(a[i + $0]) - Int(b[i + $0])) > 24 } ? 255 : 0
                }
            }
        }
        return try Bitmap(pixels: pixels, width: picture.width, height: picture.height, channels: 1)
    }

    private func small() -> SpinOptions {
        var options = SpinOptions()
        (options.width, options.height) = (320, 240)
        return options
    }

    @discardableResult
    private func expect(
        _ code: Failure.Code, _ files: [URL], location: SourceLocation = #_sourceLocation
    ) async -> Failure? {
        do {
            _ = try await StageBench().run(SpinStage(), small(), on: files)
            Issue.record("it did not fail", sourceLocation: location)
            return nil
        } catch {
            let failure = error as? Failure
            #expect(failure?.code == code, sourceLocation: location)
            return failure
        }
    }
}

enum ViewWords {
    static let eight = ["front", "front-left", "left", "rear-left", "rear", "rear-right", "right", "front-right"]
}

/// The spin of our own car at 640 x 400, made once for all tests that look at it.
enum SharedSpin {
    static func value() async throws -> (bench: StageBench, spin: SpinOutput) { try await made.value }

    private static let made = Task {
        let bench = try StageBench()
        var options = SpinOptions()
        (options.width, options.height) = (640, 400)
        let spin = try await bench.run(SpinStage(), options, on: CutOuts.car)
        return (bench, spin)
    }
}

/// Small made-up cut-outs as files.
struct Toys {
    let url: URL

    init() throws { url = try TemporaryFolder.make("toys") }

    /// The same toy car `count` times.
    func files(_ count: Int) throws -> [URL] {
        let file = url.appending(path: "toy.png")
        try TestPicture.car().write(.png(compression: 1), to: file)
        return Array(repeating: file, count: count)
    }

    /// A cut-out that shows nothing.
    func empty() throws -> URL {
        let file = url.appending(path: "empty-\(UUID().uuidString).png")
        try TestPicture.plain(width: 64, height: 48, [200, 0, 0, 0]).write(.png(), to: file)
        return file
    }
}
