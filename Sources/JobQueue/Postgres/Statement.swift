internal import Foundation
internal import Pipeline

/// One named piece of SQL; every statement of the running program is one of these.
struct Statement: Sendable {
    let name: String
    let sql: String
    /// Parsed and planned once a connection, where that leads straight to a server: for what runs all the time and whose plan
    /// does not hang on its parameters.
    let isPrepared: Bool

    init(_ name: String, _ sql: String, isPrepared: Bool = false) {
        (self.name, self.sql, self.isPrepared) = (name, sql, isPrepared)
    }
}

/// A parameter in PostgreSQL's text form; the server infers its type from where it stands.
struct Parameter: Sendable {
    let text: String?

    static let null = Parameter(text: nil)
    static func text(_ value: String?) -> Parameter { Parameter(text: value) }
    static func int(_ value: some BinaryInteger) -> Parameter { Parameter(text: "\(value)") }
    static func int(_ value: Int?) -> Parameter { Parameter(text: value.map { "\($0)" }) }
    static func double(_ value: Double?) -> Parameter { Parameter(text: value.map { "\($0)" }) }
    static func bool(_ value: Bool) -> Parameter { Parameter(text: value ? "t" : "f") }
    static func uuid(_ value: UUID?) -> Parameter { Parameter(text: value?.uuidString) }
    static func json(_ value: Data) -> Parameter { Parameter(text: String(decoding: value, as: UTF8.self)) }

    static func interval(_ value: Duration) -> Parameter {
        let (seconds, attoseconds) = value.components
        return Parameter(text: "\(seconds) seconds \(attoseconds / 1_000_000_000_000) microseconds")
    }

    /// An array: each element quoted, so that any text may stand in it.
    static func array(_ values: [String]) -> Parameter {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var bytes = [UInt8(ascii: "{")]
        bytes.reserveCapacity(values.reduce(2) { $0 + $1.utf8.count + 8 })
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(quote)
            for byte in value.utf8 {
                if byte == quote || byte == backslash { bytes.append(backslash) }
                bytes.append(byte)
            }
            bytes.append(quote)
        }
        bytes.append(UInt8(ascii: "}"))
        return Parameter(text: String(decoding: bytes, as: UTF8.self))
    }

    /// An array of numbers, ids or truth values: nothing in them needs quotes.
    static func plainArray(_ values: [String]) -> Parameter {
        Parameter(text: "{\(values.joined(separator: ","))}")
    }

    /// An array of ids.
    static func array(_ ids: some Sequence<UUID>) -> Parameter {
        var bytes = [UInt8(ascii: "{")]
        bytes.reserveCapacity(33 * ids.underestimatedCount + 2)
        for id in ids {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            id.write(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return Parameter(text: String(decoding: bytes, as: UTF8.self))
    }

    /// The text; libpq would cut it at a NUL, so one is refused.
    func checked() throws(Failure) -> String? {
        guard var text else { return nil }
        if text.withUTF8({ $0.contains(0) }) {
            throw Failure(.invalidRequest, "A text holds a NUL character.", hint: "Leave it out.")
        }
        return text
    }
}
