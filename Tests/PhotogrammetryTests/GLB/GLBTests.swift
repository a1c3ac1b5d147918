import Foundation
import Imaging
import Photogrammetry
import Pipeline
import Testing

@Suite("GLB files")
struct GLBTests {
    private static func model() throws -> TexturedModel {
        var options = TextureOptions()
        (options.side, options.isSymmetric) = (128, false)
        return try TexturedModel(
            mesh: SolidScene.block.mesh(), photos: SolidScene.ringPhotos(4),
            options: options)
    }

    /// The JSON chunk as a dictionary, and the bytes behind it.
    private static func chunks(_ file: Data) throws -> (json: [String: Any], binary: Data) {
        let length = file.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) }
        let json = try #require(
            JSONSerialization.jsonObject(with: file[20..<(20 + length)]) as? [String: Any])
        return (json, Data(file[(28 + length)...]))
    }

    @Test func `a model is read back as it was written`() throws {
        let model = try Self.model()
        let facts = GLB.Facts(
            scale: GLB.Scale(source: "plate", error: 0.01), outlineError: 0.004, coverage: model.coverage, note: "x")
        let contents = try GLB.contents(of: model.glb(facts: facts))
        #expect(contents.facts == facts && contents.generator == "Rundum")
        #expect(contents.positions.count == model.vertexCount && contents.parts.map(\.material) == ["paint"])
        #expect(contents.parts[0].triangles.count == model.triangleCount(of: .paint))
        let cloud = try model.pointCloud()
        #expect(cloud.points == contents.positions && cloud.normals == contents.normals)
        #expect(contents.places.allSatisfy { (0...1).contains($0.x) && (0...1).contains($0.y) })
        for normal in contents.normals { #expect(abs((normal * normal).sum() - 1) < 1e-4) }
        let picture = try ImageFile.decode(try #require(contents.image))
        #expect(picture.width == 128 && picture.height == 128)
    }

    @Test func `vertices that were parted for the texture close to a solid`() throws {
        let contents = try GLB.contents(of: Self.model().glb())
        var number: [SIMD3<Float>: UInt32] = [:]
        var places: [SIMD3<Float>] = []
        let merged = contents.positions.map { place -> UInt32 in
            if let known = number[place] { return known }
            number[place] = UInt32(places.count)
            places.append(place)
            return UInt32(places.count - 1)
        }
        let triangles = contents.parts[0].triangles.map { triangle in
            SIMD3((0..<3).map { merged[Int(triangle[$0])] })
        }
        let solidity = try Mesh(vertices: places, triangles: triangles).solidity()
        #expect(solidity.isSolid && abs(solidity.volume - 0.8 * 0.6 * 1.8) < 1e-3)
    }

    @Test func `the container is laid out as glTF 2.0 wants it`() throws {
        let file = try Self.model().glb()
        #expect(file.prefix(8) == Data([0x67, 0x6C, 0x54, 0x46, 2, 0, 0, 0]) && file.count % 4 == 0)
        let (json, binary) = try Self.chunks(file)
        let views = try #require(json["bufferViews"] as? [[String: Any]])
        for view in views {
            let (offset, length) = (view["byteOffset"] as? Int ?? 0, try #require(view["byteLength"] as? Int))
            #expect(offset % 4 == 0 && length > 0 && offset + length <= binary.count)
        }
        let accessors = try #require(json["accessors"] as? [[String: Any]])
        let low = try #require(accessors[0]["min"] as? [Double])
        let high = try #require(accessors[0]["max"] as? [Double])
        #expect(low.count == 3 && zip(low, high).allSatisfy { $0 < $1 } && abs(low[1]) < 1e-6)
        #expect(accessors.last?["componentType"] as? Int == 5123)
        let materials = try #require(json["materials"] as? [[String: Any]])
        #expect(materials.count == 1 && (json["scene"] as? Int) == 0)
    }

    @Test func `files that are no such models are refused`() throws {
        let file = try Self.model().glb()
        #expect(throws: Failure.self) { try GLB.contents(of: Data()) }
        #expect(throws: Failure.self) { try GLB.contents(of: Data("glTF and nothing more".utf8)) }
        for cut in [19, 21, 60, 1500, file.count - 4] {
            let failure = #expect(throws: Failure.self) { try GLB.contents(of: file.prefix(cut)) }
            #expect(failure?.code == .inputUnreadable)
        }
        var broken = file
        broken[12] = 0xFF
        broken[14] = 0xFF
        #expect(throws: Failure.self) { try GLB.contents(of: broken) }
    }

    @Test(arguments: [
        ("\"componentType\":5123", "\"componentType\":5126"), ("\"type\":\"VEC2\"", "\"type\":\"VEC3\""),
        ("\"POSITION\":0", "\"POSITION\":9"), ("\"POSITION\"", "\"PASITION\""), ("\"indices\":3", "\"indices\":7"),
        ("\"material\":0", "\"material\":8"), ("\"byteOffset\":0", "\"byteOffset\":9"),
        ("\"meshes\"", "\"mashes\""), ("\"buffer\":0", "\"buffer\":1"),
    ])
    func `a document that points elsewhere is refused`(from: String, to: String) throws {
        let file = try Self.model().glb()
        let range = try #require(file.range(of: Data(from.utf8)))
        var broken = file
        broken.replaceSubrange(range, with: Data(to.utf8))
        let failure = #expect(throws: Failure.self) { try GLB.contents(of: broken) }
        #expect(failure?.code == .inputUnreadable)
    }

    @Test func `a model that no photo shows is written as well`() throws {
        let photo = try SolidScene.ringPhotos(1)[0]
        let model = try TexturedModel(mesh: SolidScene.block.mesh(), photos: [photo])
        #expect(try GLB.contents(of: model.glb(quality: 50)).parts.count == 1)
    }
}

@Suite("Point clouds")
struct PointCloudTests {
    @Test func `a cloud is written as binary PLY`() throws {
        let cloud = PointCloud(
            points: [[1, 2, 3], [4, 5, 6]], normals: [[0, 1, 0], [1, 0, 0]], colours: [[255, 0, 1], [2, 3, 4]])
        let file = try cloud.ply()
        let head = try #require(file.range(of: Data("end_header\n".utf8)))
        let text = String(decoding: file[..<head.upperBound], as: UTF8.self)
        #expect(text.hasPrefix("ply\nformat binary_little_endian 1.0\n") && text.contains("element vertex 2\n"))
        #expect(file.count - head.upperBound == 2 * (24 + 3))
        let bytes = Data(file[head.upperBound...])
        #expect(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: Float.self) } == 3)
        #expect(bytes[24] == 255 && bytes[26] == 1)
    }

    @Test func `a cloud may be bare or empty, but not uneven or infinite`() throws {
        #expect(try PointCloud(points: [[1, 2, 3]]).ply().count > 12)
        #expect(try !PointCloud(points: []).ply().isEmpty)
        #expect(throws: Failure.self) { try PointCloud(points: [[1, 2, 3]], normals: [[0, 1, 0], [0, 1, 0]]).ply() }
        #expect(throws: Failure.self) { try PointCloud(points: [[1, .infinity, 3]]).ply() }
    }
}
