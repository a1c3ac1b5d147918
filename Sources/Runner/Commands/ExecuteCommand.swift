internal import Pipeline
internal import Worker

/// `rundum execute`: the executor child of a worker; talks on file descriptor 3 and is of no use to people.
struct ExecuteCommand: Command {
    static let name = "execute"
    static let abstract = "Runs attempts for a worker."
    static let usage = ""
    static let options = [Option.home]
    static let examples: [Example] = []
    static let isHidden = true

    private let home: String?
    init(_ arguments: Arguments) throws(Failure) { home = arguments.value("--home") }

    func run() async throws(Failure) -> ExitStatus {
        await ExecutorMain.run(registry: try Composition.registry(home: Home.folder(home))) == 0 ? .ok : .failed
    }
}
