internal import Pipeline

/// Finds the command that the words name, and turns its end into an exit code.
enum Dispatcher {
    static let commands: [any Command.Type] = [
        ShowroomCommand.self, RunCommand.self, UpCommand.self, WorkerCommand.self, APICommand.self,
        JobsListCommand.self, JobsShowCommand.self, JobsCancelCommand.self, JobsRetryCommand.self,
        JobsApproveCommand.self, JobsRejectCommand.self, QueueStatsCommand.self, QueuePauseCommand.self,
        QueueResumeCommand.self, QueueLimitCommand.self, QueueLimitsCommand.self, QueueKeepCommand.self,
        QueueCronAddCommand.self,
        QueueCronListCommand.self, QueueCronRemoveCommand.self, BackfillCommand.self, BackfillListCommand.self,
        BackfillShowCommand.self, BackfillStopCommand.self, BackfillRollbackCommand.self, EraseCommand.self,
        KindsCommand.self,
        ModelsListCommand.self, ModelsVerifyCommand.self,
        DatabaseMigrateCommand.self, DatabaseVerifyCommand.self, DatabaseBackupCommand.self,
        DatabaseRestoreCommand.self, DoctorCommand.self,
        ExecuteCommand.self,
    ]

    static func run(_ words: [String]) async -> ExitStatus {
        guard let first = words.first, !["help", "--help", "-h"].contains(first) || words.count > 1 else {
            Terminal.out(Help.overview(commands))
            return words.isEmpty ? .usage : .ok
        }
        if first == "--version" {
            Terminal.out("rundum \(Version.current)")
            return .ok
        }
        let asked = first == "help" ? Array(words.dropFirst()) + ["--help"] : words
        guard let (command, rest) = find(asked) else { return refuse(asked) }
        if rest.contains("--help") || rest.contains("-h") {
            Terminal.out(Help.page(command))
            return .ok
        }
        return await call(command, rest)
    }

    /// The command with the longest name that the words begin with.
    static func find(_ words: [String]) -> (any Command.Type, [String])? {
        for length in [3, 2, 1] where words.count >= length {
            let name = words.prefix(length).joined(separator: " ")
            if let command = commands.first(where: { $0.name == name }) {
                return (command, Array(words.dropFirst(length)))
            }
        }
        return nil
    }

    private static func call(_ command: any Command.Type, _ words: [String]) async -> ExitStatus {
        let asJSON = words.contains("--json")
        let ready: any Command
        do throws(Failure) { ready = try command.init(Arguments(words, options: command.options)) } catch {
            tell(error, asJSON: asJSON)
            Terminal.say("Usage: rundum \(command.name) \(command.usage)")
            return .usage
        }
        return await Interrupt.run {
            do throws(Failure) { return try await ready.run() } catch {
                tell(error, asJSON: asJSON)
                return .failed
            }
        }
    }

    private static func tell(_ failure: Failure, asJSON: Bool) {
        Terminal.say(failure)
        guard asJSON, let json = try? JSON.encode(FailedRun(ok: false, failure: failure)) else { return }
        Terminal.out(String(decoding: json, as: UTF8.self))
    }

    private static func refuse(_ words: [String]) -> ExitStatus {
        let family = commands.filter { $0.name.hasPrefix((words.first ?? "") + " ") && !$0.isHidden }
        guard family.isEmpty else {
            Terminal.out(Help.overview(family))
            return words.contains("--help") ? .ok : .usage
        }
        let word = words.first ?? ""
        let near = nearest(to: word, among: commands.filter { !$0.isHidden }.map { $0.name })
        Terminal.say(
            Failure(
                .invalidRequest, "There is no command \(word).",
                hint: near.map { "Did you mean rundum \($0)?" } ?? "rundum --help lists them."))
        return .usage
    }
}

/// What a failed command prints with `--json`.
private struct FailedRun: Encodable {
    let ok: Bool
    let failure: Failure
}
