import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Testing

@Suite("Meshes")
struct MeshTests {
    private let low = SIMD3<Float>(-1, 0, -2), high = SIMD3<Float>(1, 1.5, 2)

    @Test func `a block is solid, and knows its volume and its outside`() throws {
        let block = try SolidScene.blockMesh(low: low, high: high)
        let solidity = try block.solidity()
        #expect(solidity.isSolid && abs(solidity.volume - 12) < 1e-4)
        let turned = try Mesh(
            vertices: block.vertices, triangles: block.triangles.map { SIMD3($0.x, $0.z, $0.y) })
        #expect(try turned.solidity().volume < 0)
        for (vertex, normal) in zip(block.vertices, block.normals) {
            #expect(abs((normal * normal).sum() - 1) < 1e-5)
            #expect(((vertex - SIMD3(0, 0.75, 0)) * normal).sum() > 0)
        }
    }

    @Test func `a hole and two blocks that touch in a point are no solids`() throws {
        let block = try SolidScene.blockMesh(low: low, high: high, cuts: 2)
        let open = try Mesh(vertices: block.vertices, triangles: Array(block.triangles.dropLast()))
        #expect(try open.solidity().openVertices == 3)
        let count = UInt32(block.vertexCount)
        var vertices = block.vertices + block.vertices.map { $0 + SIMD3(2, 1.5, 4) }
        var triangles = block.triangles + block.triangles.map { $0 &+ SIMD3(repeating: count) }
        let (top, bottom) = (try #require(vertices.firstIndex(of: high)), try #require(vertices.lastIndex(of: high)))
        triangles = triangles.map { triangle in
            SIMD3((0..<3).map { triangle[$0] == UInt32(bottom) ? UInt32(top) : triangle[$0] })
        }
        vertices[bottom] = high
        let solidity = try Mesh(vertices: vertices, triangles: triangles).solidity()
        #expect(solidity.openVertices == 0 && solidity.pinchedVertices == 1 && !solidity.isSolid)
    }

    @Test(arguments: [1000, 200, 40])
    func `simplifying keeps the solid`(triangles: Int) throws {
        let block = try SolidScene.blockMesh(low: low, high: high, cuts: 12)
        let simple = try block.simplified(toTriangles: triangles)
        #expect(simple.triangleCount <= triangles + 8)
        let solidity = try simple.solidity()
        #expect(solidity.isSolid && abs(solidity.volume - 12) < 0.02)
        #expect(try block.simplified(toTriangles: 100_000) === block)
    }

    @Test func `a mask covers what a ball covers`() throws {
        let camera = try SolidScene.camera(from: [0, 0.75, 9], to: [0, 0.75, 0])
        let mask = try SolidScene.blockMesh(low: low, high: high).mask(in: camera)
        let covered = mask.withPixels { pixels in pixels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
        // The front side, 2 x 1.5 metres 7 metres away, hides all others.
        #expect(abs(Double(covered) - 3 * 170 * 170 / 49) < 90)
        #expect(mask.width == 160 && mask.height == 120 && mask.channels == 1)
        let away = try SolidScene.camera(from: [0, 0.75, 9], to: [0, 0.75, 20])
        #expect(try #require(mask.withPixels { $0.max() }) == 255)
        #expect(try SolidScene.blockMesh(low: low, high: high).mask(in: away).withPixels { $0.max() } == 0)
    }

    @Test func `numbers that are none and indices beyond the vertices are refused`() {
        #expect(throws: Failure.self) {
            try Mesh(vertices: [[0, 0, 0], [1, 0, .nan], [0, 1, 0]], triangles: [[0, 1, 2]])
        }
        #expect(throws: Failure.self) { try Mesh(vertices: [[0, 0, 0], [1, 0, 0]], triangles: [[0, 1, 2]]) }
    }

    @Test func `an empty mesh is taken and is no solid`() throws {
        let none = try Mesh(vertices: [], triangles: [])
        #expect(none.vertices.isEmpty && none.normals.isEmpty && none.triangles.isEmpty)
        #expect(try !none.solidity().isSolid)
    }
}
