public import JobQueue
public import Pipeline
public import Storage
internal import Synchronization

/// The job API over HTTP: uploads, jobs, workflows and their status. Knows no stage, only the registry.
public final class JobAPIServer: Sendable {
    private let api: JobAPI
    private let listener: Listener
    private let listening = Mutex<UInt16?>(nil)

    /// - Parameter recipes: those that ship; tenants keep their own in the library.
    public init(
        configuration: JobAPIConfiguration, intake: any JobIntake, control: any QueueControl,
        library: any TenantLibrary, blobs: any BlobStore, registry: StageRegistry, workflows: [WorkflowTemplate] = [],
        recipes: [Recipe] = []
    ) {
        let api = JobAPI(
            configuration: configuration, intake: intake, control: control, library: library, blobs: blobs,
            registry: registry, workflows: workflows, recipes: recipes)
        self.api = api
        listener = Listener(
            limits: configuration.limits,
            callbacks: Listener.Callbacks(
                admit: { api.admit($0) },
                tooLarge: { plan in ProblemDetails.tooLarge(limit: plan.limit).response() },
                stopping: { ProblemDetails.stopping().response() }))
    }

    /// Begins to listen on polling threads of its own, and returns.
    ///
    /// - Throws: `invalidRequest` when the address is not loopback and outside access is not allowed, or when it
    ///   can't be listened on.
    public func start() throws(Failure) {
        let configuration = api.configuration
        guard configuration.isLoopback || configuration.allowsOutsideAccess else {
            throw Failure(
                .invalidRequest, "The API does not listen on \(configuration.address): it is not a loopback address.",
                hint: "It speaks plain HTTP. Put a TLS proxy in front, or allow outside access explicitly.")
        }
        let port = try listener.start(
            address: configuration.address, port: configuration.port, threads: configuration.threads)
        listening.withLock { $0 = port }
    }

    /// The port that it listens on; nil before `start` and after `stop`.
    public var port: UInt16? { listening.withLock(\.self) }

    /// Stops accepting, answers waiting callers, lets running requests finish for a while, and ends.
    public func stop() async {
        listening.withLock { $0 = nil }
        await api.watch.stop()
        await listener.stop()
    }
}
