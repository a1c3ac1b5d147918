/// The parts of a glTF 2.0 document that our models have; names and meanings are those of the specification.
struct GLTFDocument: Codable, Equatable {
    struct Asset: Codable, Equatable {
        var version = "2.0"
        var generator: String?
        var extras: GLB.Facts?
    }

    struct Scene: Codable, Equatable {
        var nodes: [Int]
    }

    struct Node: Codable, Equatable {
        var mesh: Int
        var name: String
    }

    struct Primitive: Codable, Equatable {
        var attributes: [String: Int]
        var indices: Int
        var material: Int
        var mode: Int?
    }

    struct Mesh: Codable, Equatable {
        var name: String
        var primitives: [Primitive]
    }

    struct TextureInfo: Codable, Equatable {
        var index: Int
    }

    struct Metallic: Codable, Equatable {
        var baseColorTexture: TextureInfo?
        var metallicFactor: Double
        var roughnessFactor: Double
    }

    struct Specular: Codable, Equatable {
        var specularFactor: Double
    }

    /// Extensions of a material; viewers that do not know them leave them out.
    struct Extensions: Codable, Equatable {
        var specular: Specular?

        enum CodingKeys: String, CodingKey {
            case specular = "KHR_materials_specular"
        }
    }

    struct Material: Codable, Equatable {
        var name: String
        var pbrMetallicRoughness: Metallic
        var extensions: Extensions?
    }

    struct Texture: Codable, Equatable {
        var sampler: Int
        var source: Int
    }

    struct Image: Codable, Equatable {
        var bufferView: Int
        var mimeType: String
        var name: String
    }

    struct Sampler: Codable, Equatable {
        var magFilter: Int
        var minFilter: Int
        var wrapS: Int
        var wrapT: Int
    }

    struct Accessor: Codable, Equatable {
        var bufferView: Int
        var byteOffset: Int?
        var componentType: Int
        var count: Int
        var type: String
        var min: [Double]?
        var max: [Double]?
    }

    struct BufferView: Codable, Equatable {
        var buffer: Int
        var byteOffset: Int?
        var byteLength: Int
        var target: Int?
    }

    struct Buffer: Codable, Equatable {
        var byteLength: Int
    }

    var asset = Asset()
    var extensionsUsed: [String]?
    var scene: Int? = 0
    var scenes: [Scene]? = [Scene(nodes: [0])]
    var nodes: [Node]?
    var meshes: [Mesh]?
    var materials: [Material]?
    var textures: [Texture]?
    var images: [Image]?
    var samplers: [Sampler]?
    var accessors: [Accessor]?
    var bufferViews: [BufferView]?
    var buffers: [Buffer]?
}

extension GLTFDocument {
    /// Numbers that the specification gives to types, targets and filters.
    enum Code {
        static let unsignedShort = 5123
        static let unsignedInt = 5125
        static let float = 5126
        static let vertices = 34962
        static let indices = 34963
        static let linear = 9729
        static let linearMipmapLinear = 9987
        static let clampToEdge = 33071
    }
}
