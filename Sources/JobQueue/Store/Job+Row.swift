internal import Foundation
internal import Pipeline

extension Job {
    /// What `init(row:tenant:)` reads, of a row of `rundum.any_job` called `j`.
    static let columns = """
        j.id, j.workflow_id, j.label, j.state, j.kind, j.options, j.inputs, j.subject, j.priority, j.max_attempts, \
        j.attempt, j.progress, j.step, j.failure, j.result, j.cached, j.revision, \
        (extract(epoch from j.run_at) * 1000000)::bigint as run_at, \
        (extract(epoch from j.created_at) * 1000000)::bigint as created_at, \
        (extract(epoch from j.started_at) * 1000000)::bigint as started_at, \
        (extract(epoch from j.finished_at) * 1000000)::bigint as finished_at
        """

    init(_ row: Row, tenant: String) throws(Failure) {
        guard let state = JobState(rawValue: try row.text("state")) else { throw row.unexpected("state", "is unknown") }
        guard let createdAt = try row.optionalDate("created_at") else { throw row.unexpected("created_at", "is null") }
        self.init(
            id: try row.uuid("id"), tenant: tenant, workflow: try row.optionalUUID("workflow_id"),
            label: try row.optional("label"), request: try JobRequest(row), state: state,
            attempt: try row.int("attempt"),
            progress: JobProgress(fraction: try row.double("progress"), step: try row.text("step")),
            failure: try row.optionalJSON("failure"), result: try row.optionalJSON("result"),
            cached: try row.bool("cached"), createdAt: createdAt, startedAt: try row.optionalDate("started_at"),
            finishedAt: try row.optionalDate("finished_at"), revision: try row.int("revision"))
    }
}

extension JobRequest {
    init(_ row: Row) throws(Failure) {
        self.init(
            kind: Kind(rawValue: try row.text("kind")),
            options: try row.holds("options", "{}") ? [:] : row.json("options"),
            inputs: try row.holds("inputs", "[]") ? [] : row.json("inputs"),
            subject: try row.optional("subject"), priority: try row.int("priority"),
            runAt: try row.optionalDate("run_at"), maxAttempts: try row.int("max_attempts"))
    }
}

extension Claim {
    init(_ row: Row) throws(Failure) {
        let request = try JobRequest(row)
        let given = request.inputs.compactMap { input -> ResolvedInput? in
            guard case .blob(let sha256) = input.source else { return nil }
            return ResolvedInput(slot: input.slot, name: input.name, sha256: sha256)
        }
        self.init(
            job: try row.uuid("job"), fence: try row.int("fence"), tenant: try row.text("tenant"),
            workflow: try row.optionalUUID("workflow"), label: try row.optional("label"), request: request,
            attempt: try row.int("attempt"), inputs: try row.optionalJSON("resolved") ?? given)
    }
}
