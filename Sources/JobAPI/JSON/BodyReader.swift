internal import Foundation
internal import Pipeline

/// Reads a JSON object member by member, keeps the JSON Pointer of where it is, and refuses members that nobody asked for.
struct BodyReader {
    private let pointer: String
    private let members: [String: JSONValue]

    /// - Parameter known: every member that the object may have; another one is refused by name.
    init(_ value: JSONValue, at pointer: String = "", known: [String]) throws(ProblemDetails) {
        guard case .object(let members) = value else { throw .invalid(pointer, "must be an object") }
        for name in members.keys.sorted() where !known.contains(name) {
            throw .invalid(
                "\(pointer)/\(name.pointerEscaped)", "is not known",
                hint: "Members are: \(known.joined(separator: ", ")).")
        }
        (self.pointer, self.members) = (pointer, members)
    }

    /// The body of a request.
    init(_ bytes: [UInt8], known: [String]) throws(ProblemDetails) {
        let value: JSONValue
        do throws(JSONParser.Fault) { value = try JSONParser.parse(bytes) } catch { throw .malformedJSON(error) }
        try self.init(value, known: known)
    }

    /// The object as it was read.
    var whole: JSONValue { .object(members) }

    /// Nil when it is absent or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    func has(_ name: String) -> Bool { value(name) != nil }

    func fault(_ name: String, _ detail: String, hint: String? = nil, slot: String? = nil) -> ProblemDetails {
        .invalid("\(pointer)/\(name)", detail, hint: hint, slot: slot)
    }

    /// A text of 1...`longest` characters without control characters.
    func text(_ name: String, longest: Int) throws(ProblemDetails) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue, (1...longest).contains(text.count),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw fault(name, "must be a text of 1 to \(longest) characters on one line") }
        return text
    }

    func requiredText(_ name: String, longest: Int) throws(ProblemDetails) -> String {
        guard let text = try text(name, longest: longest) else { throw fault(name, "is missing") }
        return text
    }

    /// A name that is safe in file names and labels: letters, digits, `.`, `_` and `-`, not beginning with a dot.
    func word(_ name: String) throws(ProblemDetails) -> String? {
        guard let text = try text(name, longest: 64) else { return nil }
        guard !text.hasPrefix("."), text.utf8.allSatisfy(\.isWord) else {
            throw fault(name, "may hold letters, digits, dots, dashes and underscores, and must not begin with a dot")
        }
        return text
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(ProblemDetails) -> Int? {
        guard let value = value(name) else { return nil }
        guard let int = value.intValue, range.contains(int) else {
            throw fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return int
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(ProblemDetails) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.doubleValue, range.contains(number) else {
            throw fault(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool(_ name: String) throws(ProblemDetails) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.boolValue else { throw fault(name, "must be true or false") }
        return bool
    }

    func time(_ name: String) throws(ProblemDetails) -> Date? {
        guard let text = try text(name, longest: 40) else { return nil }
        guard let time = Date(rfc3339: text) else {
            throw fault(name, "must be a time as RFC 3339 writes it", hint: "For example 2026-11-21T06:00:00Z.")
        }
        return time
    }

    func array(_ name: String, counts: ClosedRange<Int>) throws(ProblemDetails) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard let array = value.arrayValue, counts.contains(array.count) else {
            throw fault(name, "must be a list of \(counts.lowerBound) to \(counts.upperBound)")
        }
        return array
    }

    /// A list of objects, each with its own pointer.
    func objects(
        _ name: String, counts: ClosedRange<Int>, known: [String]
    ) throws(ProblemDetails) -> [BodyReader] {
        guard let array = try array(name, counts: counts) else { throw fault(name, "is missing") }
        var readers: [BodyReader] = []
        for (index, value) in array.enumerated() {
            readers.append(try BodyReader(value, at: "\(pointer)/\(name)/\(index)", known: known))
        }
        return readers
    }
}

extension UInt8 {
    fileprivate var isWord: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension String {
    fileprivate var pointerEscaped: String {
        replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
