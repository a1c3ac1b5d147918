internal import Foundation
internal import JobAPI
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
    static let examples = [Example("DATABASE_URL=... rundum worker", "one more worker on a shared queue")]

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
    static let worker = [Option("--executors", "N", "Run N jobs at a time (default: one a core, at most 2).")]

    let home: String?
    let port: UInt16
    let address: String
    let allowsOutsideAccess: Bool
    let executors: Int?

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        home = arguments.value("--home")
        port = UInt16(try arguments.integer("--port", in: 0...65535) ?? 8360)
        address = arguments.value("--address") ?? "127.0.0.1"
        allowsOutsideAccess = arguments.has("--allow-outside")
        executors = try arguments.integer("--executors", in: 1...64)
    }
}

/// The life of a long-running command: open, serve, wait for the signal, drain.
private enum Service {
    static func run(_ options: ServiceOptions, api: Bool, worker: Bool) async throws(Failure) -> ExitStatus {
        OpenFiles.raiseLimit()
        let registry = try Composition.registry()
        return try await Installation.with(home: options.home) { installation throws(Failure) in
            let server = api ? try start(options, installation, registry) : nil
            if worker {
                Terminal.say("working on the queue; Ctrl-C drains")
                let host = WorkerHost(installation, registry, executors: options.executors, ahead: true, log: Log())
                try await host.run { () throws(Failure) in await Interrupt.wait() }
            } else {
                await Interrupt.wait()
            }
            if let server { await server.stop() }
            Terminal.say("drained")
            return .ok
        }
    }

    private static func start(
        _ options: ServiceOptions, _ installation: Installation, _ registry: StageRegistry
    ) throws(Failure) -> JobAPIServer {
        let key = try DevelopmentKey.load(home: installation.home)
        var configuration = JobAPIConfiguration(address: options.address, port: options.port)
        configuration.allowsOutsideAccess = options.allowsOutsideAccess
        configuration.keys = [try APIKey(plain: key, tenant: "default", scopes: Set(APIScope.allCases))]
        configuration.onRequest = { record in
            guard let failure = record.failure, record.status >= 500 else { return }
            Log().warning(
                "A request failed", ["http.route": .string(record.route ?? "-"), "failure.detail": .string(failure)])
        }
        let server = JobAPIServer(
            configuration: configuration, intake: installation.store, control: installation.store,
            library: installation.store,
            blobs: installation.blobs, registry: registry, workflows: [ShowroomWorkflow.template],
            recipes: try BuiltInRecipes.all())
        try server.start()
        Terminal.say(
            "api  http://\(options.address):\(server.port ?? options.port)/v1  (kinds, jobs, blobs; /openapi.json)")
        Terminal.say("key  \(key)")
        return server
    }
}
