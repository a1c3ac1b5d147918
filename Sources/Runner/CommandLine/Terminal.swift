internal import Foundation
internal import Pipeline

/// What the binary says: results on standard output, everything about the work on standard error.
enum Terminal {
    /// Standard error is a terminal that can redraw lines.
    static let isLive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    static let isColoured = isLive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    static func out(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    static func raw(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// A failure as a person reads it: what and where, what to do, and the code to search for.
    static func say(_ failure: Failure) {
        let place = failure.slot.map { "\($0): " } ?? ""
        say("\(paint("error", .red)): \(place)\(failure.summary) [\(failure.code.rawValue)]")
        if let hint = failure.hint { say("       \(hint)") }
        if let detail = failure.detail, ProcessInfo.processInfo.environment["RUNDUM_DEBUG"] != nil {
            say("       \(detail)")
        }
    }

    /// The columns of the terminal; 80 where nothing is known.
    static var columns: Int {
        var size = winsize()
        if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
    }

    /// SGR codes.
    enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case teal = 36
        case grey = 90
    }

    static func paint(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// Columns of text with a header, two spaces apart.
struct TextTable {
    let header: [String]
    var rows: [[String]] = []

    init(_ header: String...) { self.header = header }

    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).enumerated().map { index, cell in
                index == row.count - 1 ? cell.0 : cell.0.padding(toLength: cell.1, withPad: " ", startingAt: 0)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
