internal import JobQueue
internal import Pipeline

extension JobAPI {
    /// Refuses what the caller's key does not allow a stage to do.
    ///
    /// - Parameter requests: admitted ones.
    func checkPermissions(_ requests: [JobRequest], of call: Call) throws {
        for request in requests {
            let needed = try registry.stage(request.kind).permissions(for: request.options)
            guard let missing = needed.subtracting(call.permissions).map(\.rawValue).min() else { continue }
            throw ProblemDetails.missingScope(
                named: missing, hint: "These options of \(request.kind) need it: use another key, or other options.")
        }
    }

    /// The job as the caller may see it; of a kind that this server no longer has, without data.
    func shown(_ job: Job, to call: Call) -> Job {
        guard let data = job.result?.data else { return job }
        var shown = job
        shown.result?.data = (try? registry.stage(job.request.kind))?.shown(data, to: call.permissions) ?? .null
        return shown
    }
}
