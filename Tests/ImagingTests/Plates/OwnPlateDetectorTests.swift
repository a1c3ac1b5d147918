import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

/// Tiny networks that find red squares, each telling boxes in another way (`fixtures/detectors/make`).
@Suite struct `A plate detector of one's own` {
    private static func file(_ name: String) -> URL {
        Fixtures.root.appending(path: "fixtures/detectors/\(name).onnx")
    }

    /// Grey, with a red square where cells of the network are, and a paler one.
    private func photo(_ scale: Int = 2) throws -> Bitmap {
        try TestPicture.make(width: 64 * scale, height: 48 * scale, channels: 3) { x, y, pixel in
            let (cellX, cellY) = (x / (8 * scale), y / (8 * scale))
            (pixel[0], pixel[1], pixel[2]) = (120, 120, 120)
            if (cellX, cellY) == (3, 2) { (pixel[0], pixel[1], pixel[2]) = (250, 10, 10) }
            if (cellX, cellY) == (6, 4) { (pixel[0], pixel[1], pixel[2]) = (160, 65, 65) }
        }
    }

    @Test(arguments: ["planes", "rows", "objects"]) func `is understood however it tells boxes`(name: String) throws {
        let found = try OwnPlateDetector(file: Self.file(name)).findings(on: photo(1), threads: 1)
        #expect(found.plates.count == 1 && found.suspects.count == 1, "\(found)")
        let quad = try #require(found.plates.first).quad
        let truth: [SIMD2<Double>] = [[23.5, 15.5], [31.5, 15.5], [31.5, 23.5], [23.5, 23.5]]
        for (corner, true_) in zip(quad.corners, truth) {
            #expect(abs(corner.x - true_.x) < 0.01 && abs(corner.y - true_.y) < 0.01, "\(quad.corners)")
        }
        #expect(found.plates.first.map { $0.confidence > 0.85 } == true)
        #expect(found.suspects.first.map { $0.reason == .uncertain && $0.confidence < 0.5 } == true)
    }

    @Test func `looks at a large photo in parts, and names a plate once`() throws {
        let found = try OwnPlateDetector(file: Self.file("planes")).findings(on: photo(8), threads: 1)
        #expect(found.plates.count >= 1)
        for plate in found.plates {
            #expect(plate.quad.corners[0].x > 150 && plate.quad.corners[2].x < 300, "\(plate.quad.corners)")
        }
        for (index, plate) in found.plates.enumerated() {
            for other in found.plates.dropFirst(index + 1) { #expect(plate.quad.corners[0] != other.quad.corners[0]) }
        }
    }

    @Test func `that gives no boxes, is no network or is not there is refused in words`() throws {
        let photo = try photo()
        func failure(_ file: URL) -> Failure? {
            do { _ = try OwnPlateDetector(file: file).findings(on: photo, threads: 1) } catch { return error }
            return nil
        }
        let strange = failure(Self.file("strange"))
        #expect(strange?.code == .modelCorrupt && strange?.hint?.contains("docs/plates.md") == true)
        #expect(failure(Fixtures.root.appending(path: "README.md"))?.code == .modelCorrupt)
        let missing = failure(URL(filePath: "/nowhere/detector.onnx"))
        #expect(missing?.code == .modelMissing && missing?.hint?.contains(OwnPlateDetector.variable) == true)
    }

    @Test func `is told apart by its content, and stops when cancelled`() throws {
        let identities = try ["planes", "rows"].map { try OwnPlateDetector(file: Self.file($0)).identity() }
        #expect(identities[0] != identities[1] && identities[0].hasPrefix("plate-detector:"))
        let detector = OwnPlateDetector(file: Self.file("planes"))
        #expect(try detector.identity() == detector.identity())
        let cancel = CancelFlag()
        cancel.raise()
        let failure = #expect(throws: Failure.self) {
            try detector.findings(on: photo(), threads: 1, cancel: cancel)
        }
        #expect(failure?.code == .cancelled)
    }

    @Test func `gives the same on a second run`() throws {
        let detector = OwnPlateDetector(file: Self.file("rows"))
        #expect(try detector.findings(on: photo(), threads: 1) == detector.findings(on: photo(), threads: 2))
    }
}
