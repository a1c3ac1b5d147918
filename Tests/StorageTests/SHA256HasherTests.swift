import Foundation
import Pipeline
import Storage
import Testing

@Suite struct SHA256HasherTests {
    /// FIPS 180-4 examples and the long message of the NIST test suite.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `gives the published hash`(text: String, hash: String) throws {
        #expect(try SHA256Hasher.hash(Data(text.utf8)) == hash)
    }

    @Test func `pieces do not matter`() throws {
        var hasher = try SHA256Hasher()
        for piece in ["a", "", "bc"] { try Data(piece.utf8).withUnsafeBytes { try hasher.update($0) } }
        #expect(try hasher.finish() == SHA256Hasher.hash(Data("abc".utf8)))
    }

    @Test func `hashes a file and says when there is none`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        #expect(throws: Failure.self) { try SHA256Hasher.hash(file: file) }
        try Data("abc".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try SHA256Hasher.hash(file: file).sha256 == SHA256Hasher.hash(Data("abc".utf8)))
    }

    @Test func `knows a name when it sees one`() {
        let name = String(repeating: "0a", count: 32)
        #expect(SHA256Hasher.isName(name))
        let others = [
            name.uppercased(), name + "0", String(name.dropLast()), "g" + name.dropFirst(), "é" + name.dropFirst(2),
        ]
        for text in others + [""] { #expect(!SHA256Hasher.isName(text)) }
    }
}
