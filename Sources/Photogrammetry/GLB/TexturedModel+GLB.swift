public import Foundation
internal import Imaging
public import Pipeline

extension TexturedModel {
    /// The model as a binary glTF 2.0 file: metres, y up, one primitive a material, one JPEG as colour of all.
    ///
    /// Nothing in it needs a decoder beyond the specification's core. Equal models give equal bytes.
    /// - Parameters:
    ///   - name: of the one node and its mesh, as editors list them.
    ///   - quality: of the JPEG, 1...100.
    public func glb(
        name: String = "model", facts: GLB.Facts = GLB.Facts(), quality: Int = 88, cancel: CancelFlag? = nil
    ) throws(Failure) -> Data {
        let jpeg = try texture().encoded(.jpeg(quality: quality, progressive: false, chroma: .full), cancel: cancel)
        var buffer = GLBBuffer()
        var document = GLTFDocument()
        document.asset.generator = "Rundum"
        document.asset.extras = facts
        var accessors = vertexAccessors(in: &buffer)
        var primitives: [GLTFDocument.Primitive] = []
        var materials: [GLTFDocument.Material] = []
        for material in SurfaceMaterial.allCases where triangleCount(of: material) > 0 {
            accessors.append(indexAccessor(of: material, in: &buffer))
            primitives.append(
                GLTFDocument.Primitive(
                    attributes: ["POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2], indices: accessors.count - 1,
                    material: materials.count))
            materials.append(material.gltf)
        }
        document.extensionsUsed = ["KHR_materials_specular"]
        document.nodes = [GLTFDocument.Node(mesh: 0, name: name)]
        document.meshes = [GLTFDocument.Mesh(name: name, primitives: primitives)]
        document.materials = materials
        document.accessors = accessors
        document.textures = [GLTFDocument.Texture(sampler: 0, source: 0)]
        document.samplers = [
            GLTFDocument.Sampler(
                magFilter: GLTFDocument.Code.linear, minFilter: GLTFDocument.Code.linearMipmapLinear,
                wrapS: GLTFDocument.Code.clampToEdge, wrapT: GLTFDocument.Code.clampToEdge)
        ]
        document.images = [
            GLTFDocument.Image(bufferView: buffer.add(jpeg, target: nil), mimeType: "image/jpeg", name: "colour")
        ]
        do { return try buffer.file(of: document) } catch {
            throw Failure(.internalError, "The model can't be written as glTF.", detail: "\(error)")
        }
    }

    private func vertexAccessors(in buffer: inout GLBBuffer) -> [GLTFDocument.Accessor] {
        let pieces = withVertices { positions, normals, places in
            (Data(buffer: positions), Data(buffer: normals), Data(buffer: places), Self.bounds(of: positions))
        }
        let count = vertexCount
        func accessor(_ piece: Data, _ type: String, _ bounds: (low: [Double], high: [Double])? = nil)
            -> GLTFDocument.Accessor
        {
            GLTFDocument.Accessor(
                bufferView: buffer.add(piece, target: GLTFDocument.Code.vertices),
                componentType: GLTFDocument.Code.float, count: count, type: type, min: bounds?.low, max: bounds?.high)
        }
        return [accessor(pieces.0, "VEC3", pieces.3), accessor(pieces.1, "VEC3"), accessor(pieces.2, "VEC2")]
    }

    /// Indices of 16 bits where that is enough.
    private func indexAccessor(of material: SurfaceMaterial, in buffer: inout GLBBuffer) -> GLTFDocument.Accessor {
        let isShort = vertexCount < 65_535
        let piece = withTriangles(of: material) { indices in
            isShort ? indices.map { UInt16($0) }.withUnsafeBufferPointer { Data(buffer: $0) } : Data(buffer: indices)
        }
        return GLTFDocument.Accessor(
            bufferView: buffer.add(piece, target: GLTFDocument.Code.indices),
            componentType: isShort ? GLTFDocument.Code.unsignedShort : GLTFDocument.Code.unsignedInt,
            count: 3 * triangleCount(of: material), type: "SCALAR")
    }

    private static func bounds(of positions: UnsafeBufferPointer<Float>) -> (low: [Double], high: [Double]) {
        var low = [Float](repeating: .infinity, count: 3)
        var high = [Float](repeating: -.infinity, count: 3)
        for (index, value) in positions.enumerated() {
            low[index % 3] = min(low[index % 3], value)
            high[index % 3] = max(high[index % 3], value)
        }
        return (low.map(Double.init), high.map(Double.init))
    }
}

extension SurfaceMaterial {
    /// How a surface answers to a viewer's light. The photos' colours already hold the light of the place, so that gloss
    /// is held back where it would be seen twice.
    private struct Look {
        let metallic: Double
        let roughness: Double
        /// Strength of the reflection of what is no metal; that of glass and lacquer would be 1.
        let specular: Double
    }

    private var look: Look {
        switch self {
        case .paint: Look(metallic: 0, roughness: 0.35, specular: 0.15)
        case .glass: Look(metallic: 0, roughness: 0.1, specular: 0.3)
        case .rubber: Look(metallic: 0, roughness: 0.9, specular: 0.1)
        case .rim: Look(metallic: 0.3, roughness: 0.4, specular: 0.3)
        }
    }

    fileprivate var gltf: GLTFDocument.Material {
        GLTFDocument.Material(
            name: "\(self)",
            pbrMetallicRoughness: GLTFDocument.Metallic(
                baseColorTexture: GLTFDocument.TextureInfo(index: 0), metallicFactor: look.metallic,
                roughnessFactor: look.roughness),
            extensions: GLTFDocument.Extensions(specular: GLTFDocument.Specular(specularFactor: look.specular)))
    }
}
