import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Stages

/// The plate's place on its way from the covered photo to who measures with it.
@Suite struct `A covered plate's place` {
    /// A car on which one plate was covered, as a cut-out of the given alpha.
    private func cutout(_ bench: StageBench, plate: PlateQuad, alpha: UInt8 = 255) throws -> URL {
        let (width, height) = (480, 320)
        let record = Provenance(
            sourceType: .algorithmicallyEnhanced, original: String(repeating: "a", count: 64),
            steps: [PlateRecord(treatment: .blur, quads: [plate]).step(focal35: 28)])
        let car = try TestPicture.plain(width: width, height: height, [90, 20, 20, alpha])
        let file = bench.folder.appending(path: "photo-1.png")
        try car.write(.png().stating(record), to: file)
        return file
    }

    private func read(_ file: URL, _ bench: StageBench) throws -> ReconstructPhotos.Photo {
        var options = ReconstructOptions()
        options.subject = .scene
        let context = bench.context([file], budget: ReconstructStage.budget(for: options))
        let photos = ReconstructPhotos(options, context, MatteNetworks(models: nil, cache: nil))
        return try #require(photos.read(context.inputs) { $0 }.first)
    }

    @Test func `reaches reconstruct through a cut-out's history, with the lens`() throws {
        let bench = try StageBench()
        let plate = try #require(FixedSearch.quad(60, 80))
        let photo = try read(cutout(bench, plate: plate), bench)
        #expect(photo.plate?.corners == plate.corners)
        let without = try #require(PlateQuad(corners: [[-900, 80], [-800, 80], [-800, 90], [-900, 90]]))
        #expect(try read(cutout(bench, plate: without), bench).plate == nil, "beyond the photo")
    }

    @Test func `counts on the car only, and never as seen in a mirror`() throws {
        let bench = try StageBench()
        let plate = try #require(FixedSearch.quad(60, 80))
        #expect(try read(cutout(bench, plate: plate, alpha: 0), bench).plate == nil)
        let mirrored = try #require(PlateQuad(corners: [1, 0, 3, 2].map { plate.corners[$0] }))
        #expect(mirrored.isMirrored && !plate.isMirrored)
        #expect(try read(cutout(bench, plate: mirrored), bench).plate == nil)
    }

    @Test func `findings of two are one, where both found the same plate`() throws {
        let (one, near, far) = (
            try #require(FixedSearch.quad(60, 80)), try #require(FixedSearch.quad(63, 81)),
            try #require(FixedSearch.quad(200, 80))
        )
        let ours = PlateFindings(
            plates: [FoundPlate(quad: one, confidence: 0.9)],
            suspects: [SuspectRegion(quad: far, reason: .unreadable, confidence: 0.3)])
        let theirs = PlateFindings(
            plates: [FoundPlate(quad: near, confidence: 0.8), FoundPlate(quad: far, confidence: 0.7)],
            suspects: [SuspectRegion(quad: near, reason: .uncertain, confidence: 0.3)])
        let joined = ours.joined(with: theirs)
        #expect(joined.plates.map(\.quad) == [one, far] && joined.suspects.isEmpty)
    }
}
