import Foundation
import Pipeline
import Testing

@testable import JobAPI

struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func `reads what RFC 8259 allows`() throws {
        #expect(try parse(" [ ] ") == [])
        #expect(try parse("{}") == [:])
        #expect(
            try parse(#"{"a": [1, -2, 0, 1.5, 1e2, -1E-1, true, false, null, "x"], "b": {"c": {}}}"#)
                == ["a": [1, -2, 0, 1.5, 100.0, -0.1, true, false, .null, "x"], "b": ["c": [:]]])
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e4\ud83d\ude97ä🚗""#) == .string("\"\\/\u{8}\u{C}\n\r\tä🚗ä🚗"))
        #expect(try parse("9223372036854775807") == .int(.max))
        #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "tru", "nul", "+1", "01", "1.",
        ".5",
        "1e", "-", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\u0000\"", "\"a\nb\"", "1 2", "[1] x", "1e999", "NaN", "Infinity", "'a'", "// x\n1", "{\"a\":1,\"a\":2}",
        "]",
    ])
    func `refuses everything else`(text: String) {
        #expect(throws: JSONParser.Fault.self) { try parse(text) }
    }

    @Test func `refuses bytes that are no text`() {
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse([0xEF, 0xBB, 0xBF, 0x31]) }
    }

    @Test func `refuses depth, and does not run out of stack`() throws {
        #expect(throws: JSONParser.Fault.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONParser.Fault.self) { try parse(String(repeating: #"{"a":"#, count: 100_000)) }
        _ = try parse(String(repeating: "[", count: 30) + String(repeating: "]", count: 30))
    }

    @Test func `says where the fault is`() {
        #expect(throws: JSONParser.Fault(reason: "a colon is expected", offset: 5)) { try parse(#"{"a" 1}"#) }
    }

    @Test func `reads what the writer writes`() throws {
        let value: JSONValue = [
            "text": "\u{1}\"\\\n\u{7F}ä🚗", "numbers": [0, -1, 2.5, 1e300], "nested": ["a": [[], [:], .null, true]],
        ]
        var writer = JSONWriter()
        writer.value(value)
        #expect(try JSONParser.parse(writer.bytes) == value)
        #expect(try JSON.decode(JSONValue.self, from: Data(writer.bytes)) == value)
    }
}

struct JSONWriterTests {
    @Test func `writes null for what is no number`() {
        var writer = JSONWriter()
        writer.array([Double.nan, .infinity, 0.5]) { $0.number($1) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[null,null,0.5]")
    }

    @Test func `escapes what JSON must not hold`() {
        var writer = JSONWriter()
        writer.string("\u{0}\u{1F}\t\n\"\\/é")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\u0000\u001f\u0009\n\"\\/é""#)
    }
}

struct TimestampTests {
    @Test func `agrees with Foundation over some centuries`() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // Foundation changes to the Julian calendar before 1582.
        var seconds = -11_000_000_000.0
        while seconds < 40_000_000_000 {
            let date = Date(timeIntervalSince1970: seconds)
            #expect(date.rfc3339 == date.formatted(style))
            seconds += 7_777_777.125
        }
    }

    @Test(arguments: [
        ("2026-11-21T06:00:00Z", 1_795_240_800), ("2026-11-21T08:00:00+02:00", 1_795_240_800),
        ("2026-11-21T06:00:00.250Z", 1_795_240_800.25), ("2024-02-29T00:00:00Z", 1_709_164_800),
    ])
    func `reads times with any offset`(text: String, seconds: Double) throws {
        #expect(try #require(Date(rfc3339: text)).timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "yesterday", "2026-11-21", "2026-11-21 06:00:00", "2026-11-21T06:00:00", "2026-13-01T00:00:00Z",
    ])
    func `refuses what is no time`(text: String) {
        #expect(Date(rfc3339: text) == nil)
    }
}
