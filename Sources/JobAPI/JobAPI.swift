internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Storage

/// The routes: decides about each request's head, and answers it. Knows no socket.
final class JobAPI: Sendable {
    let configuration: JobAPIConfiguration
    let intake: any JobIntake
    let control: any QueueControl
    let blobs: any BlobStore
    let registry: StageRegistry
    let workflows: [WorkflowTemplate]
    let book: RecipeBook
    let watch: JobWatch
    private let router = Router()

    init(
        configuration: JobAPIConfiguration, intake: any JobIntake, control: any QueueControl,
        library: any TenantLibrary, blobs: any BlobStore, registry: StageRegistry, workflows: [WorkflowTemplate],
        recipes: [Recipe]
    ) {
        (self.configuration, self.intake, self.control, self.blobs) = (configuration, intake, control, blobs)
        (self.registry, self.workflows) = (registry, workflows)
        book = RecipeBook(builtIn: recipes, library: library, workflows: workflows)
        watch = JobWatch(intake, seconds: configuration.limits.watchSeconds)
    }

    /// One request on its way through a handler.
    struct Call: Sendable {
        let request: Request
        let route: Route
        let parameter: PathParameter
        /// Empty for open routes, which read nothing of any tenant.
        let tenant: String
        /// What stages may do and tell for the caller.
        let permissions: Set<Permission>
        let upload: BlobUpload?
        var body: [UInt8] = []
    }

    /// Decides by the head alone; runs on the polling thread, so it waits for nothing.
    func admit(_ request: Request) -> Admission {
        let start = ContinuousClock.now
        do throws(ProblemDetails) {
            let call = try self.call(for: request)
            let plan: BodyPlan =
                if let upload = call.upload {
                    .stream(limit: configuration.limits.blobBytes, into: upload)
                } else {
                    .collect(limit: configuration.limits.jsonBytes)
                }
            return .accept(plan) { body in
                var call = call
                call.body = body
                let response = await self.answer(call)
                self.report(request, call, response, since: start)
                return response
            }
        } catch {
            let response = error.response()
            report(request, nil, response, since: start)
            return .refuse(response)
        }
    }

    /// The only place where errors of any kind become answers.
    private func answer(_ call: Call) async -> Response {
        do { return try await respond(to: call) } catch let problem as ProblemDetails {
            return problem.response()
        } catch let failure as Failure {
            return ProblemDetails(failure).response()
        } catch {
            return ProblemDetails(Failure(.internalError, "An unknown error.", detail: "\(error)")).response()
        }
    }

    private func respond(to call: Call) async throws -> Response {
        switch call.route.endpoint {
        case .putBlob, .postBlob: try await storeBlob(call)
        case .getBlob: try await sendBlob(call)
        case .createJob: try await createJob(call)
        case .listJobs: try await listJobs(call)
        case .getJob: try await sendJob(call)
        case .cancelJob: try await cancelJob(call)
        case .retryJob: try await retryJob(call)
        case .approveJob: try await approveJob(call)
        case .rejectJob: try await rejectJob(call)
        case .jobStatuses: try await sendStatuses(call)
        case .createWorkflow: try await createWorkflow(call)
        case .getWorkflow: try await sendWorkflow(call)
        case .listRecipes: try await listRecipes(call)
        case .putDefaultRecipe: try await putDefaultRecipe(call)
        case .putRecipe: try await putRecipe(call)
        case .getRecipe: try await sendRecipe(call)
        case .listBackgrounds: try await listBackgrounds(call)
        case .putBackground: try await putBackground(call)
        case .getBackground: try await sendBackground(call)
        case .listQueues: try await listQueues(call)
        case .pauseQueue: try await pauseQueue(call)
        case .resumeQueue: try await resumeQueue(call)
        case .listLimits: try await listLimits(call)
        case .putLimits: try await putLimits(call)
        case .kinds: try await sendKinds(call)
        case .openAPI: sendOpenAPI(call)
        case .health: Response.json { $0.member("status", "ok") }
        case .readiness: try await sendReadiness(call)
        }
    }

    private func report(
        _ request: Request, _ call: Call?, _ response: Response, since start: ContinuousClock.Instant
    ) {
        guard let onRequest = configuration.onRequest else { return }
        let elapsed = (ContinuousClock.now - start).components
        onRequest(
            RequestRecord(
                method: request.method, route: call?.route.template, status: response.status,
                seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18,
                tenant: call?.tenant, failure: response.failureDetail))
    }

    private func call(for request: Request) throws(ProblemDetails) -> Call {
        try request.checkFraming(longest: configuration.limits.urlBytes)
        switch router.destination(method: request.method, path: request.path) {
        case .found(let route, let parameter):
            let key = try self.key(of: request, for: route.access)
            try request.checkBody(route, configuration.limits)
            return Call(
                request: request, route: route, parameter: parameter, tenant: key?.tenant ?? "",
                permissions: key?.permissions ?? [],
                upload: route.body == .blob ? BlobUpload(into: blobs) : nil)
        case .wrongMethod(let allowed):
            _ = try key(of: request, for: .anyKey)
            throw .wrongMethod(allowed: allowed)
        case .unknown:
            _ = try key(of: request, for: .anyKey)
            throw .unknownPath()
        }
    }

    /// The tenant comes from the key, never from the request; open routes have none.
    private func key(of request: Request, for access: Route.Access) throws(ProblemDetails) -> APIKey? {
        if access == .open { return nil }
        guard !configuration.keys.isEmpty, let token = try request.bearerToken() else { throw .noToken() }
        let key: APIKey?
        do throws(Failure) { key = try APIKey.find(token, in: configuration.keys) } catch {
            throw ProblemDetails(error)
        }
        guard let key else { throw .badToken() }
        if case .scope(let scope) = access, !key.scopes.contains(scope) { throw .missingScope(scope) }
        return key
    }
}

/// Runs blocking work away from the threads that all tasks share.
func blocking<Value: Sendable>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Value, Failure>, Never>) in
        DispatchQueue.global().async { done.resume(returning: Result { () throws(Failure) in try work() }) }
    }
    return try result.get()
}
