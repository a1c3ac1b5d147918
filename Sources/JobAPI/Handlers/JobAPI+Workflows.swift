internal import Foundation
internal import JobQueue
internal import Pipeline

extension JobAPI {
    /// `POST /v1/workflows`: a named one from its inputs, or explicit steps.
    func createWorkflow(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let key = try call.request.idempotency()
        let body = try BodyReader(
            call.body, known: ["name", "recipe", "inputs", "options", "steps", "subject", "priority", "runAt"])
        var workflow: WorkflowRequest
        if body.has("steps") {
            workflow = try await explicit(body, call.tenant)
        } else {
            workflow = try await named(body, call.tenant)
            // Said once and for all: the same body with the same key is the same request, whatever is newest by then.
            if key != nil { workflow.asked = String(decoding: try JSON.encode(body.whole), as: UTF8.self) }
        }
        workflow = try registry.admit(workflow)
        try checkPermissions(workflow.steps.map(\.job), of: call)
        try await checkOwnership(of: workflow.steps.map(\.job), tenant: call.tenant)
        let enqueued = try await intake.enqueue(workflow, tenant: call.tenant, idempotencyKey: key)
        guard let id = enqueued.workflow else { throw Failure(.internalError, "The queue gave no workflow.") }
        return accepted(
            WorkflowResponse.encode(id, enqueued.jobs, try await recipe(of: enqueued, workflow, call.tenant)),
            at: "/v1/workflows/\(id.uuidString.lowercased())",
            replayed: enqueued.replayed)
    }

    /// `GET /v1/workflows/{id}`, with `If-None-Match` and `?wait=`
    func sendWorkflow(_ call: Call) async throws -> Response {
        let id = try call.id
        let deadline = try waitDeadline(call)
        var jobs = try await intake.workflow(id, tenant: call.tenant)
        let known = JobResponse.tag(jobs)
        if let deadline, !WorkflowResponse.isFinal(jobs), call.request[.ifNoneMatch] == nil || call.request.has(known) {
            jobs = await watch.workflow(id, tenant: call.tenant, after: known, until: deadline) ?? jobs
        }
        let tag = JobResponse.tag(jobs)
        let recipe = call.request.has(tag) ? nil : try await intake.recipe(ofWorkflow: id, tenant: call.tenant)
        return versioned(call, tag) { WorkflowResponse.encode(id, jobs, recipe) }
    }

    /// What was enqueued the first time may have had another recipe.
    private func recipe(
        of enqueued: Enqueued, _ workflow: WorkflowRequest, _ tenant: String
    ) async throws -> RecipeStamp? {
        guard enqueued.replayed, let id = enqueued.workflow else { return workflow.recipe }
        return try await intake.recipe(ofWorkflow: id, tenant: tenant)
    }

    private func named(_ body: BodyReader, _ tenant: String) async throws -> WorkflowRequest {
        let name = try body.requiredText("name", longest: 64)
        guard let template = workflows.first(where: { $0.name == name }) else {
            let known = workflows.map(\.name).joined(separator: ", ")
            throw body.fault("name", "is no workflow of this server", hint: "Workflows are: \(known).")
        }
        var inputs = try shared(body)
        inputs.photos = try body.blobInputs()
        let recipe = try await recipe(body, for: name, tenant)
        let given = body.value("options") ?? [:]
        var options = given.objectValue == nil ? given : recipe?.options(under: given) ?? given
        if let (key, reference) = try Background.reference(among: options) {
            let background = try await book.library.existing(background: reference, tenant: tenant)
            inputs.background = background
            options = .object(
                (options.objectValue ?? [:]).merging([key: .string("own:\(background.reference)")]) { $1 })
        }
        var request = try template.request(inputs, options: options)
        request.recipe = try recipe.map { try RecipeResponse.stamp(of: $0) }
        return request
    }

    /// The recipe that the body names, else the tenant's default.
    private func recipe(_ body: BodyReader, for workflow: String, _ tenant: String) async throws -> Recipe? {
        let reference = try body.reference("recipe")
        do throws(Failure) { return try await book.recipe(reference, workflow: workflow, tenant: tenant) } catch {
            guard reference != nil, error.kind != .unavailable else { throw error }
            throw ProblemDetails(error, at: "/recipe")
        }
    }

    private func explicit(_ body: BodyReader, _ tenant: String) async throws -> WorkflowRequest {
        for name in ["inputs", "options", "recipe"] where body.has(name) {
            throw body.fault(name, "excludes steps", hint: "Each step has inputs and options of its own.")
        }
        let shared = try shared(body)
        let steps = try body.objects(
            "steps", counts: 1...BodyReader.mostSteps,
            known: ["label", "kind", "options", "inputs", "after", "toleratesFailure"])
        var made = try steps.map { try $0.step(shared) }
        for index in made.indices { made[index].job = try await set(made[index].job, tenant: tenant) }
        return WorkflowRequest(name: try body.word("name") ?? "custom", steps: made)
    }

    private func shared(_ body: BodyReader) throws -> WorkflowInputs {
        WorkflowInputs(
            photos: [], subject: try body.text("subject", longest: 200),
            priority: try body.int("priority", in: 0...3) ?? 1, runAt: try body.time("runAt"))
    }
}
