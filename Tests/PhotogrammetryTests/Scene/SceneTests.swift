import Foundation
import Imaging
import Pipeline
import Synchronization
import TestKit
import Testing

@testable import Photogrammetry

@Suite("Scene")
struct SceneTests {
    private static let cameras = TexturedRoom.cameras(5)
    private static let pictures: [Bitmap] = {
        let room = TexturedRoom()
        return cameras.compactMap { try? room.picture($0) }
    }()

    private func views(
        _ pictures: [Bitmap], optics: ViewOptics = .known(TexturedRoom.optics), lens: String? = "one"
    ) -> [SceneView] {
        pictures.enumerated().map { SceneView(name: "photo \($0)", picture: $1, optics: optics, lens: lens) }
    }

    private func solve(_ views: [SceneView], _ options: SceneOptions = SceneOptions()) throws(Failure) -> Scene {
        try SceneSolver(matcher: SiftMatcher(enough: 100), options: options).scene(of: views)
    }

    /// Largest error of a place over the arc's length, and of a turn in degrees.
    private func errors(_ scene: Scene, _ truth: [Camera]) -> (place: Double, degrees: Double) {
        let found = scene.views.compactMap(\.camera)
        guard found.count == truth.count, let frame = Similarity(from: found.map(\.pose), to: truth.map(\.pose)) else {
            return (99, 180)
        }
        let moved = zip(found, truth).map { (frame * $0.pose, $1.pose) }
        let extent = (truth[0].pose.centre - truth[truth.count - 1].pose.centre).size
        return (
            moved.map { ($0.centre - $1.centre).size / extent }.max() ?? 99,
            moved.map { ($0.rotation * $1.rotation.inverse).angle * 180 / .pi }.max() ?? 180
        )
    }

    @Test func `a drawn room's cameras are found`() throws {
        let scene = try solve(views(Self.pictures))
        #expect(scene.placed == 5)
        let (place, degrees) = errors(scene, Self.cameras)
        #expect(place < 0.005 && degrees < 0.1, "\(place), \(degrees)")
        #expect(scene.points.count > 200)
        #expect(scene.reprojectionError > 0 && scene.reprojectionError < 0.6)
        #expect(scene.points.allSatisfy { $0.length >= 2 && $0.colour.x > 0 })
        let first = try #require(scene.views[0].camera)
        #expect(first.pose.rotation.angle < 1e-9 && first.pose.centre.size < 1e-9)
    }

    @Test func `sightings are where the points are seen`() throws {
        let scene = try solve(views(Self.pictures))
        for view in scene.views {
            let camera = try #require(view.camera)
            for sighting in view.sightings {
                let seen = try #require(camera.pixel(of: scene.points[sighting.point].position))
                #expect(abs((seen - sighting.place).length - sighting.error) < 1e-6)
            }
        }
    }

    @Test func `an unknown focal length is found along the way`() throws {
        let prior = FocalPrior(width: 320, height: 240, camera: ImageHeader.Camera())
        let scene = try solve(views(Self.pictures, optics: .expected(prior)))
        #expect(scene.placed == 5)
        let focal = try #require(scene.views[2].camera).intrinsics.focal
        #expect(abs(focal / 300 - 1) < 0.05, "\(focal)")
        #expect(errors(scene, Self.cameras).place < 0.03)
    }

    @Test func `every photo may have its own optics`() throws {
        let prior = FocalPrior(focal: 310, sigma: 0.05, source: .film)
        let scene = try solve(views(Self.pictures, optics: .expected(prior), lens: nil))
        #expect(scene.placed == 5)
        let focals = scene.views.compactMap { $0.camera?.intrinsics.focal }
        #expect(Set(focals).count == 5 && focals.allSatisfy { abs($0 / 300 - 1) < 0.06 }, "\(focals)")
    }

    @Test func `pixels that are not square are taken as calibrated`() throws {
        let tall = try Self.pictures.map { try $0.resized(width: 320, height: 264) }
        let optics = Intrinsics(width: 320, height: 264, focal: 300, principal: [159.5, 131.5])
        let scene = try solve(views(tall, optics: .known(optics, aspect: 1.1)))
        #expect(scene.placed == 5)
        #expect(errors(scene, Self.cameras).place < 0.01)
    }

    @Test func `a photo of another size joins with its own optics`() throws {
        var mixed = views(Self.pictures)
        let small = try Self.pictures[2].resized(width: 240, height: 180)
        mixed[2] = SceneView(
            name: "small", picture: small, optics: .known(TexturedRoom.optics.scaled(toWidth: 240, height: 180)),
            lens: "one")
        let scene = try solve(mixed)
        #expect(scene.placed == 5)
        #expect(errors(scene, Self.cameras).place < 0.01)
    }

    @Test func `the same photos give the same scene`() throws {
        let (one, two) = (try solve(views(Self.pictures)), try solve(views(Self.pictures)))
        #expect(one.points == two.points)
        #expect(one.views.map(\.camera) == two.views.map(\.camera))
    }

    @Test func `photos that don't belong are left out with the reason`() throws {
        let stranger = try TexturedRoom(seed: 9).picture(Self.cameras[0])
        let blank = try TestPicture.plain(width: 320, height: 240, [120])
        let scene = try solve(views(Self.pictures + [stranger, blank]))
        #expect(scene.placed == 5)
        #expect(scene.views[5].reason == .alone)
        #expect(scene.views[6].reason == .bare(features: 0))
        #expect(scene.views[6].camera == nil && scene.views[6].sightings.isEmpty)
    }

    @Test func `equal photos are no scene`() throws {
        let scene = try solve(views(Array(repeating: Self.pictures[0], count: 4)))
        #expect(scene.placed == 0 && scene.points.isEmpty && scene.reprojectionError == 0)
        for view in scene.views {
            guard case .onTheSpot = view.reason else {
                Issue.record("\(view.name): \(String(describing: view.reason))")
                continue
            }
        }
    }

    @Test func `rooms that share nothing are no scene`() throws {
        let rooms = try (1...4).map { try TexturedRoom(seed: 20 + $0).picture(Self.cameras[0]) }
        let scene = try solve(views(rooms))
        #expect(scene.placed == 0)
        #expect(scene.views.allSatisfy { $0.reason == .alone })
    }

    @Test func `two photos out of more prove nothing`() throws {
        let other = try TexturedRoom(seed: 9).picture(Self.cameras[0])
        let scene = try solve(views([Self.pictures[1], Self.pictures[3], other]))
        #expect(scene.placed == 0)
        #expect(scene.views[0].reason == .pair(with: "photo 1"))
        #expect(try solve(views([Self.pictures[1], Self.pictures[3]])).placed == 2)
    }

    @Test(arguments: [0, 1, 65])
    func `too few and too many photos are refused`(count: Int) throws {
        let blank = try TestPicture.plain(width: 32, height: 32, [120])
        #expect(throws: Failure.self) { try solve(views(Array(repeating: blank, count: count))) }
    }

    @Test func `a mask of another size is refused, and a right one is obeyed`() throws {
        let wrong = SceneView(
            name: "a", picture: Self.pictures[0], mask: try TestPicture.plain(width: 9, height: 9, [255]),
            optics: .known(TexturedRoom.optics))
        #expect(throws: Failure.self) { try solve([wrong, wrong]) }
        let none = try TestPicture.plain(width: 320, height: 240, [0])
        let covered = Self.pictures.prefix(3).map {
            SceneView(name: "b", picture: $0, mask: none, optics: .known(TexturedRoom.optics))
        }
        #expect(try solve(Array(covered)).views.allSatisfy { $0.reason == .bare(features: 0) })
    }

    @Test func `progress never goes back, and a raised flag stops it`() throws {
        let seen = Mutex<[(Double, String)]>([])
        let cancel = CancelFlag()
        let solver = SceneSolver(matcher: SiftMatcher(enough: 100))
        #expect(throws: Failure.self) {
            try solver.scene(of: views(Self.pictures), cancel: cancel) { fraction, step in
                seen.withLock { $0.append((fraction, step)) }
                if fraction >= 0.7 { cancel.raise() }
            }
        }
        let fractions = seen.withLock { $0.map(\.0) }
        #expect(fractions == fractions.sorted() && fractions.count > 5)
        #expect(seen.withLock { $0.allSatisfy { !$0.1.isEmpty } })
    }

    @Test(arguments: [
        Scene.Unplaced.bare(features: 3), .alone, .onTheSpot(with: "x"), .apart(with: "x"), .pair(with: "x"),
        .thin(points: 0, with: "x"), .thin(points: 4, with: "x"),
    ])
    func `every reason has a sentence and a hint`(reason: Scene.Unplaced) {
        #expect(reason.sentence.hasSuffix(".") && reason.hint.hasSuffix("."))
    }
}
