import Foundation
import Imaging
import Pipeline
import Stages
import TestKit
import Testing

/// The guard as the stages run it: what it says reaches data and manifest.
@Suite struct `Stages prove their pictures` {
    @Test(arguments: [1, 4]) func `of a composite`(view: Int) async throws {
        var options = CutoutOptions()
        (options.model, options.precision, options.background) = (.u2netp, .f32, "studio-grey")
        let bench = try StageBench()
        let found = try await bench.run(CutoutStage(), options, on: [Fixtures.carPhotos[view]])
        let truth = try #require(found.truth)
        #expect(truth.holds && truth.maximumDeviation > 0 && truth.pixels > 100_000)
        let composite = try #require(found.composite)
        #expect(truth.operations.first?.name == "resample")
        #expect((truth.operations.first { $0.name == "tone" }?.gain ?? 1) == (composite.toneGain * 1e6).rounded() / 1e6)
        #expect(truth.operations.contains { $0.name == "whiteBalance" } == (composite.whiteBalance != [1, 1, 1]))
        let header = try ImageFile.probe(Fixtures.carPhotos[view])
        #expect(truth.source.width == header.width && truth.source.height == header.height)
        #expect(bench.reports.reviews.isEmpty)
    }

    @Test func `of a cut-out alone`() async throws {
        var options = CutoutOptions()
        (options.model, options.precision) = (.u2netp, .f32)
        let bench = try StageBench()
        let truth = try #require(
            try await bench.run(CutoutStage(), options, on: [Fixtures.carPhotos[2]]).truth)
        #expect(truth.holds && truth.maximumDeviation == 0 && truth.operations.isEmpty)
    }

    @Test func `of every frame of a spin, with each tone and shrinking declared`() async throws {
        var options = SpinOptions()
        (options.width, options.height) = (360, 240)
        let bench = try StageBench()
        let spin = try await bench.run(SpinStage(), options, on: CutOuts.car)
        #expect(spin.frames.count == 8)
        for frame in spin.frames {
            #expect(frame.truth.holds, "frame \(frame.index): \(frame.truth.maximumDeviation)")
            #expect(frame.truth.source.width == 800)
            let resampling = frame.truth.operations.filter { $0.name == "resample" }.compactMap(\.scale)
            #expect(resampling.count == 2 && resampling[0] == 0.9)
            let tone = frame.truth.operations.first { $0.name == "tone" }?.gain ?? 1
            #expect(abs(tone - frame.toneGain) < 1e-6)
        }
        #expect(bench.reports.reviews.isEmpty)
    }

    @Test func `of a spin on a picture of the tenant's own`() async throws {
        let bench = try StageBench()
        let hall = bench.folder.appending(path: "hall.jpg")
        let generated = Provenance(sourceType: .trainedAlgorithmicMedia)
        try TestPicture.scene(width: 1000, height: 700).write(.jpeg().stating(generated), to: hall)
        var options = SpinOptions()
        (options.width, options.height, options.floorLine) = (480, 320, 0.7)
        let spin = try await bench.run(
            SpinStage(), options, on: Array(CutOuts.car.prefix(2)) + [hall],
            slots: ["photo-1", "photo-2", "background"])
        #expect(spin.frames.count == 2 && spin.frames.allSatisfy(\.truth.holds))
        #expect(spin.backdrop == "picture")
        for name in ["frames/001", "sprite"] {
            let packet = EmbeddedXMP.packets(in: bench.bytes(name)).first
            #expect(packet?.contains(SourceType.compositeSynthetic.uri) == true, "\(name)")
        }
        let broken = bench.folder.appending(path: "broken.jpg")
        try Data("no picture".utf8).write(to: broken)
        let failure = await #expect(throws: Failure.self) {
            try await StageBench().run(
                SpinStage(), options, on: [CutOuts.car[0], broken], slots: ["photo-1", "background"])
        }
        #expect(failure?.code == .imageUnrecognized && failure?.slot == "background")
    }
}
