import Testing

@testable import Photogrammetry

@Suite struct ObjectScaleTests {
    /// A box that stands on y = 0.
    private func box(width: Double, height: Double, length: Double) throws -> Mesh {
        var vertices: [SIMD3<Float>] = []
        for share in stride(from: Float(0), through: 1, by: 0.0625) {
            for x in [-width / 2, width / 2] {
                for z in [-length / 2, length / 2] { vertices.append([Float(x), share * Float(height), Float(z)]) }
            }
        }
        return try Mesh(vertices: vertices, triangles: [[0, 1, 2]])
    }

    private func wheels(face: Double, base: Double, error: Double = 0.01) -> WheelSet {
        let places = [
            SIMD3(face, 0.32, base / 2), [-face, 0.32, base / 2], [face, 0.32, -base / 2], [-face, 0.32, -base / 2],
        ]
        return WheelSet(wheels: places.map { Wheel(axle: $0, radius: 0.32) }, wheelbase: base, error: error)
    }

    @Test func `a car of the usual size needs no scale`() throws {
        let found = ObjectScale.metres(of: try box(width: 1.80, height: 1.49, length: 4.34), known: .init())
        #expect(abs(found.factor - 1) < 1e-6)
        #expect(found.scale.source == .sizeOfCars)
    }

    @Test func `a length that is told decides before all else`() throws {
        var known = ObjectScale.Known(length: 5)
        (known.wheelbase, known.wheels) = (9, wheels(face: 0.8, base: 1))
        let found = ObjectScale.metres(of: try box(width: 3, height: 1, length: 2), known: known)
        #expect(abs(found.factor - 2.5) < 1e-6)
        #expect(found.scale.source == .length && found.scale.error < 0.02)
    }

    @Test func `a wheelbase counts where wheels were found`() throws {
        let mesh = try box(width: 1.8, height: 1.5, length: 4.3)
        var known = ObjectScale.Known(wheelbase: 2.8)
        #expect(ObjectScale.metres(of: mesh, known: known).scale.source == .sizeOfCars)
        known.wheels = wheels(face: 0.85, base: 1.4, error: 0.014)
        let found = ObjectScale.metres(of: mesh, known: known)
        #expect(abs(found.factor - 2) < 1e-9 && found.scale == ObjectScale(source: .wheelbase, error: 0.01))
    }

    @Test func `wheels tell a car's width better than its hull does`() throws {
        // A hull that is a tenth too wide.
        let mesh = try box(width: 1.98, height: 1.49, length: 4.34)
        let alone = ObjectScale.metres(of: mesh, known: .init())
        let wheeled = ObjectScale.metres(of: mesh, known: .init(wheels: wheels(face: 0.88, base: 2.6)))
        #expect(abs(wheeled.factor - 1) < 0.01 && alone.factor < 0.95)
        #expect(wheeled.scale.source == .sizeOfCars && wheeled.scale.error < alone.scale.error)
    }

    @Test func `the size of cars is as good as it says`() throws {
        let off = try UsualCars.sizes.map { car in
            let mesh = try box(width: car.width / 1_000, height: car.height / 1_000, length: car.length / 1_000)
            return ObjectScale.metres(of: mesh, known: .init()).factor - 1
        }
        let spread = (off.map { $0 * $0 }.reduce(0, +) / Double(off.count)).squareRoot()
        #expect(spread < 0.04 && abs(off.reduce(0, +) / Double(off.count)) < 0.01)
    }

    @Test func `what moves to the ground is seen where it was`() throws {
        let camera = try SolidScene.camera(from: [2, 1, 2])
        let moved = camera.grounded(at: 0.25).enlarged(by: 2)
        let before = try #require(camera.pixel(of: [0.1, 0.5, -0.2]))
        let after = try #require(moved.pixel(of: [0.2, 0.5, -0.4]))
        #expect(abs(before.x - after.x) < 1e-9 && abs(before.y - after.y) < 1e-9)
        let mesh = try box(width: 1, height: 1, length: 2).grounded(at: 0.25, enlargedBy: 2)
        #expect(mesh.vertices.map(\.y).min() == -0.5 && mesh.vertices.map(\.z).max() == 2)
        let wheel = Wheel(axle: [1, 0.5, 2], radius: 0.3).grounded(at: 0.25).enlarged(by: 2)
        #expect(wheel == Wheel(axle: [2, 0.5, 4], radius: 0.6))
    }
}
