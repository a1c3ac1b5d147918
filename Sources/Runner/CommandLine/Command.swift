internal import Pipeline

/// One command of the binary: what its help says and what it does. One file a command.
protocol Command: Sendable {
    /// The words that call it: `showroom`, `jobs list`.
    static var name: String { get }
    /// One sentence for the list of commands.
    static var abstract: String { get }
    /// What follows the name: `PHOTO... --out DIR`.
    static var usage: String { get }
    static var options: [Option] { get }
    /// Lines to copy, with a word on each.
    static var examples: [Example] { get }
    /// More to know, below the options.
    static var discussion: String { get }
    /// Left out of the list of commands.
    static var isHidden: Bool { get }

    /// - Throws: a failure about the command line itself; the binary then ends with exit code 2.
    init(_ arguments: Arguments) throws(Failure)
    func run() async throws(Failure) -> ExitStatus
}

extension Command {
    static var discussion: String { "" }
    static var isHidden: Bool { false }
}

/// A line to copy and what it does.
struct Example: Sendable {
    let line: String
    let meaning: String

    init(_ line: String, _ meaning: String) { (self.line, self.meaning) = (line, meaning) }
}

/// How the binary ends.
enum ExitStatus: Int32, Sendable {
    case ok = 0
    case failed = 1
    case usage = 2
    /// Some items failed or wait for a person; the others are there.
    case someFailed = 3
}

/// An option of a command.
struct Option: Sendable {
    /// With its dashes: `--out`.
    let name: String
    /// The value's placeholder, such as `DIR`; nil for a switch.
    let value: String?
    let help: String

    init(_ name: String, _ value: String, _ help: String) {
        (self.name, self.value, self.help) = (name, value, help)
    }

    /// A switch.
    init(_ name: String, _ help: String) {
        (self.name, self.value, self.help) = (name, nil, help)
    }

    static let json = Option("--json", "Print JSON for machines on standard output.")
    static let home = Option("--home", "DIR", "Keep the database and the files here (default: RUNDUM_HOME).")
    static let tenant = Option("--tenant", "NAME", "Act for this tenant (default: default).")
}
