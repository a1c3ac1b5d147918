internal import Foundation
internal import JobQueue
internal import Pipeline

extension JobAPI {
    /// `POST /v1/workflows`: a named one from its inputs, or explicit steps.
    func createWorkflow(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let key = try call.request.idempotency()
        let body = try BodyReader(
            call.body, known: ["name", "inputs", "options", "steps", "subject", "priority", "runAt"])
        let workflow = try registry.admit(try body.has("steps") ? explicit(body) : named(body))
        try await checkOwnership(of: workflow.steps.map(\.job), tenant: call.tenant)
        let enqueued = try await intake.enqueue(workflow, tenant: call.tenant, idempotencyKey: key)
        guard let id = enqueued.workflow else { throw Failure(.internalError, "The queue gave no workflow.") }
        return accepted(
            WorkflowResponse.encode(id, enqueued.jobs), at: "/v1/workflows/\(id.uuidString.lowercased())",
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
        return versioned(call, tag) { WorkflowResponse.encode(id, jobs) }
    }

    private func named(_ body: BodyReader) throws -> WorkflowRequest {
        let name = try body.requiredText("name", longest: 64)
        guard let template = workflows.first(where: { $0.name == name }) else {
            let known = workflows.map(\.name).joined(separator: ", ")
            throw body.fault("name", "is no workflow of this server", hint: "Workflows are: \(known).")
        }
        var inputs = try shared(body)
        inputs.photos = try body.blobInputs()
        return try template.request(inputs, options: body.value("options") ?? [:])
    }

    private func explicit(_ body: BodyReader) throws -> WorkflowRequest {
        for name in ["inputs", "options"] where body.has(name) {
            throw body.fault(name, "excludes steps", hint: "Each step has inputs and options of its own.")
        }
        let shared = try shared(body)
        let steps = try body.objects(
            "steps", counts: 1...BodyReader.mostSteps,
            known: ["label", "kind", "options", "inputs", "after", "toleratesFailure"])
        return WorkflowRequest(name: try body.word("name") ?? "custom", steps: try steps.map { try $0.step(shared) })
    }

    private func shared(_ body: BodyReader) throws -> WorkflowInputs {
        WorkflowInputs(
            photos: [], subject: try body.text("subject", longest: 200),
            priority: try body.int("priority", in: 0...3) ?? 1, runAt: try body.time("runAt"))
    }
}
