import Foundation
import Pipeline
import Testing

@Suite struct CacheKeyTests {
    private static func key(
        kind: Kind = "cutout", identity: [String] = ["cutout@1", "u2net"], options: JSONValue = ["a": 1, "b": 2],
        inputs: [CacheKey.Input] = [.init(slot: "front", name: "a.jpg", sha256: "00")]
    ) -> CacheKey {
        CacheKey(kind: kind, identity: identity, options: options, inputs: inputs)
    }

    @Test func `equal material has equal bytes`() throws {
        let other = Self.key(options: ["b": 2, "a": 1])
        #expect(Self.key() == other)
        #expect(try JSON.encode(Self.key()) == JSON.encode(other))
    }

    @Test(arguments: [
        key(kind: "spin"), key(identity: ["cutout@2", "u2net"]), key(identity: ["cutout@1", "u2netp"]),
        key(identity: ["u2net", "cutout@1"]), key(options: ["a": 1]), key(options: ["a": 2, "b": 2]),
        key(inputs: [.init(slot: "left", name: "a.jpg", sha256: "00")]),
        key(inputs: [.init(slot: "front", name: "b.jpg", sha256: "00")]),
        key(inputs: [.init(slot: "front", name: "a.jpg", sha256: "01")]), key(inputs: []),
    ])
    func `whatever decides the output tells keys apart`(other: CacheKey) throws {
        #expect(Self.key() != other)
        #expect(try JSON.encode(Self.key()) != JSON.encode(other))
    }

    @Test func `the order of inputs counts`() throws {
        let a = CacheKey.Input(slot: "a", name: "a.jpg", sha256: "00")
        let b = CacheKey.Input(slot: "b", name: "b.jpg", sha256: "01")
        #expect(try JSON.encode(Self.key(inputs: [a, b])) != JSON.encode(Self.key(inputs: [b, a])))
    }

    @Test func `round trips`() throws {
        #expect(try JSON.decode(CacheKey.self, from: JSON.encode(Self.key())) == Self.key())
    }
}
