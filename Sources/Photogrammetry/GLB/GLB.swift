internal import Foundation

/// Binary glTF 2.0: a JSON chunk and a chunk of bytes in one file.
public enum GLB {
    /// Where a model's metres come from.
    public struct Scale: Sendable, Equatable, Codable {
        /// What was known: see `ObjectScale.Source`.
        public let source: String
        /// By which share the metres may be wrong.
        public let error: Double

        public init(source: String, error: Double) { (self.source, self.error) = (source, error) }
    }

    /// What a file says of its own making, in `asset.extras`.
    public struct Facts: Sendable, Equatable, Codable {
        public var scale: Scale?
        /// How far the surface lies beside the silhouettes, in metres.
        public var outlineError: Double?
        public var coverage: TexturedModel.Coverage?
        /// Sentences for people who look at the file.
        public var note: String?

        public init(
            scale: Scale? = nil, outlineError: Double? = nil, coverage: TexturedModel.Coverage? = nil,
            note: String? = nil
        ) {
            (self.scale, self.outlineError, self.coverage, self.note) = (scale, outlineError, coverage, note)
        }
    }

    static let magic: UInt32 = 0x4654_6C67
    static let jsonChunk: UInt32 = 0x4E4F_534A
    static let binaryChunk: UInt32 = 0x004E_4942
}

/// The bytes behind a document: pieces on whole fours, each with its view.
struct GLBBuffer {
    private(set) var bytes = Data()
    private(set) var views: [GLTFDocument.BufferView] = []

    /// - Returns: the view's number.
    mutating func add(_ piece: Data, target: Int?) -> Int {
        while bytes.count % 4 != 0 { bytes.append(0) }
        views.append(
            GLTFDocument.BufferView(buffer: 0, byteOffset: bytes.count, byteLength: piece.count, target: target))
        bytes.append(piece)
        return views.count - 1
    }

    /// The file: header, document, bytes, both chunks filled up to whole fours.
    func file(of document: GLTFDocument) throws -> Data {
        var document = document
        var binary = bytes
        while binary.count % 4 != 0 { binary.append(0) }
        document.bufferViews = views
        document.buffers = [GLTFDocument.Buffer(byteLength: binary.count)]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(document)
        while json.count % 4 != 0 { json.append(0x20) }
        var file = Data()
        for word in [GLB.magic, 2, UInt32(12 + 8 + json.count + 8 + binary.count), UInt32(json.count), GLB.jsonChunk] {
            file.append(littleEndian: word)
        }
        file.append(json)
        file.append(littleEndian: UInt32(binary.count))
        file.append(littleEndian: GLB.binaryChunk)
        file.append(binary)
        return file
    }
}

extension Data {
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
