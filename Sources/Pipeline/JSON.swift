public import Foundation

/// The one way JSON is written and read here: camelCase, sorted keys, UTC RFC 3339 times, so equal values are equal bytes.
public enum JSON {
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws(Failure) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do { return try encoder.encode(value) } catch {
            throw Failure(.internalError, "A value could not be written as JSON.", detail: "\(error)")
        }
    }

    public static func decode<T: Decodable>(_ type: T.Type, from json: Data) throws(Failure) -> T {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do { return try decoder.decode(type, from: json) } catch {
            throw Failure(.invalidRequest, "The JSON does not have the expected shape.", detail: "\(error)")
        }
    }

    /// A Codable value as a `JSONValue`.
    public static func value(of value: some Encodable) throws(Failure) -> JSONValue {
        try decode(JSONValue.self, from: encode(value))
    }
}
