internal import Foundation
internal import JobQueue
internal import Pipeline

extension JobAPI {
    /// `POST /v1/jobs`
    func createJob(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let key = try call.request.idempotency()
        let body = try BodyReader(call.body, known: ["kind", "options", "inputs", "subject", "priority", "runAt"])
        let request = try registry.admit(try await set(try body.jobRequest(), tenant: call.tenant))
        try checkPermissions([request], of: call)
        try await checkOwnership(of: [request], tenant: call.tenant)
        let enqueued = try await intake.enqueue(request, tenant: call.tenant, idempotencyKey: key)
        guard let job = enqueued.jobs.first else { throw Failure(.internalError, "The queue gave no job.") }
        return accepted(
            JobResponse.encode(shown(job, to: call)), at: "/v1/jobs/\(job.id.uuidString.lowercased())",
            replayed: enqueued.replayed)
    }

    /// `GET /v1/jobs/{id}`, with `If-None-Match` and `?wait=`
    func sendJob(_ call: Call) async throws -> Response {
        let id = try call.id
        let deadline = try waitDeadline(call)
        var job = try await intake.job(id, tenant: call.tenant)
        let known = JobResponse.tag(job)
        if let deadline, !job.state.isFinal, call.request[.ifNoneMatch] == nil || call.request.has(known) {
            job = await watch.job(id, tenant: call.tenant, after: known, until: deadline) ?? job
        }
        let tag = JobResponse.tag(job)
        return versioned(call, tag) { JobResponse.encode(shown(job, to: call)) }
    }

    /// `GET /v1/jobs`
    func listJobs(_ call: Call) async throws -> Response {
        let query = try QueryReader(
            call.request.query, known: ["state", "kind", "subject", "workflow", "limit", "cursor"])
        var filter = JobFilter(subject: try query.one("subject"), cursor: try query.one("cursor"))
        for word in query.list("state") {
            guard let state = JobState(rawValue: word) else {
                let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw ProblemDetails.badRequest(
                    "There is no state \(word.debugDescription).", hint: "States are: \(states).")
            }
            filter.states.insert(state)
        }
        if let kind = try query.one("kind") { filter.kind = try registry.stage(Kind(rawValue: kind)).kind }
        if let text = try query.one("workflow") {
            guard let id = UUID(uuidString: text) else {
                throw ProblemDetails.badRequest("The workflow is not a UUID.")
            }
            filter.workflow = id
        }
        filter.limit = try query.int("limit", in: 1...200) ?? 50
        let page = try await intake.jobs(filter, tenant: call.tenant)
        return .json { writer in
            writer.key("jobs")
            writer.array(page.jobs) { JobResponse.encode($1, .summary, into: &$0) }
            writer.member("next", page.next)
        }
    }

    /// `POST /v1/jobs/status`: up to 50 jobs in one call.
    func sendStatuses(_ call: Call) async throws -> Response {
        _ = try QueryReader(call.request.query, known: [])
        let body = try BodyReader(call.body, known: ["ids"])
        guard let values = try body.array("ids", counts: 1...50) else { throw body.fault("ids", "is missing") }
        let ids = try values.enumerated().map { index, value in
            guard let text = value.stringValue, let id = UUID(uuidString: text) else {
                throw body.fault("ids/\(index)", "must be a job's id")
            }
            return id
        }
        let jobs = try await intake.jobs(ids, tenant: call.tenant)
        let byID = Dictionary(jobs.map { ($0.id, $0) }) { first, _ in first }
        return .json { writer in
            writer.key("jobs")
            writer.array(ids.compactMap { byID[$0] }) { JobResponse.encode($1, .summary, into: &$0) }
            writer.key("missing")
            writer.array(ids.filter { byID[$0] == nil }) { $0.string($1.uuidString.lowercased()) }
        }
    }

    /// `POST /v1/jobs/{id}/cancel`
    func cancelJob(_ call: Call) async throws -> Response {
        try call.checkEmptyBody()
        return changed(shown(try await intake.cancel(try call.id, tenant: call.tenant), to: call))
    }

    /// `POST /v1/jobs/{id}/retry`
    func retryJob(_ call: Call) async throws -> Response {
        try call.checkEmptyBody()
        return changed(shown(try await intake.retry(try call.id, tenant: call.tenant), to: call))
    }

    func changed(_ job: Job) -> Response {
        Response(
            200, headers: [("Content-Type", "application/json"), ("ETag", JobResponse.tag(job))],
            body: .bytes(JobResponse.encode(job)))
    }
}

extension JobAPI {
    /// A hash is not a key: what the tenant neither put nor made is missing, whoever else has it.
    func checkOwnership(of requests: [JobRequest], tenant: String) async throws {
        var slots: [String: String] = [:]
        for input in requests.flatMap(\.inputs).reversed() {
            if case .blob(let sha256) = input.source { slots[sha256] = input.slot }
        }
        let owned = try await intake.owned(blobs: Set(slots.keys), tenant: tenant)
        guard
            let missing = requests.flatMap(\.inputs).first(where: { input in
                if case .blob(let sha256) = input.source { !owned.contains(sha256) } else { false }
            })
        else { return }
        throw Failure(
            .inputMissing, "The blob of the input \(missing.slot) is not stored here.",
            hint: "Upload it first: PUT /v1/blobs/{sha256}.", slot: missing.slot)
    }

    func accepted(_ body: [UInt8], at url: String, replayed: Bool) -> Response {
        var headers = [("Content-Type", "application/json"), ("Location", url)]
        if replayed { headers.append(("Idempotency-Replayed", "true")) }
        return Response(202, headers: headers, body: .bytes(body))
    }

    /// The answer with its tag; nothing is encoded for a caller who has it already.
    func versioned(_ call: Call, _ tag: String, _ encode: () throws -> [UInt8]) rethrows -> Response {
        let headers = [("ETag", tag), ("Cache-Control", "private, no-cache")]
        if call.request.has(tag) { return Response(304, headers: headers) }
        return Response(200, headers: [("Content-Type", "application/json")] + headers, body: .bytes(try encode()))
    }

    /// When a long poll ends; nil without `?wait=`.
    func waitDeadline(_ call: Call) throws(ProblemDetails) -> ContinuousClock.Instant? {
        let query = try QueryReader(call.request.query, known: ["wait"])
        guard let seconds = try query.int("wait", in: 0...configuration.limits.waitSeconds), seconds > 0 else {
            return nil
        }
        return .now + .seconds(seconds)
    }
}

extension JobAPI.Call {
    var id: UUID {
        get throws(Failure) {
            guard case .id(let id) = parameter else { throw Failure(.internalError, "The route has no id.") }
            return id
        }
    }

    /// Nothing, or an empty object: there is nothing to say.
    func checkEmptyBody() throws(ProblemDetails) {
        _ = try QueryReader(request.query, known: [])
        if !body.isEmpty { _ = try BodyReader(body, known: []) }
    }
}
