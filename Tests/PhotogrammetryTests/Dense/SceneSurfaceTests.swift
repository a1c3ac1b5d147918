import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Photogrammetry

@Suite("Scene surfaces")
struct SceneSurfaceTests {
    private static let room = try? PaintedRoom()
    private static let made = room.flatMap { room in
        var options = DenseOptions()
        (options.nodes, options.triangles) = (1_000_000, 4_000)
        return try? SceneSurface(of: room.scene, photos: room.photos, options: options)
    }

    @Test func `a scene stands upright on the ground before the photographer`() throws {
        let made = try #require(Self.made)
        #expect(made.isLevel)
        let vertices = made.mesh.vertices
        for axis in 0..<3 {
            let values = vertices.map { Double($0[axis]) }
            let (low, high) = (values.min() ?? 0, values.max() ?? 0)
            #expect(axis == 1 ? abs(low) < 1e-5 : abs(low + high) < 1e-4)
        }
        let longest = (0..<3).map { axis in
            (vertices.map { $0[axis] }.max() ?? 0) - (vertices.map { $0[axis] }.min() ?? 0)
        }.max()
        #expect(abs((longest ?? 0) - 4) < 1e-3)
        // The room's floor is its y = 2 and the world's y there points down.
        for view in made.scene.views {
            let pose = try #require(view.camera).pose
            #expect(pose.rotation.rows[1].y < -0.99 && pose.centre.z > 0)
        }
        #expect(made.depthShares.allSatisfy { ($0 ?? 0) > 0.4 })
        #expect(made.mesh.triangleCount <= 4_000 && made.cloud.points.count > 10_000)
    }

    @Test func `cameras, points, cloud and surface are in one frame`() throws {
        let (room, made) = (try #require(Self.room), try #require(Self.made))
        for (view, camera) in zip(made.scene.views, room.cameras) {
            let moved = try #require(view.camera)
            for index in stride(from: 0, to: room.points.count, by: 40) {
                let (seen, truth) = (
                    moved.pixel(of: made.scene.points[index].position), camera.pixel(of: room.points[index])
                )
                #expect((try #require(seen) - (try #require(truth))).length < 1e-6)
            }
        }
        // Every fiftieth place of the cloud, from the surface's vertices.
        let vertices = made.mesh.vertices
        let away = stride(from: 0, to: made.cloud.points.count, by: 400).map { index in
            vertices.map { (($0 - made.cloud.points[index]) * ($0 - made.cloud.points[index])).sum() }.min() ?? 9
        }.sorted()
        #expect(away[away.count / 2].squareRoot() < 0.05)
    }

    @Test func `its picture from a place between the photos is what would be seen`() throws {
        let (room, made) = (try #require(Self.room), try #require(Self.made))
        // In the middle between two cameras, which look nearly the same way.
        let (one, two) = (room.cameras[1].pose, room.cameras[2].pose)
        let between = Pose(rotation: one.rotation, centre: (one.centre + two.centre) / 2)
        let frame = try #require(
            Similarity(from: room.cameras.map(\.pose), to: made.scene.views.compactMap { $0.camera?.pose }))
        let camera = Camera(intrinsics: room.cameras[0].intrinsics, pose: between)
        let truth = try room.room.picture(camera)
        let shown = try made.model.picture(in: Camera(intrinsics: camera.intrinsics, pose: frame * between))
        var (square, count) = (0.0, 0.0)
        for y in 0..<truth.height {
            for x in 0..<truth.width where shown.pixel(x, y)[3] == 255 {
                let difference = Double(shown.pixel(x, y)[0]) - Double(truth.pixel(x, y)[0])
                (square, count) = (square + difference * difference, count + 1)
            }
        }
        #expect(count > 0.5 * Double(truth.width * truth.height))
        let ratio = 10 * log10(255 * 255 / (square / count))
        #expect(ratio > 24, "\(ratio) dB")
    }

    @Test func `its file is a GLB of an open surface`() throws {
        let made = try #require(Self.made)
        let file = try made.model.glb(facts: GLB.Facts(coverage: made.model.coverage))
        #expect(file.prefix(4) == Data("glTF".utf8) && file.count > 10_000)
        #expect(Border(of: made.mesh).isManifold && !Border(of: made.mesh).isClosed)
        #expect(made.model.coverage.mirrored == 0 && made.model.coverage.seen > 10 * made.model.coverage.unseen)
    }

    @Test func `too little to see is said`() throws {
        let room = try #require(Self.room)
        let blank = try TestPicture.plain(width: 240, height: 180, [128, 128, 128])
        let failure = #expect(throws: Failure.self) {
            try SceneSurface(of: room.scene, photos: room.photos.map { _ in blank })
        }
        #expect(failure?.code == .noUsableViews && failure?.summary.contains("no surface") == true)
        let none = Scene(views: [], points: [], reprojectionError: 0)
        #expect(throws: Failure.self) { try SceneSurface(of: none, photos: []) }
        #expect(throws: Failure.self) { try SceneSurface(of: room.scene, photos: []) }
    }

    @Test func `up is where level pictures have it, however they are tilted`() {
        // Cameras that look down by 20 degrees all round, in a world that lies askew.
        let askew = Rotation(about: [1, 2, 0.5], by: 0.7)
        let poses = (0..<5).map { index in
            let level = Rotation(about: [0, 1, 0], by: 0.4 * Double(index))
            let tilted = Rotation(about: [1, 0, 0], by: 20 * .pi / 180) * level
            return Pose(rotation: tilted * askew.inverse, centre: askew * [sin(0.4 * Double(index)), 0, -3])
        }
        let frame = SceneFrame(poses, middle: .zero)
        #expect(frame.isLevel)
        let up = frame.turn * (askew * [0, -1, 0])
        #expect(up.y > cos(3 * .pi / 180), "\(up)")
        #expect(Rotation(checking: frame.turn.rows) != nil)
        // Rolled every way: up is the first one's.
        let rolled = (0..<4).map { index in
            Pose(rotation: Rotation(about: [0, 0, 1], by: .pi / 2 * Double(index)), centre: [Double(index), 0, -3])
        }
        let lost = SceneFrame(rolled, middle: .zero)
        #expect(!lost.isLevel && (lost.turn * [0, -1, 0]).y > 0.999)
        #expect(Rotation(checking: SceneFrame(rolled, middle: rolled.map(\.centre).mean).turn.rows) != nil)
    }
}
