import Foundation
import Pipeline
import Testing

@Suite struct JSONValueTests {
    static let values: [JSONValue] = [
        .null, true, false, 0, -1, .int(.max), .int(.min), 2.5, -1e-300, "", "Grüße, \u{1F697}\n\u{0}\"\\", [], [:],
        [1, "two", [3.5, .null], ["four": true]], ["a": ["b": ["c": []]], "": "empty key"],
    ]

    @Test(arguments: values)
    func `round trips`(value: JSONValue) throws {
        #expect(try JSON.decode(JSONValue.self, from: JSON.encode(value)) == value)
    }

    @Test func `round trips whatever a seeded generator makes`() throws {
        var random = SeededGenerator(seed: 20)
        for _ in 0..<200 {
            let value = random.value(depth: 4)
            #expect(try JSON.decode(JSONValue.self, from: JSON.encode(value)) == value, "seed 20")
        }
    }

    @Test func `a whole number comes back as a whole number`() throws {
        #expect(try JSON.decode(JSONValue.self, from: JSON.encode(JSONValue.number(3))) == .int(3))
    }

    @Test func `true is not one, and one is not true`() throws {
        #expect(
            try JSON.decode([JSONValue].self, from: Data("[true,1,0,false]".utf8)) == [
                .bool(true), .int(1), .int(0), .bool(false),
            ])
    }

    @Test func `deep nesting fails or decodes, and does not crash`() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: Failure.self) { try JSON.decode(JSONValue.self, from: Data(deep.utf8)) }
    }

    @Test func `accessors answer for their own type only`() {
        let value: JSONValue = ["s": "x", "i": 3, "d": 2.5, "b": true, "a": [1], "o": ["k": "v"], "n": .null]
        #expect(value["s"]?.stringValue == "x" && value["i"]?.stringValue == nil)
        #expect(value["i"]?.intValue == 3 && value["d"]?.intValue == nil)
        #expect(value["i"]?.doubleValue == 3 && value["d"]?.doubleValue == 2.5 && value["s"]?.doubleValue == nil)
        #expect(value["b"]?.boolValue == true && value["i"]?.boolValue == nil)
        #expect(value["a"]?.arrayValue == [1] && value["o"]?.arrayValue == nil)
        #expect(value["o"]?.objectValue == ["k": "v"] && value["a"]?.objectValue == nil)
        #expect(value["n"] == .null && value["absent"] == nil && value["s"]?["x"] == nil)
    }

    @Test func `the last of two literal members counts`() {
        #expect((["a": 1, "a": 2] as JSONValue)["a"] == 2)
    }
}

/// SplitMix64, so that a failing case can be made again from its seed.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(.random(using: &self))
        case 2: return .int(.random(in: .min ... .max, using: &self))
        case 3: return .number(.random(in: -1e6...1e6, using: &self).rounded(.down) + 0.5)
        case 4: return .string(text())
        case 5: return .array((0..<Int.random(in: 0...4, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            let keys = (0..<Int.random(in: 0...4, using: &self)).map { "\($0)" + text() }
            return .object(Dictionary(uniqueKeysWithValues: keys.map { ($0, value(depth: depth - 1)) }))
        }
    }

    private mutating func text() -> String {
        let letters = Array("aZ09 /\\\"\n\t\u{7F}äß漢\u{1F697}")
        return String((0..<Int.random(in: 0...8, using: &self)).map { _ in letters.randomElement(using: &self) ?? "a" })
    }
}
