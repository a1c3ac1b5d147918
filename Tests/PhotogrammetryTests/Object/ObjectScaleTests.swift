import Testing

@testable import Photogrammetry

@Suite struct ObjectScaleTests {
    /// A box that stands on y = 0.
    private func box(width: Float, height: Float, length: Float) throws -> Mesh {
        var vertices: [SIMD3<Float>] = []
        for share in stride(from: Float(0), through: 1, by: 0.125) {
            for x in [-width / 2, width / 2] {
                for z in [-length / 2, length / 2] { vertices.append([x, share * height, z]) }
            }
        }
        return try Mesh(vertices: vertices, triangles: [[0, 1, 2]])
    }

    @Test func `a car of the usual size needs no scale`() throws {
        let found = ObjectScale.metres(of: try box(width: 1.82, height: 1.52, length: 4.4), length: nil)
        #expect(abs(found.factor - 1) < 1e-6)
        #expect(found.scale.source == .sizeOfCars)
    }

    @Test func `a length that is told decides alone`() throws {
        let found = ObjectScale.metres(of: try box(width: 3, height: 1, length: 2), length: 5)
        #expect(abs(found.factor - 2.5) < 1e-6)
        #expect(found.scale.source == .length && found.scale.error < 0.02)
    }
}
