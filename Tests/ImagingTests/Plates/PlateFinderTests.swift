import Foundation
import Pipeline
import TestKit
import Testing

@testable import Imaging

@Suite struct PlateFinderTests {
    private static let pool = SessionPool(limit: 4)

    static func finder() throws -> PlateFinder {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        return PlateFinder(
            networks: try PlateNetworks { name throws(Failure) in
                try pool.session(of: store.model(name), in: store, precision: .f32, threads: 2)
            })
    }

    @Test func `finds and reads our own car's plate from ahead`() throws {
        let photo = try ImageFile.decode(Fixtures.carPhotos[0], as: .rgb)
        let found = try Self.finder().findings(on: photo, reads: true)
        #expect(found.plates.count == 1 && found.suspects.isEmpty)
        #expect(found.plates.first?.reading?.text == "RUND820")
    }
}
