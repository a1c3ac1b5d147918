import Foundation
import Pipeline
import Testing

@testable import Photogrammetry

@Suite("Entry by expectation")
struct EntryTests {
    private let truth = SyntheticScene(views: 4, noise: 0.2)

    /// The last view is tied to the third alone, and stands where it is expected.
    private func scene(off: Double = 0.03) throws -> (SceneModel, [ViewPair], [PoseExpectation?]) {
        var model = truth.model()
        model.placed[3] = false
        let pair = truth.pairs.first { $0.first == 2 && $0.second == 3 } ?? truth.pairs[0]
        let places = { (view: Int) in truth.keypoints[view].map(\.place) }
        let geometry = try TwoViewGeometry(
            first: places(2), second: places(3), optics: (truth.cameras[2].intrinsics, truth.cameras[3].intrinsics))
        // Expected poses come in a frame of their own.
        let frame = try #require(
            Similarity(
                from: truth.cameras.map(\.pose),
                to: truth.cameras.map { camera in
                    Pose(
                        rotation: camera.pose.rotation * Rotation(about: [1, 2, 0], by: 0.7),
                        centre: Rotation(about: [1, 2, 0], by: 0.7).inverse * (camera.pose.centre * 3))
                }))
        let expected = truth.cameras.map { camera in
            var pose = frame * camera.pose
            pose = Pose(rotation: Rotation(about: [0, 0, 1], by: off) * pose.rotation, centre: pose.centre)
            return PoseExpectation(pose: pose, rotationSigma: 0.1, centreSigma: 0.3)
        }
        return (
            model, [ViewPair(first: 2, second: 3, matches: pair.matches, geometry: geometry)], expected
        )
    }

    @Test func `a view enters where it is expected and a pair bears it out`() throws {
        let (model, pairs, expected) = try scene()
        let found = try #require(model.entry(pairs, expected))
        #expect(found.view == 3)
        let pose = found.expected.pose
        #expect((pose.centre - truth.cameras[3].pose.centre).size < 0.1)
        #expect((pose.rotation * truth.cameras[3].pose.rotation.inverse).angle < 0.02)
        #expect(abs(found.expected.centreSigma - 0.1) < 0.01)
    }

    @Test func `a pair that contradicts what is expected lets nobody in`() throws {
        let (model, pairs, expected) = try scene(off: 0.5)
        var odd = expected
        odd[3] = expected[3].map {
            PoseExpectation(
                pose: Pose(rotation: Rotation(about: [0, 1, 0], by: 0.6) * $0.pose.rotation, centre: $0.pose.centre),
                rotationSigma: 0.1, centreSigma: 0.3)
        }
        #expect(model.entry(pairs, odd) == nil)
    }

    @Test func `without expectations or pairs nobody enters`() throws {
        let (model, pairs, expected) = try scene()
        #expect(model.entry([], expected) == nil)
        #expect(model.entry(pairs, [nil, nil, nil, nil]) == nil)
    }

    @Test func `a view that entered keeps its place in the bundle`() throws {
        let (start, pairs, expected) = try scene()
        var model = start
        // No track of three views: the last view shares only pairs.
        model.take(Tracks(truth.pairs.filter { $0.second < 3 }, counts: truth.keypoints.map(\.count)))
        try model.triangulate(reach: 3, cancel: nil)
        try model.grow(pairs, expectations: expected, cancel: nil) { _ in }
        #expect(model.placedCount == 4)
        #expect((model.cameras[3].pose.centre - truth.cameras[3].pose.centre).size < 0.2)
    }
}
