import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Photogrammetry

/// What the photos of the fixture's ring share, by its real networks.
@Suite struct ObjectMatchesTests {
    private static func views(_ fixture: FixtureRing) throws -> [ObjectView] {
        let folder = Fixtures.root.appending(path: "fixtures/car")
        let entries = try CameraFile(json: Data(contentsOf: folder.appending(path: "cameras.json"))).entries
        return try zip(entries, fixture.alphas).map { entry, alpha in
            let photo = try ImageFile.decode(folder.appending(path: entry.image), as: .rgb)
            return ObjectView(
                name: entry.image, photo: try photo.resized(width: alpha.width, height: alpha.height, filter: .area),
                alpha: alpha,
                prior: FocalPrior(width: alpha.width, height: alpha.height, camera: ImageHeader.Camera()))
        }
    }

    @Test func `pairs each photo with its neighbours and with the mirrored ones beside it`() throws {
        let fixture = try FixtureRing(everyOf24: 0)
        let ring = try Ring(of: fixture.views())
        let pairs = ObjectMatches.pairs(of: ring)
        let plain = pairs.filter { !$0.isMirrored }
        #expect(plain.count == 8)
        #expect(plain.allSatisfy { $0.second - $0.first == 1 || $0.second - $0.first == 7 })
        let mirrored = Set(pairs.filter(\.isMirrored).map { [$0.first, $0.second] })
        #expect(mirrored.isSuperset(of: [[0, 0], [1, 7], [2, 6], [3, 5], [4, 4]]))
        #expect(pairs == ObjectMatches.pairs(of: ring))
    }

    @Test func `finds matches of a glossy car that make up for wrong outlines`() throws {
        var fixture = try FixtureRing(everyOf24: 0)
        fixture.alphas = try fixture.alphas.enumerated().map { try RingTests.shaken($1, by: 0.8, seed: $0) }
        var matcher = try XFeatTests.matcher(side: 384)
        matcher.most = 512
        let silhouettes = try fixture.alphas.map { try Silhouette(alpha: $0, longestSide: 400) }
        let shared = ObjectMatches(try Self.views(fixture), silhouettes, by: matcher, cancel: nil)
        let alone = try Ring(of: fixture.views())
        let joined = try Ring(of: fixture.views()) { ring throws(Failure) in try shared.matches(of: ring) }
        #expect(joined.matchesUsed > 400)
        let (before, after) = (fixture.errors(of: alone.cameras), fixture.errors(of: joined.cameras))
        #expect(after.distance < 0.8 * before.distance && after.turn < 0.8 * before.turn, "\(before) \(after)")
    }
}
