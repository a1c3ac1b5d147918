import Foundation
import Pipeline
import Testing

@testable import Photogrammetry

@Suite("Bundle")
struct BundleTests {
    @Test func `points are placed where they are`() throws {
        let truth = SyntheticScene(noise: 0)
        var model = truth.model()
        try model.triangulate(reach: 2, cancel: nil)
        for (track, point) in model.points.enumerated() {
            let number = model.tracks.keypoints[model.tracks.sightings(of: track).lowerBound]
            #expect((point - truth.points[number]).size < 1e-6)
        }
        #expect(model.agrees.allSatisfy { $0 })
    }

    @Test func `wrong sightings are left out, and the others still place their point`() throws {
        let truth = SyntheticScene(wrong: 0.15)
        var model = truth.model()
        try model.triangulate(reach: 3, cancel: nil)
        var (kept, wrong) = (0, 0)
        for track in 0..<model.tracks.count {
            for sighting in model.tracks.sightings(of: track) where model.agrees[sighting] {
                let view = model.tracks.views[sighting]
                let seen = truth.cameras[view].pixel(of: truth.points[model.tracks.keypoints[sighting]]) ?? .zero
                kept += 1
                if (seen - model.place(of: sighting)).length > 6 { wrong += 1 }
            }
        }
        #expect(kept > 6 * 200 * 8 / 10)
        #expect(wrong * 200 < kept)
    }

    @Test func `rays that are nearly parallel place nothing`() throws {
        let truth = SyntheticScene(views: 3, step: 0.005)
        var model = truth.model()
        model.placed[1] = false
        try model.triangulate(reach: 3, cancel: nil)
        #expect(!model.agrees.contains(true))
    }

    @Test func `shaken cameras come back to the truth`() throws {
        let truth = SyntheticScene(noise: 0)
        var model = truth.model(cameras: truth.shaken())
        for reach in [60.0, 10, 3] {
            try model.triangulate(reach: reach, cancel: nil)
            try model.adjust(.none, most: 1_000, iterations: 50, tolerance: 1e-12, cancel: nil)
        }
        let (place, degrees) = truth.errors(of: model.cameras)
        #expect(place < 1e-5 && degrees < 1e-4, "\(place), \(degrees)")
    }

    @Test func `noise of a third of a pixel moves cameras by little`() throws {
        let truth = SyntheticScene(wrong: 0.05)
        var model = truth.model(cameras: truth.shaken())
        for reach in [60.0, 10, 3] {
            try model.triangulate(reach: reach, cancel: nil)
            try model.adjust(.none, most: 1_000, cancel: nil)
        }
        // A third of a pixel is 0.3 mm a metre; 200 points average it to a tenth of that over 6 m.
        let (place, degrees) = truth.errors(of: model.cameras)
        #expect(place < 0.005 && degrees < 0.05, "\(place), \(degrees)")
    }

    @Test func `focal length and distortion are found`() throws {
        let optics = Intrinsics(width: 1200, height: 900, focal: 1100, principal: [599.5, 449.5], k1: -0.08, k2: 0.02)
        let truth = SyntheticScene(views: 8, points: 400, noise: 0.1, optics: optics)
        var start = truth.shaken(focal: 0.92)
        for index in start.indices { (start[index].intrinsics.k1, start[index].intrinsics.k2) = (0, 0) }
        var model = truth.model(cameras: start, sigma: 0.2, expected: 1000)
        for reach in [80.0, 20, 5, 3] {
            try model.triangulate(reach: reach, cancel: nil)
            try model.adjust(.focalAndDistortion, most: 1_000, iterations: 50, tolerance: 1e-8, cancel: nil)
        }
        let found = model.cameras[0].intrinsics
        #expect(abs(found.focal / 1100 - 1) < 0.003, "\(found.focal)")
        #expect(abs(found.k1 + 0.08) < 0.01, "\(found.k1)")
        #expect(model.cameras.allSatisfy { $0.intrinsics == found })
    }

    @Test func `a known focal length stays`() throws {
        let truth = SyntheticScene()
        var model = truth.model(cameras: truth.shaken(focal: 1.05))
        try model.triangulate(reach: 80, cancel: nil)
        try model.adjust(.focalAndDistortion, most: 1_000, cancel: nil)
        #expect(model.cameras[3].intrinsics.focal == truth.cameras[3].intrinsics.focal * 1.05)
    }

    @Test(arguments: [0.0, 0.4])
    func `a camera's place follows from points`(wrong: Double) throws {
        let truth = SyntheticScene(noise: 0.3, wrong: wrong)
        var model = truth.model()
        model.placed[5] = false
        model.cameras[5].pose = Pose(rotation: .identity, translation: .zero)
        // Points at their true places: only the sightings of the new view are wrong.
        for track in 0..<model.tracks.count {
            let range = model.tracks.sightings(of: track)
            model.points[track] = truth.points[model.tracks.keypoints[range.lowerBound]]
            model.agrees[range.lowerBound] = true
        }
        let found = try #require(try model.resected(5, seen: model.seen()[5], reach: 4, cancel: nil))
        #expect((found.pose.centre - truth.cameras[5].pose.centre).size < 0.02)
        #expect(Double(found.points) > 0.9 * (1 - wrong) * 200)
    }

    @Test func `no place follows from chance or from nothing`() throws {
        let truth = SyntheticScene(wrong: 1)
        var model = truth.model()
        for track in 0..<model.tracks.count {
            let range = model.tracks.sightings(of: track)
            model.points[track] = truth.points[model.tracks.keypoints[range.lowerBound]]
            model.agrees[range.lowerBound] = true
        }
        #expect(try model.resected(5, seen: model.seen()[5], reach: 4, cancel: nil) == nil)
        #expect(try model.resected(5, seen: [], reach: 4, cancel: nil) == nil)
    }

    @Test func `errors are the distances in pixels`() throws {
        let truth = SyntheticScene(noise: 0.5)
        var model = truth.model()
        try model.triangulate(reach: 4, cancel: nil)
        let errors = try model.errors().filter { $0 >= 0 }
        let square = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
        // Two coordinates of 0.5 each, less what 3 of 12 numbers take up.
        #expect(abs(square.squareRoot() - 0.61) < 0.05, "\(square.squareRoot())")
    }

    @Test func `the solvers give the same bits again`() throws {
        func solved() throws -> [Camera] {
            let truth = SyntheticScene(wrong: 0.1)
            var model = truth.model(cameras: truth.shaken(focal: 0.95), sigma: 0.3)
            try model.triangulate(reach: 40, cancel: nil)
            try model.adjust(.focalAndDistortion, most: 100, cancel: nil)
            return model.cameras
        }
        #expect(try solved() == solved())
    }

    @Test func `a raised flag stops them`() throws {
        let cancel = CancelFlag()
        cancel.raise()
        var model = SyntheticScene().model()
        #expect(throws: Failure.self) { try model.triangulate(reach: 3, cancel: cancel) }
        try model.triangulate(reach: 3, cancel: nil)
        #expect(throws: Failure.self) { try model.adjust(.none, most: 100, cancel: cancel) }
    }

    @Test func `an expected pose holds a camera that sightings leave free`() throws {
        let truth = SyntheticScene(views: 3)
        var model = truth.model(cameras: truth.shaken())
        for view in model.cameras.indices {
            model.expected[view] = PoseExpectation(
                pose: truth.cameras[view].pose, rotationSigma: 1e-6, centreSigma: 1e-6)
        }
        try model.triangulate(reach: 60, cancel: nil)
        try model.adjust(.none, most: 100, iterations: 50, cancel: nil)
        for (camera, truth) in zip(model.cameras, truth.cameras) {
            #expect((camera.pose.centre - truth.pose.centre).size < 1e-3)
        }
    }
}
