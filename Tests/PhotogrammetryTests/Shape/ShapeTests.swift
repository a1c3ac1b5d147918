import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Testing

@Suite("Shapes")
struct ShapeTests {
    private static func options(symmetric: Bool = false, cells: Int = 48, smoothing: Int = 4) -> ShapeOptions {
        var options = ShapeOptions()
        (options.isSymmetric, options.cells, options.smoothing) = (symmetric, cells, smoothing)
        return options
    }

    @Test func `a ball comes out of its silhouettes as a ball`() throws {
        let views = try SolidScene.ball.views(from: SolidScene.ring(8))
        let hull = try Shape(from: views, options: Self.options(smoothing: 0))
        let smooth = try Shape(from: views, options: Self.options())
        let truth = Double.pi / 6
        let volumes = (try hull.mesh.solidity(), try smooth.mesh.solidity())
        #expect(volumes.0.isSolid && volumes.1.isSolid)
        #expect(volumes.0.volume > truth * 0.99 && volumes.0.volume < truth * 1.2)
        // The plate takes back what the flat sides and edges of the hull had too much.
        #expect(abs(volumes.1.volume - truth) < abs(volumes.0.volume - truth))
        #expect(!smooth.isCar && hull.outlineError == 0 && smooth.outlineError > 0 && smooth.outlineError < 0.01)
        for vertex in smooth.mesh.vertices where vertex.y > 0.2 {
            let away = vertex - SIMD3(0, 0.5, 0)
            #expect(abs((away * away).sum().squareRoot() - 0.5) < 0.06)
        }
    }

    @Test func `a block stands on the ground and is as high and as long as it is`() throws {
        let shape = try Shape(
            from: SolidScene.block.views(from: SolidScene.ring(12, radius: 15, height: 0.6)),
            options: Self.options(smoothing: 0))
        let vertices = shape.mesh.vertices
        #expect(try #require(vertices.map(\.y).min()) > -1e-4)
        #expect(try abs(#require(vertices.map(\.y).max()) - 0.6) < 0.03)
        #expect(try abs(#require(vertices.map(\.z).max()) - 0.9) < 0.06)
        #expect(try shape.mesh.solidity().isSolid)
    }

    @Test func `a symmetric object needs cameras on one side only`() throws {
        let half = try SolidScene.block.views(from: SolidScene.ring(6, first: 0.05, arc: .pi))
        let alone = try Shape(from: half, options: Self.options(smoothing: 0)).mesh.solidity().volume
        let mirrored = try Shape(from: half, options: Self.options(symmetric: true, smoothing: 0)).mesh
        let truth = 0.8 * 0.6 * 1.8
        #expect(try abs(mirrored.solidity().volume - truth) < abs(alone - truth))
        let (left, right) = (mirrored.vertices.map(\.x).min() ?? 0, mirrored.vertices.map(\.x).max() ?? 0)
        #expect(abs(left + right) < 0.02)
    }

    @Test func `the same views give the same bits`() throws {
        let views = try SolidScene.block.views(from: SolidScene.ring(6))
        let (first, second) = (
            try Shape(from: views, options: Self.options()), try Shape(from: views, options: Self.options())
        )
        #expect(first.mesh.vertices == second.mesh.vertices && first.mesh.triangles == second.mesh.triangles)
    }

    @Test func `a car whose outlines lost its tyres stands on tyres as wide as tyres are`() throws {
        let body = SolidScene(solid: .block(low: [-0.4, 0.16, -0.9], high: [0.4, 0.6, 0.9]))
        var options = Self.options(cells: 128)
        options.wheels = [0.4, -0.4].flatMap { x in [0.55, -0.55].map { Wheel(axle: [x, 0.13, $0], radius: 0.13) } }
        let shape = try Shape(from: body.views(from: SolidScene.ring(8)), options: options)
        #expect(try shape.mesh.solidity().isSolid)
        let low = shape.mesh.vertices.map { SIMD3<Double>($0) }.filter { $0.y < 0.05 }
        #expect(try abs(#require(low.map(\.y).min())) < 0.01)
        for wheel in options.wheels {
            let near = low.filter { abs($0.z - wheel.axle.z) < 0.2 && $0.x * wheel.axle.x > 0 }
            let width = try #require(near.map(\.x).max()) - #require(near.map(\.x).min())
            #expect(width > 0.08 && width < 0.11, "\(width)")
        }
        #expect(low.allSatisfy { abs(abs($0.z) - 0.55) < 0.14 && abs($0.x) < 0.42 })
    }

    @Test func `a camera that looks elsewhere is named`() throws {
        var cameras = try SolidScene.ring(6)
        let views = try SolidScene.block.views(from: cameras)
        cameras[2] = try SolidScene.camera(from: [3, 1, -1], to: [9, 1, -4])
        let bent = zip(cameras, views).map { ShapeView(camera: $0, silhouette: $1.silhouette) }
        let failure = #expect(throws: Failure.self) { try Shape(from: bent, options: Self.options()) }
        #expect(failure?.code == .noUsableViews && failure?.summary.contains("View 3") == true)
    }

    @Test func `views that agree on nothing are refused as a whole`() throws {
        let views = try SolidScene.block.views(from: SolidScene.ring(4))
        let cameras = try [[9.0, 1, 0], [-9, 1, 0], [0, 1, 9], [0, 1, -9]].map {
            try SolidScene.camera(from: SIMD3($0[0], $0[1], $0[2]), to: SIMD3($0[0], $0[1], $0[2]) * 2)
        }
        let apart = zip(cameras, views).map { ShapeView(camera: $0, silhouette: $1.silhouette) }
        let failure = #expect(throws: Failure.self) { try Shape(from: apart, options: Self.options()) }
        #expect(failure?.code == .noUsableViews && failure?.summary.contains("contradict each other") == true)
    }

    @Test func `silhouettes without an object count for nothing`() throws {
        let cameras = try SolidScene.ring(4)
        let empty = try Bitmap(
            pixels: [UInt8](repeating: 0, count: 160 * 120), width: 160, height: 120, channels: 1)
        let nothing = try Silhouette(alpha: empty)
        let failure = #expect(throws: Failure.self) {
            try Shape(from: cameras.map { ShapeView(camera: $0, silhouette: nothing) })
        }
        #expect(failure?.code == .noUsableViews)
        var views = try SolidScene.block.views(from: cameras)
        views.append(ShapeView(camera: cameras[0], silhouette: nothing))
        #expect(try Shape(from: views, options: Self.options(smoothing: 0)).mesh.triangleCount > 0)
        #expect(throws: Failure.self) { try Shape(from: []) }
    }

    @Test func `a camera for another size of picture is refused`() throws {
        let views = try SolidScene.block.views(from: SolidScene.ring(3))
        let other = try SolidScene.camera(from: [0, 1, 3], width: 200)
        let failure = #expect(throws: Failure.self) {
            try Shape(from: views + [ShapeView(camera: other, silhouette: views[0].silhouette)])
        }
        #expect(failure?.code == .invalidInputs)
    }

    @Test func `cancelling stops it`() throws {
        let views = try SolidScene.block.views(from: SolidScene.ring(3))
        let cancel = CancelFlag()
        cancel.raise()
        let failure = #expect(throws: Failure.self) { try Shape(from: views, cancel: cancel) }
        #expect(failure?.code == .cancelled)
    }
}
