import Foundation
import Imaging
import Pipeline
import TestKit
import Testing

@testable import Photogrammetry

@Suite("Hostile inputs of depth maps")
struct DenseInputTests {
    private func code(_ views: [DenseView], _ points: [SIMD3<Double>] = []) -> Failure.Code? {
        #expect(throws: Failure.self) { try DepthMaps(of: views, points: points) }?.code
    }

    @Test func `cameras and points that are not finite are refused`() throws {
        let room = try PaintedRoom(2, width: 64)
        let good = room.views
        func bent(_ change: (inout Camera) -> Void) -> [DenseView] {
            var camera = good[0].camera
            change(&camera)
            return [DenseView(camera: camera, photo: good[0].photo, points: []), good[1]]
        }
        #expect(code(bent { $0.pose.translation.x = .nan }, room.points) == .invalidInputs)
        #expect(code(bent { $0.pose.rotation = Rotation(rows: [[1, 0, 0], [0, .nan, 0], [0, 0, 1]]) }) != nil)
        #expect(code(bent { $0.intrinsics.focal = 0 }, room.points) == .invalidInputs)
        #expect(code(bent { $0.intrinsics.k1 = .infinity }, room.points) == .invalidInputs)
        #expect(
            code(bent { $0.pose.rotation = Rotation(rows: [[2, 0, 0], [0, 1, 0], [0, 0, 1]]) }, room.points) != nil)
        #expect(code(good, room.points.map { _ in [.nan, 0, 0] }) == .invalidInputs)
        #expect(code(good) == .invalidInputs)
    }

    @Test func `photos that do not fit their cameras are refused`() throws {
        let camera = TexturedRoom.cameras(1, optics: Intrinsics(width: 40, height: 30, focal: 40))[0]
        let grey = try TestPicture.plain(width: 40, height: 30, [9])
        let large = try TestPicture.plain(width: 41, height: 30, [9, 9, 9])
        #expect(code([DenseView(camera: camera, photo: grey, points: [])]) == .invalidInputs)
        #expect(code([DenseView(camera: camera, photo: large, points: [])]) == .invalidInputs)
        let tiny = Camera(intrinsics: Intrinsics(width: 8, height: 8, focal: 8), pose: camera.pose)
        let dot = try TestPicture.plain(width: 8, height: 8, [9, 9, 9])
        #expect(code([DenseView(camera: tiny, photo: dot, points: [])]) != nil)
    }

    @Test func `views without overlap, one view and none have no depths`() throws {
        let room = try PaintedRoom(3, width: 96)
        let apart = room.views.map { DenseView(camera: $0.camera, photo: $0.photo, points: []) }
        for views in [apart, [room.views[0]]] {
            let maps = try DepthMaps(of: views, points: room.points)
            #expect(maps.pointCount == 0 && maps.cloud.points.isEmpty && maps.sources(of: 0) == 0)
            if views.count > 1 { #expect(try maps.surface().triangleCount == 0) }
        }
        #expect(code([]) != nil)
    }

    @Test func `blank photos agree on nothing`() throws {
        let room = try PaintedRoom(3, width: 96)
        let blank = try TestPicture.plain(width: 96, height: 72, [128, 128, 128])
        let views = room.views.map { DenseView(camera: $0.camera, photo: blank, points: $0.points) }
        var options = DenseOptions()
        options.nodes = 100_000
        let maps = try DepthMaps(of: views, points: room.points, options: options)
        #expect(maps.sources(of: 1) == 2)
        #expect(maps.pointCount == 0)
        #expect(try maps.surface(options: options).triangleCount == 0)
    }

    @Test func `options out of range are refused`() throws {
        let room = try PaintedRoom(2, width: 64)
        for change: (inout DenseOptions) -> Void in [
            { $0.pixels = 10 }, { $0.sources = 0 }, { $0.sources = 7 }, { $0.agreeing = 9 },
        ] {
            var options = DenseOptions()
            change(&options)
            let few =
                options.agreeing == 9 ? room.views + room.views + room.views + room.views + room.views : room.views
            #expect(throws: Failure.self) { try DepthMaps(of: few, points: room.points, options: options) }
        }
        let maps = try DepthMaps(of: room.views, points: room.points)
        for change: (inout DenseOptions) -> Void in [
            { $0.nodes = 10 }, { $0.smoothness = 0 }, { $0.smoothness = .nan },
        ] {
            var options = DenseOptions()
            change(&options)
            #expect(throws: Failure.self) { try maps.surface(options: options) }
        }
    }
}
