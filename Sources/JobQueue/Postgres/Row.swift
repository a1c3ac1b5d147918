internal import Foundation
internal import Pipeline

/// One row of a result, by column name.
struct Row: Sendable {
    let statement: String
    let index: [String: Int]
    let cells: [String?]

    /// The text of a column, or nil when it is null.
    func optional(_ column: String) throws(Failure) -> String? {
        guard let position = index[column] else { throw unexpected(column, "is not in the result") }
        return cells[position]
    }

    func text(_ column: String) throws(Failure) -> String {
        guard let text = try optional(column) else { throw unexpected(column, "is null") }
        return text
    }

    func int<Number: FixedWidthInteger>(_ column: String) throws(Failure) -> Number {
        guard let number = Number(try text(column)) else { throw unexpected(column, "is no integer") }
        return number
    }

    func double(_ column: String) throws(Failure) -> Double {
        guard let number = Double(try text(column)) else { throw unexpected(column, "is no number") }
        return number
    }

    func bool(_ column: String) throws(Failure) -> Bool { try text(column) == "t" }

    func uuid(_ column: String) throws(Failure) -> UUID {
        guard let id = try optionalUUID(column) else { throw unexpected(column, "is null") }
        return id
    }

    func optionalUUID(_ column: String) throws(Failure) -> UUID? {
        guard let text = try optional(column) else { return nil }
        guard let id = UUID(hexadecimal: text.utf8) else { throw unexpected(column, "is no UUID") }
        return id
    }

    /// A time that was selected as microseconds since 1970.
    func optionalDate(_ column: String) throws(Failure) -> Date? {
        guard let text = try optional(column) else { return nil }
        guard let micros = Int64(text) else { throw unexpected(column, "is no time") }
        return Date(timeIntervalSince1970: Double(micros) / 1_000_000)
    }

    func json<T: Decodable>(_ column: String, as type: T.Type = T.self) throws(Failure) -> T {
        guard let value: T = try optionalJSON(column) else { throw unexpected(column, "is null") }
        return value
    }

    func optionalJSON<T: Decodable>(_ column: String, as type: T.Type = T.self) throws(Failure) -> T? {
        guard let text = try optional(column) else { return nil }
        do { return try JSON.decode(T.self, from: Data(text.utf8)) } catch {
            throw unexpected(column, "has another shape: \(error.detail ?? "")")
        }
    }

    func unexpected(_ column: String, _ what: String) -> Failure {
        Failure(.internalError, "A row of the database could not be read.", detail: "\(statement).\(column) \(what)")
    }
}

extension UUID {
    /// From PostgreSQL's text form; Foundation's own parser costs as much as the rest of a row.
    fileprivate init?(hexadecimal text: String.UTF8View) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "-"): continue
            default: return nil
            }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(words.0, words.1)
    }

    /// From its 128 bits, the upper ones first.
    init(_ high: UInt64, _ low: UInt64) {
        func byte(_ word: UInt64, _ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * place)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }
}
