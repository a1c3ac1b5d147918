internal import Foundation
internal import JobAPI
internal import Pipeline
internal import Worker

/// The life of a long-running command: open, serve, wait for the signal, drain.
enum Service {
    static func run(_ options: ServiceOptions, api: Bool, worker: Bool) async throws(Failure) -> ExitStatus {
        OpenFiles.raiseLimit()
        let registry = try Composition.registry()
        return try await Installation.with(home: options.home) { installation throws(Failure) in
            let limits = worker ? try options.limits(home: installation.home) : WorkerLimits()
            let (signals, notice) = (ServiceSignals(), ServiceNotice())
            Interrupt.handOver()
            let server = api ? try start(options, installation, registry) : nil
            let pulse = notice.pulse.map { span in Task { await beat(notice, every: span) } }
            defer { pulse?.cancel() }
            if worker {
                Terminal.say("working on the queue; Ctrl-C drains")
                let host = WorkerHost(
                    installation, registry, limits: limits, kinds: try options.kinds(of: registry),
                    lease: options.lease, ahead: true, log: Log(), onJoined: { notice.ready() })
                try await host.serve(signals, notice) { () throws(Failure) in
                    try options.limits(home: installation.home)
                }
            } else {
                notice.ready()
                for await call in signals.calls where call != .reload { break }
                notice.stopping()
            }
            if let server { await server.stop() }
            Terminal.say("drained")
            return .ok
        }
    }

    /// Shows the service manager that tasks of this process still get their turn.
    private static func beat(_ notice: ServiceNotice, every span: Duration) async {
        while !Task.isCancelled {
            notice.alive()
            try? await Task.sleep(for: span)
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
            library: installation.store, blobs: installation.blobs, registry: registry,
            workflows: [ShowroomWorkflow.template],
            recipes: try BuiltInRecipes.all())
        try server.start()
        Terminal.say(
            "api  http://\(options.address):\(server.port ?? options.port)/v1  (kinds, jobs, blobs; /openapi.json)")
        Terminal.say("key  \(key)")
        return server
    }
}
