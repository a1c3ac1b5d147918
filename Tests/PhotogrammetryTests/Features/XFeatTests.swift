import Foundation
import Imaging
import Photogrammetry
import Pipeline
import TestKit
import Testing

/// XFeat and LighterGlue on small photos of the fixture's car.
@Suite struct XFeatTests {
    private static func session(_ name: String) throws -> NeuralSession {
        let store = try ModelStore(folder: Fixtures.root.appending(path: "models"))
        let model = try store.model(name)
        return try NeuralSession(
            model: store.file(of: model), precision: .f32, threads: 1,
            size: model.input.map { MapSize(width: $0[0], height: $0[1]) })
    }

    static func matcher(side: Int = 512) throws -> XFeatMatcher {
        var matcher = XFeatMatcher(points: try session("xfeat"), pairs: try session("lighterglue"))
        matcher.side = side
        return matcher
    }

    private static func photo(_ name: String) throws -> Bitmap {
        try ImageFile.decode(Fixtures.root.appending(path: "fixtures/car/photos/\(name).jpg"), as: .rgb)
            .resized(width: 800, height: 534, filter: .area)
    }

    private static func mask(_ name: String) throws -> Bitmap {
        try ImageFile.decode(Fixtures.root.appending(path: "fixtures/car/masks/\(name).png"), as: .grey)
            .resized(width: 800, height: 534, filter: .area)
    }

    @Test func `finds a shifted picture's places again to a third of a pixel`() throws {
        let whole = try Self.photo("03-left")
        let (width, height) = (640, 448)
        let first = try whole.cropped(x: 40, y: 30, width: width, height: height)
        let second = try whole.cropped(x: 64, y: 46, width: width, height: height)
        let matcher = try Self.matcher(side: 640)
        let found = try [first, second].map { try matcher.features(in: $0, mask: nil, cancel: nil) }
        let matches = try matcher.matches(found[0], found[1], cancel: nil)
        let (one, two) = (matcher.keypoints(of: found[0]), matcher.keypoints(of: found[1]))
        let errors = matches.map { match in
            let away = one[Int(match.first)].place - two[Int(match.second)].place - [24, 16]
            return (away * away).sum().squareRoot()
        }
        #expect(matches.count > 200)
        #expect(errors.sorted()[errors.count / 2] < 0.34)
        #expect(errors.count { $0 > 3 } * 50 < errors.count)
    }

    @Test func `matches a glossy car from 45 degrees apart, along the true epipolar lines`() throws {
        let truth = try CameraFile(json: Data(contentsOf: Fixtures.root.appending(path: "fixtures/car/cameras.json")))
            .entries
        let names = ["03-left", "04-rear-left"]
        let matcher = try Self.matcher(side: 768)
        let found = try names.map { name in
            try matcher.features(in: Self.photo(name), mask: Self.mask(name), cancel: nil)
        }
        let cameras = try names.map { name in
            let entry = try #require(truth.first { $0.image.contains(name) })
            return Camera(
                intrinsics: entry.camera.intrinsics.scaled(toWidth: 800, height: 534), pose: entry.camera.pose)
        }
        let guide = MatchGuide(first: cameras[0], second: cameras[1], reach: 4, depths: 1...20)
        let all = try matcher.matches(found[0], found[1], cancel: nil)
        let guided = try matcher.matches(found[0], found[1], guide: guide, cancel: nil)
        #expect(all.count > 100)
        #expect(guided.count * 10 > all.count * 8)
        #expect(Set(guided.map(\.first)).isSubset(of: Set(all.map(\.first))))
        #expect(Set(all.map(\.second)).count == all.count)
    }

    @Test func `keeps to the mask and to the number asked for`() throws {
        var matcher = try Self.matcher()
        matcher.most = 50
        let (photo, mask) = (try Self.photo("01-front"), try Self.mask("01-front"))
        let found = matcher.keypoints(of: try matcher.features(in: photo, mask: mask, cancel: nil))
        #expect(found.count == 50)
        mask.withPixels { pixels in
            for point in found {
                let (x, y) = (Int(point.place.x.rounded()), Int(point.place.y.rounded()))
                #expect(pixels[min(max(y, 0), mask.height - 1) * mask.width + min(max(x, 0), mask.width - 1)] >= 128)
            }
        }
    }

    @Test func `finds nothing where there is nothing, and matches nothing with it`() throws {
        let matcher = try Self.matcher(side: 256)
        let blank = try Bitmap(
            pixels: [UInt8](repeating: 90, count: 256 * 192 * 3), width: 256, height: 192, channels: 3)
        let nowhere = try Bitmap(pixels: [UInt8](repeating: 0, count: 256 * 192), width: 256, height: 192, channels: 1)
        let none = try matcher.features(in: blank, mask: nowhere, cancel: nil)
        #expect(matcher.keypoints(of: none).isEmpty)
        #expect(try matcher.matches(none, none, cancel: nil).isEmpty)
    }

    @Test func `refuses a mask of another size, and stops when told to`() throws {
        let matcher = try Self.matcher(side: 256)
        let photo = try Bitmap(pixels: [UInt8](repeating: 90, count: 96 * 64 * 3), width: 96, height: 64, channels: 3)
        let small = try Bitmap(pixels: [255], width: 1, height: 1, channels: 1)
        #expect(throws: Failure.self) { try matcher.features(in: photo, mask: small, cancel: nil) }
        let cancel = CancelFlag()
        cancel.raise()
        let error = #expect(throws: Failure.self) { try matcher.features(in: photo, mask: nil, cancel: cancel) }
        #expect(error?.code == .cancelled)
    }

    @Test func `gives the same again`() throws {
        let (matcher, photo) = (try Self.matcher(side: 256), try Self.photo("02-front-left"))
        let first = matcher.keypoints(of: try matcher.features(in: photo, mask: nil, cancel: nil))
        #expect(first == matcher.keypoints(of: try matcher.features(in: photo, mask: nil, cancel: nil)))
        #expect(!first.isEmpty)
    }
}
