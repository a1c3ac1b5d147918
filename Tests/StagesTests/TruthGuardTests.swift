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
}
