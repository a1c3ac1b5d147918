import Foundation
import FoundationXML
import Imaging
import Pipeline
import TestKit
import Testing

@Suite struct `What files say of their making` {
    static let encodings: [Encoding] = [
        .jpeg(), .jpeg(progressive: false, sRGBProfile: true), .png(), .png(sRGBProfile: true), .webp(),
        .webp(lossless: true, sRGBProfile: true), .avif(effort: 1),
    ]
    private static let hash = String(repeating: "0123456789abcdef", count: 4)
    private static let other = String(repeating: "fedcba9876543210", count: 4)

    private let record = Provenance(
        sourceType: .composite, original: Self.hash, parent: Self.other,
        steps: [
            .init("cutout", "model=u2net precision=bf16"), .init("resample", "scale=0.41 roll=-0.007"),
            .init("composite", "background=own:hall@2 shadow=true"),
        ])

    @Test(arguments: encodings, [3, 4])
    func `every format carries one packet, and its pixels stay what they were`(
        encoding: Encoding, channels: Int
    ) throws {
        if encoding.format == .jpeg && channels == 4 { return }
        let picture = try TestPicture.scene(width: 401, height: 300)
        let given =
            channels == 3 ? picture : try picture.withAlpha(TestPicture.disc(width: 401, height: 300).channel(3))
        let (bare, told) = (try given.encoded(encoding), try given.encoded(encoding.stating(record)))
        #expect(EmbeddedXMP.packets(in: bare).isEmpty)
        let packets = EmbeddedXMP.packets(in: told)
        #expect(packets.count == 1)
        let packet = try Packet(packets.first ?? "")
        #expect(
            packet["Iptc4xmpExt:DigitalSourceType"] == ["http://cv.iptc.org/newscodes/digitalsourcetype/composite"])
        #expect(packet["rundum:original"] == [Self.hash])
        #expect(packet["stRef:documentID"] == ["sha256:\(Self.other)"])
        #expect(packet["stEvt:action"] == ["cutout", "resample", "composite"])
        #expect(packet["stEvt:softwareAgent"] == Array(repeating: "Rundum \(Version.current)", count: 3))
        #expect(packet["stEvt:parameters"].last == "background=own:hall@2 shadow=true")
        #expect(told.count - bare.count < 1_600)
        #expect(try ImageFile.decode(told).largestDifference(to: ImageFile.decode(bare)) == 0)
        let (before, after) = (try ImageFile.probe(bare), try ImageFile.probe(told))
        #expect(before == after)
        #expect(told.range(of: Data("Exif".utf8)) == nil)
        #expect(try given.encoded(encoding.stating(record)) == told)
    }

    @Test(arguments: encodings) func `a thumbnail says only the least`(encoding: Encoding) throws {
        let picture = try TestPicture.scene(width: 300, height: 200)
        let (bare, told) = (try picture.encoded(encoding), try picture.encoded(encoding.stating(record)))
        let packet = try Packet(EmbeddedXMP.packets(in: told).first ?? "")
        #expect(packet["Iptc4xmpExt:DigitalSourceType"].count == 1 && packet["rundum:original"] == [Self.hash])
        #expect(packet["stEvt:action"].isEmpty && packet["stRef:documentID"].isEmpty)
        #expect(told.count - bare.count < 750)
    }

    @Test func `a long history stays under 1.5 kB and keeps its end`() throws {
        var long = record
        for number in 1...40 { long.steps.append(.init("step-\(number)", "number=\(number)")) }
        let picture = try TestPicture.plain(width: 500, height: 400, [9, 9, 9])
        let text = try #require(EmbeddedXMP.packets(in: picture.encoded(.png().stating(long))).first)
        #expect(text.utf8.count <= 1_500)
        #expect(try Packet(text)["stEvt:action"].last == "step-40")
    }

    @Test func `a step that could break the packet is left out`() throws {
        var odd = record
        odd.steps = [.init("cutout\"/><evil"), .init("tone", "gain=\"1\""), .init("tone", "gain=1.2")]
        let picture = try TestPicture.plain(width: 500, height: 400, [9, 9, 9])
        let text = try #require(EmbeddedXMP.packets(in: picture.encoded(.png().stating(odd))).first)
        let packet = try Packet(text)
        #expect(packet["stEvt:action"] == ["tone"] && packet["stEvt:parameters"] == ["gain=1.2"])
    }

    @Test(arguments: encodings) func `what is made of a file of ours goes on with its record`(
        encoding: Encoding
    ) throws {
        let picture = try TestPicture.scene(width: 500, height: 400)
        let read = try readBack(picture.encoded(encoding.stating(record)))
        var expected = record
        expected.parent = Self.other
        #expect(read == expected)
        let more = read.adding([.init("resize", "width=800")])
        #expect(more.steps.map(\.action) == ["cutout", "resample", "composite", "resize"])
        #expect(more.sourceType == .composite)
    }

    @Test func `a photo begins its own record`() throws {
        let read = try readBack(TestPicture.scene(width: 60, height: 40).encoded(.jpeg()))
        #expect(read == Provenance(sourceType: .digitalCapture, original: Self.other))
    }

    @Test func `the word of another program is kept, its names are not trusted`() throws {
        let foreign = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description Iptc4xmpExt:DigitalSourceType=\
            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" rundum:original="\(Self.hash)">\
            <rdf:li stEvt:action="forged"/></rdf:Description></x:xmpmeta>
            """
        let read = try readBack(tagged(foreign))
        #expect(read == Provenance(sourceType: .trainedAlgorithmicMedia, original: Self.other))
        #expect(read.sourceType.altered == .trainedAlgorithmicMedia)
        #expect(read.sourceType.composed() == .compositeSynthetic)
        for rubbish in ["", "\u{0}\u{1}", "digitalsourcetype/nothingKnown", String(repeating: "<", count: 9_000)] {
            #expect(try readBack(tagged(rubbish)).sourceType == .digitalCapture)
        }
    }

    @Test func `a painted studio makes a composite, a cut-out is an altered capture`() {
        #expect(SourceType.digitalCapture.altered == .algorithmicallyEnhanced)
        #expect(SourceType.algorithmicallyEnhanced.composed() == .composite)
        #expect(SourceType.algorithmicallyEnhanced.composed(with: .trainedAlgorithmicMedia) == .compositeSynthetic)
        #expect(SourceType.composite.altered == .composite)
        for type in SourceType.allCases { #expect(type.altered.altered == type.altered) }
    }

    @Test func `declared operations are told in few words, in their order`() {
        let operations = [
            Truth.Operation("resample", scale: 0.9), Truth.Operation("whiteBalance", gains: [1.02, 1, 0.97]),
            Truth.Operation("tone", gain: 1.25), Truth.Operation("resample", scale: 0.4, roll: -0.01),
        ]
        let tone = Provenance.Step("tone", "gains=1.02,1.0,0.97 gain=1.25")
        #expect(
            operations.steps == [
                .init("resample", "scale=0.9"), tone, .init("resample", "scale=0.4 roll=-0.01"),
            ])
        #expect([Truth.Operation]().steps.isEmpty)
    }

    @Test func `a broken file has its own code, and names its slot`() throws {
        let whole = try TestPicture.scene(width: 60, height: 40).encoded(.png())
        let failure = #expect(throws: Failure.self) { try readBack(Data(whole.prefix(20))) }
        #expect(failure?.slot == "photo-1" && failure?.kind == .unreadableInput)
    }

    private func tagged(_ packet: String) throws -> Data {
        let photo = try TestPicture.scene(width: 60, height: 40).encoded(.jpeg())
        return Handmade.jpeg(photo, adding: 0xE1, Data("http://ns.adobe.com/xap/1.0/\0\(packet)".utf8))
    }

    private func readBack(_ bytes: Data) throws -> Provenance {
        let bench = try StageBench()
        let file = bench.folder.appending(path: "file")
        try bytes.write(to: file)
        let budget = Budget(pixels: 1_000_000, bytes: 1 << 30, wallSeconds: 10)
        let input = StageInput(slot: "photo-1", name: "file", file: file, sha256: Self.other)
        let context = StageContext(inputs: [input], scratch: bench.folder, budget: budget, sink: bench)
        return try Provenance(of: input, in: context)
    }
}

/// A packet's attributes by qualified name, read by an XML parser.
private final class Packet: NSObject, XMLParserDelegate {
    private var values: [String: [String]] = [:]

    init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        try #require(parser.parse(), "the packet is not well-formed")
    }

    subscript(name: String) -> [String] { values[name] ?? [] }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        for (key, value) in attributes { values[key, default: []].append(value) }
    }
}
