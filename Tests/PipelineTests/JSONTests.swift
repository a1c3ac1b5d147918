import Foundation
import Pipeline
import Testing

@Suite struct JSONTests {
    private func text(_ value: some Encodable, pretty: Bool = false) throws -> String {
        String(decoding: try JSON.encode(value, pretty: pretty), as: UTF8.self)
    }

    @Test func `equal values are equal bytes, whatever order they were made in`() throws {
        let names = (0..<50).map { "key\($0)" }
        let forth = JSONValue.object(Dictionary(uniqueKeysWithValues: names.map { ($0, .string($0)) }))
        let back = JSONValue.object(Dictionary(uniqueKeysWithValues: names.reversed().map { ($0, .string($0)) }))
        #expect(try JSON.encode(forth) == JSON.encode(back))
    }

    @Test func `keys are sorted and slashes stay plain`() throws {
        #expect(
            try text(["b": 1, "a": ["d": "x/y", "c": .null]] as JSONValue) == #"{"a":{"c":null,"d":"x/y"},"b":1}"#)
    }

    @Test func `pretty text says the same`() throws {
        let value: JSONValue = ["b": [1, 2.5, "three"], "a": ["nested": true]]
        let pretty = try text(value, pretty: true)
        #expect(pretty.contains("\n"))
        #expect(try JSON.decode(JSONValue.self, from: Data(pretty.utf8)) == value)
    }

    @Test func `times are UTC RFC 3339`() throws {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(try text(["at": time]) == #"{"at":"2027-01-15T08:00:00Z"}"#)
        #expect(
            try JSON.decode([String: Date].self, from: Data(#"{"at":"2027-01-15T08:00:00Z"}"#.utf8)) == ["at": time])
    }

    @Test(arguments: ["", "{", "[1,2", "nul", "{\"a\":1,}x", "\"\\ud800\"x"])
    func `broken JSON is an invalid request`(text: String) {
        #expect { try JSON.decode(JSONValue.self, from: Data(text.utf8)) } throws: {
            ($0 as? Failure)?.code == .invalidRequest
        }
    }

    @Test func `a shape that does not fit keeps its reason for operators only`() {
        #expect { try JSON.decode(Budget.self, from: Data(#"{"pixels":"many"}"#.utf8)) } throws: { error in
            let failure = error as? Failure
            return failure?.code == .invalidRequest && failure?.detail != nil
                && failure?.description.contains("pixels") == false
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a number that JSON has not is our mistake, not a crash`(number: Double) {
        #expect { try JSON.encode(JSONValue.number(number)) } throws: { ($0 as? Failure)?.code == .internalError }
    }
}
