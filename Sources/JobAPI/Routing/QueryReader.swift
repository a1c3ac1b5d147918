internal import Pipeline

/// Reads a query's parameters by name, and refuses those that nobody asked for: a mistyped filter must not be ignored.
struct QueryReader {
    private var values: [String: [String]] = [:]

    init(_ query: [(name: String, value: String)], known: Set<String>) throws(ProblemDetails) {
        for (name, value) in query {
            guard let name = name.removingPercentEncodingStrictly, let value = value.removingPercentEncodingStrictly
            else {
                throw .badRequest("The query holds an escape that is no UTF-8 text.")
            }
            guard known.contains(name) else {
                let hint =
                    known.isEmpty
                    ? "This address takes no parameters." : "There are: \(known.sorted().joined(separator: ", "))."
                throw .badRequest("There is no parameter \(name.debugDescription).", hint: hint)
            }
            values[name, default: []].append(value)
        }
    }

    /// The only value of a parameter.
    func one(_ name: String) throws(ProblemDetails) -> String? {
        guard let all = values[name] else { return nil }
        guard all.count == 1, let value = all.first, !value.isEmpty else {
            throw .badRequest("The parameter \(name) needs exactly one value.")
        }
        return value
    }

    /// Values given by repetition or by commas.
    func list(_ name: String) -> [String] {
        (values[name] ?? []).flatMap { $0.split(separator: ",").map(String.init) }
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(ProblemDetails) -> Int? {
        guard let text = try one(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .badRequest(
                "The parameter \(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }
}

extension String {
    /// The text behind its `%XX`; nil for broken escapes, null bytes and what is not UTF-8.
    fileprivate var removingPercentEncodingStrictly: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
