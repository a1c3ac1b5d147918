/// A record as XMP (ISO 16684-1): IPTC's source type, the media management properties, and one of our own.
extension Provenance {
    /// Pictures of up to this many pixels carry the short form: a thumbnail of 6 kB has no room for a history.
    static let smallPicture = 120_000
    /// Bytes of a packet at most; what does not fit are the oldest steps.
    static let longest = 1_500

    static let namespace = "urn:rundum:xmp:1#"

    /// The packet for a picture of `pixels` pixels, without padding: the same bytes every time.
    ///
    /// - Parameter isWrapped: begins and ends with processing instructions by which a scanner finds it in any file.
    func packet(pixels: Int, isWrapped: Bool) -> [UInt8] {
        guard pixels > Self.smallPicture else { return packet(managed: nil, isWrapped) }
        var told = steps.filter(\.isPlain)
        var bytes = packet(managed: managed(told), isWrapped)
        while bytes.count > Self.longest, !told.isEmpty {
            told.removeFirst()
            bytes = packet(managed: managed(told), isWrapped)
        }
        return bytes
    }

    private func packet(managed: String?, _ isWrapped: Bool) -> [UInt8] {
        var text = isWrapped ? #"<?xpacket begin="\#u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>"# : ""
        text += #"<x:xmpmeta xmlns:x="adobe:ns:meta/">"#
        text += #"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="""#
        // Where there is a history, each of its steps names the software.
        if managed == nil { text += #" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="\#(Self.software)""# }
        text += #" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/""#
        text += #" Iptc4xmpExt:DigitalSourceType="\#(sourceType.uri)""#
        if let original { text += #" xmlns:rundum="\#(Self.namespace)" rundum:original="\#(original)""# }
        text += managed ?? "/>"
        text += "</rdf:RDF></x:xmpmeta>"
        if isWrapped { text += #"<?xpacket end="r"?>"# }
        return Array(text.utf8)
    }

    /// The rest of a description that tells the history.
    private func managed(_ steps: [Step]) -> String {
        var text = #" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/""#
        text += #" xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#""#
        text += #" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#">"#
        if let source = parent ?? original {
            text += #"<xmpMM:DerivedFrom stRef:documentID="sha256:\#(source)"/>"#
        }
        guard !steps.isEmpty else { return text + "</rdf:Description>" }
        text += "<xmpMM:History><rdf:Seq>"
        for step in steps {
            text += #"<rdf:li stEvt:action="\#(step.action)" stEvt:softwareAgent="\#(Self.software)""#
            text += step.parameters.isEmpty ? "/>" : #" stEvt:parameters="\#(step.parameters)"/>"#
        }
        return text + "</rdf:Seq></xmpMM:History></rdf:Description>"
    }
}

extension Provenance.Step {
    /// Holds only what needs no escaping and is short enough for a packet.
    var isPlain: Bool {
        (1...24).contains(action.utf8.count) && action.utf8.allSatisfy(\.isNameByte)
            && parameters.utf8.count <= 96
            && parameters.utf8.allSatisfy { $0.isNameByte || " =.,:@+#_".utf8.contains($0) }
    }
}

/// Reads the few words that are known out of a packet that anybody may have written.
struct PacketReader {
    let sourceType: SourceType?
    /// Of a record of ours only.
    let original: String?
    let steps: [Provenance.Step]

    init(_ packet: String) {
        let bytes = Array(packet.utf8)
        sourceType =
            Self.texts(in: bytes, after: "cv.iptc.org/newscodes/digitalsourcetype/", while: \.isNameByte)
            .lazy.compactMap { SourceType(rawValue: $0) }.first
        let hash = Self.texts(in: bytes, after: "rundum:original=\"", while: \.isNameByte).first
        let isOurs = packet.contains("xmlns:rundum=\"\(Provenance.namespace)\"")
        original = hash.flatMap { isOurs && $0.isHash ? $0 : nil }
        guard original != nil else {
            steps = []
            return
        }
        steps = Self.texts(
            in: bytes, after: "<rdf:li stEvt:action=\"", while: { $0 != UInt8(ascii: "/") && $0 >= 0x20 }
        )
        .prefix(16)
        .map { item in
            let parts = item.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            let at = parts.firstIndex(of: " stEvt:parameters=").map { $0 + 1 } ?? parts.count
            return Provenance.Step(parts.first ?? "", at < parts.count ? parts[at] : "")
        }
        .filter(\.isPlain)
    }

    /// What stands behind each occurrence of a mark.
    private static func texts(
        in bytes: [UInt8], after mark: String, while isPart: (UInt8) -> Bool
    ) -> [String] {
        let mark = Array(mark.utf8)
        var found: [String] = []
        var rest = bytes[...]
        while let start = rest.firstRange(of: mark) {
            let text = rest[start.upperBound...].prefix { isPart($0) }
            found.append(String(decoding: text, as: UTF8.self))
            rest = rest[text.endIndex...]
        }
        return found
    }
}

extension UInt8 {
    fileprivate var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension String {
    fileprivate var isHash: Bool {
        utf8.count == 64 && utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
