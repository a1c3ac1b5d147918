internal import Pipeline

/// The JSON of a result, written straight into bytes: a batch holds a hundred, and Foundation's encoder takes most of the
/// time that they cost. NUL characters are left out, since jsonb can't hold them and a library's message must not cost a
/// result.
struct ResultText {
    private var bytes: [UInt8] = []

    /// - Throws: `internalError` for a number that JSON has no word for.
    static func text(_ result: StageResult) throws(Failure) -> String {
        // What is rare goes the long way.
        guard result.review.isEmpty, result.failure == nil else {
            return String(decoding: try StoredJSON.tolerant(result), as: UTF8.self)
        }
        var text = ResultText()
        text.bytes.reserveCapacity(256)
        try text.write(result)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private mutating func write(_ result: StageResult) throws(Failure) {
        raw("{\"data\":")
        try value(result.data)
        raw(",\"identity\":[")
        for (index, part) in result.identity.enumerated() {
            if index > 0 { raw(",") }
            string(part)
        }
        raw("],\"kind\":")
        string(result.kind.rawValue)
        raw(",\"ok\":\(result.ok),\"outputs\":{")
        for (index, output) in result.outputs.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { raw(",") }
            string(output.key)
            raw(":")
            write(output.value)
        }
        raw("},\"peakBytes\":\(result.peakBytes),\"review\":[],\"seconds\":")
        try number(result.seconds)
        raw(",\"version\":\(result.version)}")
    }

    private mutating func write(_ output: OutputFile) {
        raw("{\"bytes\":\(output.bytes),\"file\":")
        string(output.file)
        if let height = output.height { raw(",\"height\":\(height)") }
        raw(",\"mediaType\":")
        string(output.mediaType)
        raw(",\"sha256\":")
        string(output.sha256)
        if let width = output.width { raw(",\"width\":\(width)") }
        raw("}")
    }

    private mutating func value(_ value: JSONValue) throws(Failure) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .int(let value): raw("\(value)")
        case .number(let value): try number(value)
        case .string(let value): string(value)
        case .array(let values):
            raw("[")
            for (index, element) in values.enumerated() {
                if index > 0 { raw(",") }
                try self.value(element)
            }
            raw("]")
        case .object(let members):
            raw("{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { raw(",") }
                string(member.key)
                raw(":")
                try self.value(member.value)
            }
            raw("}")
        }
    }

    private mutating func number(_ value: Double) throws(Failure) {
        guard value.isFinite else {
            throw Failure(.internalError, "A value could not be written as JSON.", detail: "\(value)")
        }
        raw("\(value)")
    }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0: break
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x01..<0x20:
                raw("\\u00")
                bytes.append(Self.hexadecimal[Int(byte >> 4)])
                bytes.append(Self.hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
