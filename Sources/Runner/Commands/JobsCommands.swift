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

/// `rundum jobs approve`: a person found a job in review good.
struct JobsApproveCommand: Command {
    static let name = "jobs approve"
    static let abstract =
        "Says that a job in review is good, or answers what it asks: it runs once more with the answer."
    static let usage = "JOB [--answer WORD] [--json]"
    static let options = [
        Option("--answer", "WORD", "approve (plain yes), or another that the job knows, such as cover for a plate."),
        .tenant, .home, .json,
    ]
    static let examples = [
        Example("rundum jobs approve 0199a1b2-...", "publishes what that job made; what it marked is no plate"),
        Example("rundum jobs approve 0199a1b2-... --answer cover", "covers what it marked"),
    ]

    private let call: JobCall
    init(_ arguments: Arguments) throws(Failure) { call = try JobCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        let answer = call.arguments.value("--answer") ?? "approve"
        return try await call.run { store, id, tenant throws(Failure) in
            try await store.approve(id, answer: answer, tenant: tenant)
        }
    }
}

/// `rundum jobs reject`: a person found a job in review not to be used.
struct JobsRejectCommand: Command {
    static let name = "jobs reject"
    static let abstract = "Says that a job in review is not to be used: it has failed then, without outputs."
    static let usage = "JOB [--reason TEXT] [--json]"
    static let options = [Option("--reason", "TEXT", "Why, in a sentence."), .tenant, .home, .json]
    static let examples = [
        Example("rundum jobs reject 0199a1b2-... --reason 'The plate shows.'", "refuses what that job made")
    ]

    private let call: JobCall
    init(_ arguments: Arguments) throws(Failure) { call = try JobCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        let reason = call.arguments.value("--reason") ?? ""
        return try await call.run { store, id, tenant throws(Failure) in
            try await store.reject(id, reason: reason, tenant: tenant)
        }
    }
}

/// `rundum jobs retry`: puts a failed or canceled job back, or all that failed with a code.
struct JobsRetryCommand: Command {
    static let name = "jobs retry"
    static let abstract = "Puts a failed or canceled job back into the queue, or all that failed with a code."
    static let usage = "JOB | --code CODE [--since SPAN] [--dry-run]"
    static let options = [
        Option("--code", "CODE", "All of the tenant's jobs that failed with this code."),
        Option("--since", "SPAN", "Only those that failed within 90s, 15m, 2h, 1d."),
        Option("--dry-run", "Show which, and change nothing."), .tenant, .home, .json,
    ]
    static let examples = [
        Example("rundum jobs retry 0199a1b2-...", "tries that job again"),
        Example(
            "rundum jobs retry --code storage_unavailable --since 2h --dry-run", "shows what an outage has cost"),
    ]

    private let one: JobCall?
    private let arguments: Arguments
    private let span: Duration?

    init(_ arguments: Arguments) throws(Failure) {
        self.arguments = arguments
        span = try arguments.span("--since")
        let isMany = arguments.has("--code")
        guard isMany || !(arguments.has("--since") || arguments.has("--dry-run")) else {
            throw Failure(.invalidRequest, "--since and --dry-run go with --code.")
        }
        if let code = arguments.value("--code"), Failure.Code(rawValue: code) == nil {
            throw Failure(
                .invalidRequest, "There is no code \(code).",
                hint: "rundum queue stats shows which codes jobs failed with.")
        }
        if isMany { try arguments.refuseOperands() }
        one = isMany ? nil : try JobCall(arguments)
    }

    func run() async throws(Failure) -> ExitStatus {
        if let one {
            return try await one.run { store, id, tenant throws(Failure) in try await store.retry(id, tenant: tenant) }
        }
        return try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await retryAll(installation.store)
        }
    }

    private func retryAll(_ store: PostgresJobStore) async throws(Failure) -> ExitStatus {
        let jobs = try await store.failed(code: arguments.value("--code"), within: span, tenant: arguments.tenant)
        var refused = 0
        if !arguments.has("--dry-run") {
            for job in jobs {
                // One that is no longer failed was put back by somebody else meanwhile.
                do throws(Failure) { _ = try await store.retry(job.id, tenant: arguments.tenant) } catch {
                    guard error.code == .conflict || error.code == .notFound else { throw error }
                    refused += 1
                }
            }
        }
        if arguments.has("--json") {
            Terminal.out(try json(jobs))
        } else {
            var table = TextTable("JOB", "KIND", "FAILED", "SUBJECT", "WHY")
            table.rows = jobs.map {
                [
                    $0.id.uuidString.lowercased(), $0.kind.rawValue, $0.finishedAt.formatted(.iso8601),
                    $0.subject ?? "-", $0.summary,
                ]
            }
            if !jobs.isEmpty { Terminal.out(table.text) }
            Terminal.say(
                arguments.has("--dry-run")
                    ? "\(jobs.count) would be retried."
                    : "\(jobs.count - refused) are retried, \(refused) were not failed.")
        }
        return .ok
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

    func run(
        _ body: (PostgresJobStore, UUID, String) async throws(Failure) -> Job
    ) async throws(Failure) -> ExitStatus {
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
