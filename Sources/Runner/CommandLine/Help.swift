/// The help texts, made from what the commands say of themselves.
enum Help {
    /// All commands, one line each.
    static func overview(_ commands: [any Command.Type]) -> String {
        let shown = commands.filter { !$0.isHidden }
        let width = shown.map { $0.name.count }.max() ?? 0
        let lines = shown.map { "  \(pad($0.name, width))  \($0.abstract)" }
        return """
            rundum: sale-ready media from phone photos, in batches, on your own machine.

            Usage: rundum COMMAND ...

            \(lines.joined(separator: "\n"))

            Start with: rundum showroom photos/*.jpg --out car
            Help on one command: rundum COMMAND --help
            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some items failed or wait for a person.
            """
    }

    static func page(_ command: any Command.Type) -> String {
        var blocks = [command.abstract, "Usage: rundum \(command.name) \(command.usage)".trimmed]
        let options = command.options + [Option("--help", "Show this page.")]
        let names = options.map { [$0.name, $0.value].compactMap { $0 }.joined(separator: " ") }
        let width = names.map(\.count).max() ?? 0
        blocks.append(
            "Options:\n" + zip(names, options).map { "  \(pad($0, width))  \($1.help)" }.joined(separator: "\n"))
        if !command.discussion.isEmpty { blocks.append(command.discussion) }
        if !command.examples.isEmpty {
            blocks.append(
                "Examples:\n" + command.examples.map { "  \($0.line)\n      \($0.meaning)" }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
