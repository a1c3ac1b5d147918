import Foundation
import Imaging
import Photogrammetry
import Pipeline
import TestKit
import Testing

@Suite("SIFT")
struct SiftTests {
    /// Soft blobs of several sizes at places between the pixels.
    private static let blobs: [(x: Double, y: Double, sigma: Double)] = [
        (40.3, 50.7, 3), (120.25, 45.5, 5), (200.8, 140.1, 4), (70.4, 150.9, 6), (150.6, 100.2, 2.5),
        (230.1, 60.6, 3.5),
    ]

    private static func picture(shiftedBy shift: SIMD2<Double> = .zero) throws -> Bitmap {
        try TestPicture.make(width: 280, height: 200, channels: 1) { x, y, pixel in
            var value = 60.0
            for blob in blobs {
                let (dx, dy) = (Double(x) - blob.x - shift.x, Double(y) - blob.y - shift.y)
                let square = (dx * dx + dy * dy) / (2 * blob.sigma * blob.sigma)
                if square < 12 { value += 150 * exp(-square) }
            }
            pixel[0] = UInt8(min(255, value))
        }
    }

    private func keypoints(_ picture: Bitmap, mask: Bitmap? = nil, enough: Int = 0) throws -> [Keypoint] {
        let matcher = SiftMatcher(enough: enough)
        return matcher.keypoints(of: try matcher.features(in: picture, mask: mask, cancel: nil))
    }

    @Test(arguments: [0, 10_000])
    func `blobs are found where they are, a tenth of a pixel near`(enough: Int) throws {
        let found = try keypoints(Self.picture(), enough: enough)
        for blob in Self.blobs {
            let nearest = found.map { ($0.place - [blob.x, blob.y]).length }.min() ?? 99
            #expect(nearest < 0.1, "the blob at \(blob.x), \(blob.y)")
        }
    }

    @Test func `the same picture gives the same features, coarsest first`() throws {
        let (one, two) = (try keypoints(Self.picture()), try keypoints(Self.picture()))
        #expect(one == two)
        #expect(one.map(\.size) == one.map(\.size).sorted(by: >))
    }

    @Test func `a moved picture's features are matched with their own`() throws {
        let shift = SIMD2(7.3, -4.6)
        let matcher = SiftMatcher()
        let texture = Texture(seed: 5)
        let one = try matcher.features(in: texture.picture(width: 240, height: 180), mask: nil, cancel: nil)
        let two = try matcher.features(
            in: texture.picture(width: 240, height: 180, shift: shift), mask: nil, cancel: nil)
        let (places, others) = (matcher.keypoints(of: one), matcher.keypoints(of: two))
        let matches = try matcher.matches(one, two, cancel: nil)
        #expect(matches.count > 50)
        let right = matches.count { (others[Int($0.second)].place - places[Int($0.first)].place - shift).length < 1 }
        #expect(right * 100 >= 95 * matches.count)
        #expect(Set(matches.map(\.second)).count == matches.count)
    }

    @Test func `nothing is found outside of the mask`() throws {
        let mask = try TestPicture.make(width: 280, height: 200, channels: 1) { x, _, pixel in
            pixel[0] = x < 140 ? 255 : 0
        }
        let found = try keypoints(Self.picture(), mask: mask)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.place.x < 140 })
    }

    @Test(arguments: [(300, 200), (1, 1), (5, 400), (23, 23)])
    func `a blank or tiny picture has no features`(width: Int, height: Int) throws {
        #expect(try keypoints(TestPicture.plain(width: width, height: height, [90, 90, 90]), enough: 100).isEmpty)
    }

    @Test func `a picture over the limit is shrunk, and places stay its own`() throws {
        var matcher = SiftMatcher(enough: 0)
        matcher.pixels = 280 * 200 / 3
        let found = matcher.keypoints(of: try matcher.features(in: Self.picture(), mask: nil, cancel: nil))
        let nearest = found.map { ($0.place - [70.4, 150.9]).length }.min() ?? 99
        #expect(nearest < 0.3)
    }

    @Test func `no more features come than are asked for`() throws {
        let matcher = SiftMatcher(most: 40)
        let found = try matcher.features(in: Texture(seed: 5).picture(width: 240, height: 180), mask: nil, cancel: nil)
        #expect(found.count == 40)
    }

    @Test func `a mask of another size, and options that mean nothing, are refused`() throws {
        let small = try TestPicture.plain(width: 10, height: 10, [255])
        #expect(throws: Failure.self) { try keypoints(Self.picture(), mask: small) }
        #expect(throws: Failure.self) {
            try SiftMatcher(most: 0).features(in: Self.picture(), mask: nil, cancel: nil)
        }
    }

    @Test func `a raised flag stops it`() throws {
        let cancel = CancelFlag()
        cancel.raise()
        let matcher = SiftMatcher()
        #expect(throws: Failure.self) { try matcher.features(in: Self.picture(), mask: nil, cancel: cancel) }
        let found = try matcher.features(in: Self.picture(), mask: nil, cancel: nil)
        #expect(throws: Failure.self) { try matcher.matches(found, found, cancel: cancel) }
    }
}

extension SIMD2<Double> {
    var length: Double { (self * self).sum().squareRoot() }
}
