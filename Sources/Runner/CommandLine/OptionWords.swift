internal import Foundation
internal import Pipeline

/// `key=value` words and option files, checked against a schema.
enum OptionWords {
    /// The members that the words name, as JSON.
    static func members(_ words: [String], schema: OptionsSchema) throws(Failure) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.invalidRequest, "--set takes KEY=VALUE, not \(word).")
            }
            members[parts[0]] = try schema.parse(parts[1], for: parts[0])
        }
        return members
    }

    /// A JSON object from a file.
    static func file(_ path: String) throws(Failure) -> [String: JSONValue] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(.inputUnreadable, "The options file \(path) can't be read.", hint: "Check the path.")
        }
        let value: JSONValue
        do { value = try JSON.decode(JSONValue.self, from: bytes) } catch {
            throw Failure(.invalidOptions, "The options file \(path) is not JSON.", detail: error.detail)
        }
        guard case .object(let members) = value else {
            throw Failure(.invalidOptions, "The options file \(path) must hold a JSON object.")
        }
        return members
    }

    /// Options of a known type from `key=value` words.
    static func decode<T: StageOptions>(_ type: T.Type, _ words: [String]) throws(Failure) -> T {
        let given = try members(words, schema: T.schema)
        guard case .object(var all) = try JSON.value(of: T()) else { return T() }
        all.merge(given) { $1 }
        return try JSON.decode(T.self, from: JSON.encode(JSONValue.object(all)))
    }
}
