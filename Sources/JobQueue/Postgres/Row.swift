internal import CLibPQ
internal import Foundation
internal import Pipeline

/// The rows that one statement gave, as libpq holds them; cells are read where they lie.
// @unchecked: libpq never changes a result once it is there, and reading one takes no lock.
final class ResultTable: @unchecked Sendable {
    let statement: String
    let columns: [String]
    private let result: OpaquePointer

    /// Takes over `result`, which is freed with the table.
    init(_ result: OpaquePointer, statement: String) {
        (self.result, self.statement) = (result, statement)
        columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    }

    deinit { PQclear(result) }

    var rows: [Row] { (0..<PQntuples(result)).map { Row(table: self, index: $0) } }

    /// The bytes of a cell, or nil when it is null.
    func cell(_ row: Int32, _ column: Int) -> UnsafeBufferPointer<UInt8>? {
        let column = Int32(column)
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return nil }
        let count = Int(PQgetlength(result, row, column))
        return UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }
}

/// One row of a result, by column name.
struct Row: Sendable {
    fileprivate let table: ResultTable
    fileprivate let index: Int32

    /// The texts of all columns, in their order.
    var cells: [String?] {
        table.columns.indices.map { column in table.cell(index, column).map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The texts of all columns that are not null; of columns with one name the last.
    var record: [String: String] {
        var record: [String: String] = [:]
        for (column, cell) in zip(table.columns, cells) { record[column] = cell }
        return record
    }

    /// The text of a column, or nil when it is null.
    func optional(_ column: String) throws(Failure) -> String? {
        try read(column) { String(decoding: $0, as: UTF8.self) }
    }

    func text(_ column: String) throws(Failure) -> String { try present(column, try optional(column)) }

    func int<Number: FixedWidthInteger>(_ column: String) throws(Failure) -> Number {
        guard let number = try present(column, try read(column) { Number(decimal: $0) }) else {
            throw unexpected(column, "is no integer")
        }
        return number
    }

    func double(_ column: String) throws(Failure) -> Double {
        guard let number = Double(try text(column)) else { throw unexpected(column, "is no number") }
        return number
    }

    func bool(_ column: String) throws(Failure) -> Bool { try present(column, try optionalBool(column)) }

    func optionalBool(_ column: String) throws(Failure) -> Bool? {
        try read(column) { $0.elementsEqual(CollectionOfOne(UInt8(ascii: "t"))) }
    }

    func uuid(_ column: String) throws(Failure) -> UUID { try present(column, try optionalUUID(column)) }

    func optionalUUID(_ column: String) throws(Failure) -> UUID? {
        guard let id = try read(column, { UUID(hexadecimal: $0) }) else { return nil }
        guard let id else { throw unexpected(column, "is no UUID") }
        return id
    }

    /// A time that was selected as microseconds since 1970.
    func optionalDate(_ column: String) throws(Failure) -> Date? {
        guard let micros = try read(column, { Int64(decimal: $0) }) else { return nil }
        guard let micros else { throw unexpected(column, "is no time") }
        return Date(timeIntervalSince1970: Double(micros) / 1_000_000)
    }

    func json<T: Decodable>(_ column: String, as type: T.Type = T.self) throws(Failure) -> T {
        try present(column, try optionalJSON(column, as: type))
    }

    func optionalJSON<T: Decodable>(_ column: String, as type: T.Type = T.self) throws(Failure) -> T? {
        guard let data = try read(column, { Data($0) }) else { return nil }
        do { return try JSON.decode(T.self, from: data) } catch {
            throw unexpected(column, "has another shape: \(error.detail ?? "")")
        }
    }

    /// Whether a column holds exactly this text.
    func holds(_ column: String, _ text: StaticString) throws(Failure) -> Bool {
        try read(column) { $0.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
            ?? false
    }

    func unexpected(_ column: String, _ what: String) -> Failure {
        let place = "\(table.statement).\(column)"
        return Failure(.internalError, "A row of the database could not be read.", detail: "\(place) \(what)")
    }

    /// What `reading` makes of a column's bytes, or nil when it is null. The bytes don't outlive the call.
    private func read<Value>(
        _ column: String, _ reading: (UnsafeBufferPointer<UInt8>) -> Value
    ) throws(Failure) -> Value? {
        // Columns are few, and short names compare faster than they hash.
        guard let position = table.columns.firstIndex(of: column) else {
            throw unexpected(column, "is not in the result")
        }
        return table.cell(index, position).map(reading)
    }

    private func present<Value>(_ column: String, _ value: Value?) throws(Failure) -> Value {
        guard let value else { throw unexpected(column, "is null") }
        return value
    }
}

extension FixedWidthInteger {
    /// From decimal digits with or without a minus.
    fileprivate init?(decimal text: UnsafeBufferPointer<UInt8>) {
        self.init(Substring(decoding: text, as: UTF8.self), radix: 10)
    }
}
