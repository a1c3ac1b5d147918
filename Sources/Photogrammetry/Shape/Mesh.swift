internal import CVShim
internal import Imaging
public import Pipeline

/// Triangles in space, counter-clockwise seen from outside, with a unit normal at each vertex.
// @unchecked: the handle is only read after `init`, the mesh behind it never changes, and `deinit` frees it once.
public final class Mesh: @unchecked Sendable {
    /// The shim's mesh.
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { cvs_mesh_destroy(handle) }

    /// A mesh of one's own; every index must name a vertex and every number be finite.
    public convenience init(vertices: [SIMD3<Float>], triangles: [SIMD3<UInt32>]) throws(Failure) {
        let numbers = vertices.flatMap { [$0.x, $0.y, $0.z] }
        let indices = triangles.flatMap { [$0.x, $0.y, $0.z] }
        self.init(
            owning: try callShim { out, error in
                numbers.withUnsafeBufferPointer { numbers in
                    indices.withUnsafeBufferPointer { indices in
                        cvs_mesh_create(
                            numbers.baseAddress, vertices.count, indices.baseAddress, triangles.count, out, error)
                    }
                }
            })
    }

    /// How wide, high and deep its box is, in the mesh's units; zeros for one without vertices.
    public var dimensions: [Double] {
        (0..<3).map { axis in
            let values = vertices.map { Double($0[axis]) }
            return (values.max() ?? 0) - (values.min() ?? 0)
        }
    }

    public var vertexCount: Int { cvs_mesh_vertex_count(handle) }
    public var triangleCount: Int { cvs_mesh_triangle_count(handle) }

    public var vertices: [SIMD3<Float>] { triples(cvs_mesh_vertices(handle), vertexCount) }
    public var normals: [SIMD3<Float>] { triples(cvs_mesh_normals(handle), vertexCount) }
    public var triangles: [SIMD3<UInt32>] { triples(cvs_mesh_triangles(handle), triangleCount) }

    private func triples<Scalar>(_ numbers: UnsafePointer<Scalar>?, _ count: Int) -> [SIMD3<Scalar>] {
        guard let numbers else { return [] }
        return withExtendedLifetime(self) {
            (0..<count).map { SIMD3(numbers[3 * $0], numbers[3 * $0 + 1], numbers[3 * $0 + 2]) }
        }
    }
}

extension Mesh {
    /// What a mesh is worth as a solid.
    public struct Solidity: Sendable, Equatable {
        /// Vertices at sides that do not belong to exactly two triangles running through them in opposite directions.
        public let openVertices: Int
        /// Vertices whose triangles are more than one ring.
        public let pinchedVertices: Int
        /// In the cube of the mesh's unit; negative when the mesh is inside out.
        public let volume: Double

        /// Whether the surface is closed and two-manifold, its outside outside.
        public var isSolid: Bool { openVertices == 0 && pinchedVertices == 0 && volume > 0 }
    }

    public func solidity() throws(Failure) -> Solidity {
        var check = CVSMeshCheck()
        try checkShim { error in cvs_mesh_check(handle, &check, error) }
        return Solidity(
            openVertices: check.open_vertices, pinchedVertices: check.pinched_vertices, volume: check.volume)
    }

    /// A mesh of about so many triangles, closed and two-manifold as this one is (quadric errors, Garland and Heckbert
    /// 1997); itself when it has no more.
    public func simplified(toTriangles count: Int, cancel: CancelFlag? = nil) throws(Failure) -> Mesh {
        guard count < triangleCount else { return self }
        return Mesh(
            owning: try withCancelAddress(cancel) { cancel throws(Failure) in
                try callShim { out, error in cvs_mesh_simplify(handle, max(4, count), cancel, out, error) }
            })
    }

    /// The same mesh in a world whose ground was at `height`, and whose unit is `factor` (above 0) times smaller.
    func grounded(at height: Double, enlargedBy factor: Double) throws(Failure) -> Mesh {
        let down = SIMD3<Float>(0, Float(height), 0)
        return try Mesh(vertices: vertices.map { ($0 - down) * Float(factor) }, triangles: triangles)
    }
}
