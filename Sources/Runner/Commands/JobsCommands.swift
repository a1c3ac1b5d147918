internal import Foundation
internal import JobQueue
internal import Pipeline

/// `rundum jobs list`: the newest jobs, by state, kind or subject.
struct JobsListCommand: Command {
    static let name = "jobs list"
    static let abstract = "The newest jobs, by state, kind or subject."
    static let usage = "[options]"
    static let options = [
        Option(
            "--state", "STATE", "Only these: blocked, scheduled, queued, running, succeeded, review, failed, canceled."),
        Option("--kind", "KIND", "Only jobs of this kind."),
        Option("--subject", "NAME", "Only jobs about this subject."),
        Option("--limit", "N", "At most N jobs (default: 50, at most 200)."), .tenant, .home, .json,
    ]
    static let examples = [Example("rundum jobs list --state failed", "shows what failed, newest first")]

    private let filter: JobFilter
    private let arguments: Arguments

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        var filter = JobFilter(
            kind: arguments.value("--kind").map { Kind(rawValue: $0) }, subject: arguments.value("--subject"))
        for word in arguments.all("--state").flatMap({ $0.split(separator: ",") }) {
            guard let state = JobState(rawValue: String(word)) else {
                let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.invalidRequest, "There is no state \(word).", hint: "States are: \(known).")
            }
            filter.states.insert(state)
        }
        filter.limit = try arguments.integer("--limit", in: 1...200) ?? 50
        self.filter = filter
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        let page = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.jobs(filter, tenant: arguments.tenant)
        }
        if arguments.has("--json") {
            Terminal.out(try json(page.jobs))
            return .ok
        }
        var table = TextTable("JOB", "KIND", "STATE", "DONE", "ATTEMPT", "CREATED", "SUBJECT")
        table.rows = page.jobs.map { job in
            [
                job.id.uuidString.lowercased(), job.request.kind.rawValue, job.state.rawValue,
                "\(Int(job.progress.fraction * 100)) %", "\(job.attempt)", job.createdAt.formatted(.iso8601),
                job.request.subject ?? "-",
            ]
        }
        Terminal.out(page.jobs.isEmpty ? "No jobs." : table.text)
        return .ok
    }
}

/// `rundum jobs show`: one job whole.
struct JobsShowCommand: Command {
    static let name = "jobs show"
    static let abstract = "One job whole: inputs, options, progress, outputs, and why it failed."
    static let usage = "JOB [--json]"
    static let options = [Option.tenant, .home, .json]
    static let examples = [Example("rundum jobs show 0199a1b2-...", "shows that job")]

    private let call: JobCall
    init(_ arguments: Arguments) throws(Failure) { call = try JobCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run { intake, id, tenant throws(Failure) in try await intake.job(id, tenant: tenant) }
    }
}

/// `rundum jobs cancel`: ends a job that is not final; a running one within a second.
struct JobsCancelCommand: Command {
    static let name = "jobs cancel"
    static let abstract = "Cancels a job that is not final, and what depends on it."
    static let usage = "JOB [--json]"
    static let options = [Option.tenant, .home, .json]
    static let examples = [Example("rundum jobs cancel 0199a1b2-...", "cancels that job")]

    private let call: JobCall
    init(_ arguments: Arguments) throws(Failure) { call = try JobCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run { intake, id, tenant throws(Failure) in try await intake.cancel(id, tenant: tenant) }
    }
}

/// `rundum jobs retry`: puts a failed or canceled job back.
struct JobsRetryCommand: Command {
    static let name = "jobs retry"
    static let abstract = "Puts a failed or canceled job back into the queue."
    static let usage = "JOB [--json]"
    static let options = [Option.tenant, .home, .json]
    static let examples = [Example("rundum jobs retry 0199a1b2-...", "tries that job again")]

    private let call: JobCall
    init(_ arguments: Arguments) throws(Failure) { call = try JobCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run { intake, id, tenant throws(Failure) in try await intake.retry(id, tenant: tenant) }
    }
}

/// What the commands about one job share: its name, the store, how it is shown.
private struct JobCall {
    let id: UUID
    let arguments: Arguments

    init(_ arguments: Arguments) throws(Failure) {
        guard arguments.operands.count == 1, let id = UUID(uuidString: arguments.operands[0]) else {
            throw Failure(.invalidRequest, "One job id is needed.", hint: "rundum jobs list shows them.")
        }
        (self.id, self.arguments) = (id, arguments)
    }

    func run(_ body: (any JobIntake, UUID, String) async throws(Failure) -> Job) async throws(Failure) -> ExitStatus {
        let job = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await body(installation.store, id, arguments.tenant)
        }
        Terminal.out(arguments.has("--json") ? try json(job) : JobPageText.text(job))
        return .ok
    }
}

extension Arguments {
    /// The tenant that the command acts for.
    var tenant: String { value("--tenant") ?? "default" }
}

/// A job as a person reads it.
private enum JobPageText {
    static func text(_ job: Job) -> String {
        var lines = [
            "job       \(job.id.uuidString.lowercased())", "kind      \(job.request.kind)",
            "state     \(job.state.rawValue)\(job.cached ? " (from the cache)" : "")",
            "progress  \(Int(job.progress.fraction * 100)) %  \(job.progress.step)", "attempt   \(job.attempt)",
            "created   \(job.createdAt.formatted(.iso8601))",
        ]
        if let workflow = job.workflow {
            lines.append("workflow  \(workflow.uuidString.lowercased())  as \(job.label ?? "-")")
        }
        if let subject = job.request.subject { lines.append("subject   \(subject)") }
        if let finished = job.finishedAt { lines.append("finished  \(finished.formatted(.iso8601))") }
        if let failure = job.failure { lines.append("failure   \(failure.failure) (attempt \(failure.attempt))") }
        for input in job.request.inputs { lines.append("input     \(input.slot)  \(input.name)") }
        for (name, output) in (job.result?.outputs ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append("output    \(name)  \(output.bytes) bytes  \(output.sha256)")
        }
        return lines.joined(separator: "\n")
    }
}
