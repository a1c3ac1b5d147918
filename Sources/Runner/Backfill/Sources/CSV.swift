internal import Foundation
internal import Pipeline

/// Comma-separated values as RFC 4180 has them: quotes, doubled quotes, line breaks in quotes; LF or CRLF.
enum CSV {
    /// The records below the header, as its columns' texts; empty cells are left out.
    ///
    /// - Parameter each: takes the record and the line that it begins at.
    /// - Throws: `invalidRequest` with the line, for text that is not CSV; what `each` throws.
    static func read(
        _ text: String, each: ([String: String], _ line: Int) throws(Failure) -> Void
    ) throws(Failure) {
        var parser = CSVParser(text)
        guard let header = try parser.record() else { return }
        let columns = header.cells.map { $0.trimmingCharacters(in: .whitespaces) }
        while let record = try parser.record() {
            if record.cells == [""] { continue }
            guard record.cells.count <= columns.count else {
                throw Failure(
                    .invalidRequest,
                    "Line \(record.line) has \(record.cells.count) cells and the header has \(columns.count).",
                    hint: "Put texts with commas into quotes.")
            }
            var cells: [String: String] = [:]
            for (column, cell) in zip(columns, record.cells) where !cell.isEmpty { cells[column] = cell }
            try each(cells, record.line)
        }
    }

    /// One record as a line, with quotes where they are needed. A cell that a spreadsheet would take for a formula begins
    /// with an apostrophe.
    static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let safe = cell.first.map { "=+-@\t".contains($0) } == true ? "'\(cell)" : cell
            let isPlain = !safe.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
            return isPlain ? safe : "\"\(safe.replacing("\"", with: "\"\""))\""
        }.joined(separator: ",") + "\r\n"
    }
}

/// Reads one record after the other.
private struct CSVParser {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        // A byte order mark, as spreadsheets write one.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    mutating func record() throws(Failure) -> (cells: [String], line: Int)? {
        guard at < bytes.count else { return nil }
        let start = line
        var cells: [String] = []
        while true {
            cells.append(bytes[safe: at] == 0x22 ? try quoted() : plain())
            guard let byte = bytes[safe: at] else { break }
            at += 1
            if byte == 0x2C { continue }
            if byte == 0x0D, bytes[safe: at] == 0x0A { at += 1 }
            line += 1
            break
        }
        return (cells, start)
    }

    private mutating func plain() -> String {
        let start = at
        while let byte = bytes[safe: at], byte != 0x2C, byte != 0x0A, byte != 0x0D { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func quoted() throws(Failure) -> String {
        let start = line
        var cell: [UInt8] = []
        at += 1
        while let byte = bytes[safe: at] {
            at += 1
            if byte == 0x0A { line += 1 }
            guard byte == 0x22 else {
                cell.append(byte)
                continue
            }
            if bytes[safe: at] == 0x22 {
                cell.append(0x22)
                at += 1
                continue
            }
            guard [nil, 0x2C, 0x0A, 0x0D].contains(bytes[safe: at]) else { break }
            return String(decoding: cell, as: UTF8.self)
        }
        throw Failure(
            .invalidRequest, "Line \(start) has a quote that does not end.", hint: "Write a quote in a text twice.")
    }
}

extension [UInt8] {
    fileprivate subscript(safe index: Int) -> UInt8? { index < count ? self[index] : nil }
}
