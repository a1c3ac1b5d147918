public import Foundation
public import Pipeline

extension GLB {
    /// What a binary glTF file of one mesh holds; made to be compared with what it was made from.
    public struct Contents: Sendable {
        /// One range of triangles of one material.
        public struct Part: Sendable {
            public let material: String
            public let triangles: [SIMD3<UInt32>]
        }

        public let positions: [SIMD3<Float>]
        /// Empty where the file has none.
        public let normals: [SIMD3<Float>]
        /// 0...1 right and down; empty where the file has none.
        public let places: [SIMD2<Float>]
        public let parts: [Part]
        /// The bytes of the first image.
        public let image: Data?
        public let facts: Facts?
        public let generator: String?
    }

    /// Reads a file like ours: one mesh whose parts share their vertices.
    ///
    /// Everything is checked before it is used; `input_unreadable` says what is wrong.
    public static func contents(of file: Data) throws(Failure) -> Contents {
        let (document, binary) = try chunks(of: file)
        let reader = GLBReader(document: document, binary: binary)
        guard let mesh = document.meshes?.first, let first = mesh.primitives.first else {
            throw wrong("it has no mesh")
        }
        guard let position = first.attributes["POSITION"] else { throw wrong("a mesh has no positions") }
        let positions = try reader.vectors(position).map { SIMD3($0[0], $0[1], $0[2]) }
        let normals = try first.attributes["NORMAL"].map { number throws(Failure) in
            try reader.vectors(number).map { SIMD3($0[0], $0[1], $0[2]) }
        }
        let places = try first.attributes["TEXCOORD_0"].map { number throws(Failure) in
            try reader.vectors(number, of: 2).map { SIMD2($0[0], $0[1]) }
        }
        var parts: [Contents.Part] = []
        for primitive in mesh.primitives {
            guard primitive.attributes == first.attributes, primitive.mode ?? 4 == 4 else {
                throw wrong("its parts do not share their vertices, or are no triangles")
            }
            guard let material = document.materials?[checked: primitive.material] else {
                throw wrong("a part has no such material")
            }
            let triangles = try reader.triangles(primitive.indices, below: positions.count)
            parts.append(Contents.Part(material: material.name, triangles: triangles))
        }
        let image = try document.images?.first.map { image throws(Failure) in try reader.bytes(image.bufferView) }
        return Contents(
            positions: positions, normals: normals ?? [], places: places ?? [], parts: parts, image: image,
            facts: document.asset.extras, generator: document.asset.generator)
    }

    private static func chunks(of file: Data) throws(Failure) -> (GLTFDocument, Data) {
        let file = Data(file)
        func word(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(file[place + $1]) << (8 * UInt32($1)) }
        }
        guard file.count >= 20, word(0) == magic, word(4) == 2, Int(word(8)) == file.count, word(16) == jsonChunk
        else { throw wrong("it does not begin like binary glTF 2.0, or is not whole") }
        let length = Int(word(12))
        guard length % 4 == 0, 20 + length <= file.count else { throw wrong("its JSON is longer than the file") }
        var binary = Data()
        if 28 + length <= file.count {
            guard word(24 + length) == binaryChunk, 28 + length + Int(word(20 + length)) <= file.count else {
                throw wrong("its second chunk is no bytes, or longer than the file")
            }
            binary = Data(file[(28 + length)..<(28 + length + Int(word(20 + length)))])
        }
        do {
            return (try JSONDecoder().decode(GLTFDocument.self, from: file[20..<(20 + length)]), binary)
        } catch {
            throw Failure(.inputUnreadable, "The file is no glTF that can be read here.", detail: "\(error)")
        }
    }

    fileprivate static func wrong(_ what: String) -> Failure {
        Failure(.inputUnreadable, "The file is no glTF that can be read here: \(what).")
    }
}

private struct GLBReader {
    let document: GLTFDocument
    let binary: Data

    func bytes(_ number: Int) throws(Failure) -> Data {
        guard let view = document.bufferViews?[checked: number], view.buffer == 0 else {
            throw GLB.wrong("there is no view \(number)")
        }
        let offset = view.byteOffset ?? 0
        guard offset >= 0, offset % 4 == 0, view.byteLength >= 0, offset <= binary.count,
            view.byteLength <= binary.count - offset
        else { throw GLB.wrong("view \(number) reaches beyond the bytes, or begins between words") }
        return Data(binary[offset..<(offset + view.byteLength)])
    }

    /// The bytes of an accessor whose elements lie tight together.
    private func elements(_ number: Int, size: Int) throws(Failure) -> (GLTFDocument.Accessor, Data) {
        guard let accessor = document.accessors?[checked: number] else {
            throw GLB.wrong("there is no accessor \(number)")
        }
        let offset = accessor.byteOffset ?? 0
        let all = try bytes(accessor.bufferView)
        guard accessor.count > 0, accessor.count <= all.count / size, offset >= 0,
            offset <= all.count - accessor.count * size
        else { throw GLB.wrong("accessor \(number) reaches beyond its view") }
        return (accessor, Data(all[offset..<(offset + accessor.count * size)]))
    }

    func vectors(_ number: Int, of width: Int = 3) throws(Failure) -> [[Float]] {
        let (accessor, data) = try elements(number, size: 4 * width)
        guard accessor.componentType == GLTFDocument.Code.float, accessor.type == "VEC\(width)" else {
            throw GLB.wrong("accessor \(number) is no vectors of \(width) floats")
        }
        let numbers = data.withUnsafeBytes { raw in
            (0..<(accessor.count * width)).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        guard numbers.allSatisfy(\.isFinite) else { throw GLB.wrong("accessor \(number) is not finite") }
        return (0..<accessor.count).map { Array(numbers[($0 * width)..<(($0 + 1) * width)]) }
    }

    func triangles(_ number: Int, below count: Int) throws(Failure) -> [SIMD3<UInt32>] {
        let isShort = document.accessors?[checked: number]?.componentType == GLTFDocument.Code.unsignedShort
        let (accessor, data) = try elements(number, size: isShort ? 2 : 4)
        guard accessor.type == "SCALAR", isShort || accessor.componentType == GLTFDocument.Code.unsignedInt,
            accessor.count % 3 == 0
        else { throw GLB.wrong("accessor \(number) is no triangles") }
        let indices = data.withUnsafeBytes { raw in
            (0..<accessor.count).map {
                isShort
                    ? UInt32(raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))
                    : raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
            }
        }
        guard indices.allSatisfy({ $0 < count }) else { throw GLB.wrong("a triangle has no such vertex") }
        return (0..<(indices.count / 3)).map { SIMD3(indices[3 * $0], indices[3 * $0 + 1], indices[3 * $0 + 2]) }
    }
}

extension Array {
    fileprivate subscript(checked index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
