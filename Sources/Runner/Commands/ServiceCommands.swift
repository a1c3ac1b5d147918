internal import Foundation
internal import Pipeline
internal import Worker

/// `rundum up`: API, worker and, without `DATABASE_URL`, a private PostgreSQL, until Ctrl-C.
struct UpCommand: Command {
    static let name = "up"
    static let abstract = "Serves the API and works, with a database of its own; Ctrl-C drains."
    static let usage = "[options]"
    static let options = ServiceOptions.api + ServiceOptions.worker + [.home]
    static let discussion =
        "Prints the address and a development key. Without DATABASE_URL a private PostgreSQL is started."
    static let examples = [Example("rundum up --port 8080", "serves on this machine only, at port 8080")]

    private let options: ServiceOptions
    init(_ arguments: Arguments) throws(Failure) { options = try ServiceOptions(arguments) }

    func run() async throws(Failure) -> ExitStatus { try await Service.run(options, api: true, worker: true) }
}

/// `rundum worker`: works on the queue until Ctrl-C.
struct WorkerCommand: Command {
    static let name = "worker"
    static let abstract = "Works on the queue until Ctrl-C, which drains."
    static let usage = "[options]"
    static let options = ServiceOptions.worker + [.home]
    static let discussion =
        "Ctrl-C or SIGTERM lets running jobs end, at most as long as the drain allows, and hands the rest back without "
        + "counting the attempt; once more hands all of it back at once. SIGHUP reads the settings again. docs/operations.md "
        + "says what they hold."
    static let examples = [
        Example("DATABASE_URL=... rundum worker", "one more worker on a shared queue"),
        Example("rundum worker --kinds reconstruct --executors 1", "a machine for the largest jobs"),
    ]

    private let options: ServiceOptions
    init(_ arguments: Arguments) throws(Failure) { options = try ServiceOptions(arguments) }

    func run() async throws(Failure) -> ExitStatus { try await Service.run(options, api: false, worker: true) }
}

/// `rundum api`: serves the job API until Ctrl-C.
struct APICommand: Command {
    static let name = "api"
    static let abstract = "Serves the job API until Ctrl-C; others work."
    static let usage = "[options]"
    static let options = ServiceOptions.api + [.home]
    static let examples = [Example("DATABASE_URL=... rundum api --port 8080", "the API of a shared queue")]

    private let options: ServiceOptions
    init(_ arguments: Arguments) throws(Failure) { options = try ServiceOptions(arguments) }

    func run() async throws(Failure) -> ExitStatus { try await Service.run(options, api: true, worker: false) }
}

/// What the long-running commands can be told.
struct ServiceOptions: Sendable {
    static let api = [
        Option("--port", "N", "Serve at this port (default: 8360; 0 takes a free one)."),
        Option("--address", "IP", "Serve at this address (default: 127.0.0.1, this machine only)."),
        Option("--allow-outside", "Serve at an address that other machines reach; put TLS in front."),
    ]
    static let worker = [
        Option("--executors", "N", "Run N jobs at a time (default: one a core, at most 2)."),
        Option(
            "--settings", "FILE",
            "Read the worker's limits from this JSON file (default: worker.json in the home folder)."),
        Option("--kinds", "A,B", "Take jobs of these kinds only (default: all)."),
        Option(
            "--lease", "SECONDS",
            "Be missed after this time of silence, 1 to 3600 (default: 15); what it held then goes to others."),
    ]

    let home: String?
    let port: UInt16
    let address: String
    let allowsOutsideAccess: Bool
    let lease: Duration?
    private let executors: Int?
    private let settings: String?
    private let kinds: [Kind]?

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        home = arguments.value("--home")
        port = UInt16(try arguments.integer("--port", in: 0...65535) ?? 8360)
        address = arguments.value("--address") ?? "127.0.0.1"
        allowsOutsideAccess = arguments.has("--allow-outside")
        executors = try arguments.integer("--executors", in: 1...64)
        settings = arguments.value("--settings")
        lease = try arguments.integer("--lease", in: 1...3600).map { .seconds($0) }
        kinds = arguments.value("--kinds")?.split(separator: ",").map { Kind(rawValue: String($0)) }
    }

    /// The kinds that were named; nil for all.
    ///
    /// - Throws: `unknownKind` for one that the registry does not have, `invalidRequest` when none is named.
    func kinds(of registry: StageRegistry) throws(Failure) -> [Kind]? {
        guard let kinds else { return nil }
        guard !kinds.isEmpty else { throw Failure(.invalidRequest, "--kinds names no kind.") }
        return try kinds.map { kind throws(Failure) in try registry.stage(kind).kind }
    }

    /// What the worker takes on: the defaults, changed by the settings file, changed by the command line.
    ///
    /// - Throws: `invalidRequest` for a file that can't be read or says what it must not; only the default one may be absent.
    func limits(home: URL) throws(Failure) -> WorkerLimits {
        var limits = WorkerLimits()
        let file = settings.map { URL(filePath: $0) } ?? home.appending(path: "worker.json")
        if settings != nil || FileManager.default.fileExists(atPath: file.path) {
            guard let json = try? Data(contentsOf: file) else {
                throw Failure(.invalidRequest, "The settings file \(file.path) can't be read.")
            }
            do throws(Failure) { limits = try limits.changed(by: json) } catch {
                throw Failure(error.code, "\(file.path): \(error.summary)", hint: error.hint, detail: error.detail)
            }
        }
        if let executors { limits.executors = executors }
        return limits
    }
}
