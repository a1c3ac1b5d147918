import Foundation
import Imaging
import TestKit
import Testing

@testable import Photogrammetry

@Suite struct PlateWidthTests {
    private struct Plate: Decodable {
        let quad: [[Double]]
        let visible: Bool
    }

    /// The fixture's cameras and the plates on its photos, moved by so many pixels.
    private static func sightings(
        shift: (Int) -> SIMD2<Double> = { _ in .zero }
    ) throws -> [(camera: Camera, plates: [PlateQuad])] {
        let folder = Fixtures.root.appending(path: "fixtures/car")
        let truth = try JSONDecoder().decode(
            [String: [Plate]].self, from: Data(contentsOf: folder.appending(path: "plates.json")))
        var count = 0
        return try CameraFile(json: Data(contentsOf: folder.appending(path: "cameras.json"))).entries.map { entry in
            let plates = (truth[entry.image] ?? []).filter(\.visible).compactMap { plate in
                PlateQuad(
                    corners: plate.quad.map { corner in
                        count += 1
                        return SIMD2(corner[0], corner[1]) + shift(count)
                    })
            }
            return (entry.camera, plates)
        }
    }

    @Test func `the fixture's plates are 520 mm wide`() throws {
        let found = try #require(PlateWidth(Self.sightings()))
        #expect(abs(found.width - 0.52) < 0.003 && found.error < 0.01, "\(found)")
    }

    @Test func `a pixel at the corners is what the error says`() throws {
        let found = try #require(
            PlateWidth(Self.sightings { SIMD2($0 % 2 == 0 ? 1 : -1, $0 % 3 == 0 ? 1 : -1) }))
        #expect(abs(found.width / 0.52 - 1) < 3 * found.error && found.error < 0.04, "\(found)")
    }

    @Test func `half as large a world has half as wide plates`() throws {
        let small = try Self.sightings().map { ($0.camera.enlarged(by: 0.5), $0.plates) }
        let found = try #require(PlateWidth(small))
        #expect(abs(found.width - 0.26) < 0.002)
    }

    @Test func `one photo of a plate, or none, tells nothing`() throws {
        let all = try Self.sightings()
        #expect(PlateWidth(all.map { ($0.camera, []) }) == nil)
        #expect(PlateWidth([all[0]]) == nil && PlateWidth([all[0], all[4]]) == nil)
        #expect(PlateWidth([all[0], all[0]]) == nil)
        #expect(PlateQuad(corners: [[0, 0], [1, 0], [1, 1]]) == nil)
        #expect(PlateQuad(corners: [[0, 0], [1, 0], [1, 1], [.nan, 1]]) == nil)
    }

    @Test func `what is no plate's shape is none`() throws {
        let upright = try Self.sightings().map { seen in
            (
                seen.camera,
                seen.plates.compactMap { plate in PlateQuad(corners: [1, 2, 3, 0].map { plate.corners[$0] }) }
            )
        }
        #expect(PlateWidth(upright) == nil)
    }
}
