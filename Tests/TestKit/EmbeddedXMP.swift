public import Foundation

/// Finds the XMP packet of an encoded picture by walking its container: written after the formats' own texts, so that it
/// shares nothing with the writer.
public enum EmbeddedXMP {
    /// Every packet in a JPEG, PNG, WebP or AVIF, as text.
    public static func packets(in file: Data) -> [String] {
        let bytes = Array(file)
        let found: [ArraySlice<UInt8>]
        switch bytes.prefix(12) {
        case let start where start.starts(with: [0xFF, 0xD8]): found = jpeg(bytes)
        case let start where start.starts(with: [0x89, 0x50]): found = png(bytes)
        case let start where start.starts(with: Array("RIFF".utf8)): found = webP(bytes)
        default: found = items(bytes)
        }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func big(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        bytes[at..<at + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func jpeg(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let name = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        var (at, found) = (2, [ArraySlice<UInt8>]())
        while at + 4 < bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
            let end = at + 2 + big(bytes, at + 2, 2)
            let body = bytes[at + 4..<end]
            if bytes[at + 1] == 0xE1, body.starts(with: name) { found.append(body.dropFirst(name.count)) }
            at = end
        }
        return found
    }

    private static func png(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let head = Array("XML:com.adobe.xmp\0\0\0\0\0".utf8)
        var (at, found) = (8, [ArraySlice<UInt8>]())
        while at + 12 <= bytes.count {
            let length = big(bytes, at, 4)
            let (type, body) = (bytes[at + 4..<at + 8], bytes[at + 8..<at + 8 + length])
            var crc: UInt32 = ~0
            for byte in bytes[at + 4..<at + 8 + length] {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            guard Int(~crc) == big(bytes, at + 8 + length, 4) else { return [] }
            if type.elementsEqual("iTXt".utf8), body.starts(with: head) { found.append(body.dropFirst(head.count)) }
            at += 12 + length
        }
        return found
    }

    private static func webP(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        func little(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        guard little(4) == bytes.count - 8 else { return [] }
        var (at, found, isAnnounced) = (12, [ArraySlice<UInt8>](), false)
        while at + 8 <= bytes.count {
            let (type, length) = (bytes[at..<at + 4], little(at + 4))
            if type.elementsEqual("VP8X".utf8) { isAnnounced = bytes[at + 8] & 4 != 0 }
            if type.elementsEqual("XMP ".utf8) { found.append(bytes[at + 8..<at + 8 + length]) }
            at += 8 + length + length % 2
        }
        return isAnnounced == !found.isEmpty ? found : []
    }

    /// Items of type `mime` that hold RDF, in a HEIF with 16-bit item numbers and 32-bit places.
    private static func items(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        func boxes(_ from: Int, _ to: Int) -> [(type: String, body: Int, end: Int)] {
            var (at, list) = (from, [(type: String, body: Int, end: Int)]())
            while at + 8 <= to, big(bytes, at, 4) >= 8 {
                let type = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
                list.append((type, at + 8, at + big(bytes, at, 4)))
                at += big(bytes, at, 4)
            }
            return at == to ? list : []
        }
        guard let meta = boxes(0, bytes.count).first(where: { $0.type == "meta" }) else { return [] }
        let parts = boxes(meta.body + 4, meta.end)
        guard let iinf = parts.first(where: { $0.type == "iinf" }), let iloc = parts.first(where: { $0.type == "iloc" })
        else { return [] }
        let described = boxes(iinf.body + 6, iinf.end)
        guard described.count == big(bytes, iinf.body + 4, 2) else { return [] }
        let texts = described.filter { bytes[$0.body + 8..<$0.body + 12].elementsEqual("mime".utf8) }
            .map { big(bytes, $0.body + 4, 2) }
        let (version, base) = (Int(bytes[iloc.body]), Int(bytes[iloc.body + 5] >> 4))
        var (at, found) = (iloc.body + 8, [ArraySlice<UInt8>]())
        for _ in 0..<big(bytes, iloc.body + 6, 2) {
            let item = big(bytes, at, 2)
            at += 4 + (version == 1 ? 2 : 0)
            let start = base > 0 ? big(bytes, at, base) : 0
            let extents = big(bytes, at + base, 2)
            at += base + 2
            for _ in 0..<extents {
                let (offset, length) = (start + big(bytes, at, 4), big(bytes, at + 4, 4))
                if texts.contains(item), offset + length <= bytes.count {
                    found.append(bytes[offset..<offset + length])
                }
                at += 8
            }
        }
        return at == iloc.end ? found : []
    }
}
