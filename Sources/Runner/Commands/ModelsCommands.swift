internal import Imaging
internal import Pipeline
internal import Storage

/// `rundum models list`: the networks, where they come from and under which licence.
struct ModelsListCommand: Command {
    static let name = "models list"
    static let abstract = "The networks: version, size, licence, source, and whether each is installed."
    static let usage = "[--json]"
    static let options = [Option.json]
    static let examples = [Example("rundum models list", "lists them")]

    private let asJSON: Bool
    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        asJSON = arguments.has("--json")
    }

    func run() async throws(Failure) -> ExitStatus {
        let store = try ModelStore.found()
        let models = store.models
        if asJSON {
            Terminal.out(try json(models))
            return .ok
        }
        var table = TextTable("MODEL", "VERSION", "MB", "LICENCE", "INSTALLED", "FROM")
        table.rows = models.map { model in
            [
                model.name, model.version, "\(model.bytes / 1_000_000)", model.licence,
                (try? store.file(of: model)) == nil ? "no" : "yes",
                model.package.map { "\($0) \(model.packageVersion ?? "")" } ?? "Rundum",
            ]
        }
        Terminal.out(table.text)
        return .ok
    }
}

/// `rundum models verify`: reads every model whole and compares its SHA-256 with the manifest.
struct ModelsVerifyCommand: Command {
    static let name = "models verify"
    static let abstract = "Reads every model whole and compares its SHA-256 with the manifest."
    static let usage = ""
    static let options: [Option] = []
    static let examples = [Example("rundum models verify", "says for each model whether it is intact")]

    init(_ arguments: Arguments) throws(Failure) { try arguments.refuseOperands() }

    func run() async throws(Failure) -> ExitStatus {
        let store = try ModelStore.found()
        var status = ExitStatus.ok
        for model in store.models {
            do throws(Failure) {
                try store.verify(model) { file throws(Failure) in try SHA256Hasher.hash(file: file).sha256 }
                Terminal.out("\(model.name): intact")
            } catch {
                Terminal.say(error)
                status = .failed
            }
        }
        return status
    }
}
