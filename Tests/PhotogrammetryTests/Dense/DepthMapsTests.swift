import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Photogrammetry

@Suite("Depth maps")
struct DepthMapsTests {
    private static let room = try? PaintedRoom()
    private static let options = {
        var options = DenseOptions()
        options.nodes = 1_500_000
        return options
    }()
    private static let maps = room.flatMap { try? DepthMaps(of: $0.views, points: $0.points, options: options) }

    @Test func `a painted room's depths are found`() throws {
        let (room, maps) = (try #require(Self.room), try #require(Self.maps))
        for view in 0..<maps.count {
            let map = try maps.depthMap(of: view)
            let width = map.camera.intrinsics.width
            var errors: [Double] = []
            for (at, depth) in map.depths.enumerated() where depth > 0 {
                let truth = room.depth(map.camera, x: at % width, y: at / width)
                errors.append(truth > 0 ? abs(Double(depth) / truth - 1) : 1)
            }
            errors.sort()
            #expect(map.share > 0.5, "view \(view): \(map.share)")
            #expect(errors[errors.count / 2] < 0.002, "view \(view): \(errors[errors.count / 2])")
            #expect(errors[errors.count * 9 / 10] < 0.01, "view \(view): \(errors[errors.count * 9 / 10])")
            #expect(map.confidences.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test func `what several views agree on lies on the room's faces`() throws {
        let (room, maps) = (try #require(Self.room), try #require(Self.maps))
        let cloud = maps.cloud
        #expect(cloud.points.count == maps.pointCount && cloud.points.count > 10_000)
        let away = cloud.points.map { room.room.distance(of: SIMD3<Double>($0)) }.sorted()
        // The room is 5 units deep.
        #expect(away[away.count / 2] < 0.01, "\(away[away.count / 2])")
        #expect(away[away.count * 95 / 100] < 0.06, "\(away[away.count * 95 / 100])")
        let towards = room.cameras[2].pose.centre
        let facing = zip(cloud.points, cloud.normals).count { point, normal in
            ((towards - SIMD3<Double>(point)) * SIMD3<Double>(normal)).sum() > 0
        }
        #expect(facing > cloud.points.count * 99 / 100)
        #expect(cloud.normals.allSatisfy { abs(($0 * $0).sum() - 1) < 1e-3 })
        #expect(try cloud.ply().count > 27 * cloud.points.count)
    }

    @Test func `the surface lies on the faces and is a manifold with a border`() throws {
        let (room, maps) = (try #require(Self.room), try #require(Self.maps))
        let rough = try maps.surface(options: Self.options)
        let mesh = try rough.simplified(toTriangles: 5_000)
        #expect(mesh.triangleCount <= 5_000 && mesh.triangleCount > 3_000, "\(mesh.triangleCount)")
        for mesh in [rough, mesh] {
            let away = mesh.vertices.map { room.room.distance(of: SIMD3<Double>($0)) }.sorted()
            #expect(away[away.count / 2] < 0.015, "\(away[away.count / 2])")
            #expect(away[away.count * 95 / 100] < 0.1, "\(away[away.count * 95 / 100])")
            #expect(Border(of: mesh).isManifold)
            #expect(!Border(of: mesh).isClosed)
        }
        // The back wall that all cameras see hides behind nothing.
        let back = mesh.vertices.count { abs($0.z - 4) < 0.1 }
        #expect(back > 100)
    }

    @Test func `the same photos give the same bits`() throws {
        let room = try PaintedRoom(3, width: 120)
        var options = DenseOptions()
        (options.agreeing, options.nodes) = (2, 200_000)
        let made = try (0..<2).map { _ in
            let maps = try DepthMaps(of: room.views, points: room.points, options: options)
            let mesh = try maps.surface(options: options)
            return (try maps.depthMap(of: 1).depths, maps.cloud, mesh.vertices, mesh.triangles)
        }
        #expect(made[0].0 == made[1].0 && made[0].1 == made[1].1)
        #expect(made[0].2 == made[1].2 && made[0].3 == made[1].3 && !made[0].3.isEmpty)
    }

    @Test func `it stops when it is told to, and says how far it is`() throws {
        let room = try PaintedRoom(3, width: 120)
        let cancel = CancelFlag()
        var shares: [Double] = []
        let failure = #expect(throws: Failure.self) {
            try DepthMaps(of: room.views, points: room.points, cancel: cancel) { share in
                shares.append(share)
                if share > 0.05 { cancel.raise() }
            }
        }
        #expect(failure?.code == .cancelled)
        #expect(shares == shares.sorted() && (shares.last ?? 1) < 0.2)
        let own = #expect(throws: Failure.self) {
            try DepthMaps(of: room.views, points: room.points) { _ throws(Failure) in
                throw Failure(.deadlineExceeded, "late")
            }
        }
        #expect(own?.code == .deadlineExceeded)
    }
}

/// The sides of a mesh that belong to one triangle alone.
struct Border {
    /// No side belongs to more than two triangles, two never run through it the same way, and round each vertex they
    /// are one fan.
    let isManifold: Bool
    let isClosed: Bool

    init(of mesh: Mesh) {
        var sides = Set<SIMD2<UInt32>>()
        var (isSimple, fans) = (true, [UInt32: Int]())
        for triangle in mesh.triangles {
            for corner in 0..<3 {
                isSimple = isSimple && sides.insert([triangle[corner], triangle[(corner + 1) % 3]]).inserted
            }
        }
        let border = sides.filter { !sides.contains([$0.y, $0.x]) }
        for side in border { fans[side.x, default: 0] += 1 }
        isManifold = isSimple && fans.values.allSatisfy { $0 == 1 }
        isClosed = border.isEmpty
    }
}
