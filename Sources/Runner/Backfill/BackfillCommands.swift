internal import Foundation
internal import JobQueue
internal import Pipeline

/// `rundum backfill list`: a tenant's backfills.
struct BackfillListCommand: Command {
    static let name = "backfill list"
    static let abstract = "The backfills of a tenant, newest first."
    static let usage = "[--json]"
    static let options = [Option.tenant, .home, .json]
    static let examples = [Example("rundum backfill list", "shows which can go on")]

    private let arguments: Arguments
    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            let all = try await installation.store.backfills(tenant: arguments.tenant)
            if arguments.has("--json") {
                var summaries: [BackfillSummary] = []
                for backfill in all {
                    summaries.append(BackfillSummary(backfill, try await installation.store.tally(backfill.id)))
                }
                Terminal.out(try json(summaries))
                return .ok
            }
            var table = TextTable("ID", "WHAT", "STATE", "ITEMS", "IN THE QUEUE SO FAR", "BEGUN")
            table.rows = all.map {
                [
                    "\($0.id)", $0.spec.name, BackfillText.state($0), BackfillView.grouped($0.total),
                    BackfillView.grouped($0.fed), $0.createdAt.formatted(.iso8601),
                ]
            }
            Terminal.out(all.isEmpty ? "No backfills." : table.text)
            return .ok
        }
    }
}

/// `rundum backfill show`: one backfill, with how its items ended.
struct BackfillShowCommand: Command {
    static let name = "backfill show"
    static let abstract = "One backfill: how its items ended, and why some did not succeed."
    static let usage = "ID [--failures FILE] [--json]"
    static let options = [Option("--failures", "FILE", "Write what did not succeed as CSV."), .tenant, .home, .json]
    static let examples = [Example("rundum backfill show 12 --failures bad.csv", "shows it, and writes what failed")]

    private let call: BackfillCall
    init(_ arguments: Arguments) throws(Failure) { call = try BackfillCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run { installation, backfill throws(Failure) in
            let tally = try await installation.store.tally(backfill.id)
            if let file = call.arguments.value("--failures") {
                let place = URL(filePath: file).absoluteURL
                _ = try await FailureSheet.write(installation.store, backfill: backfill.id, to: place)
            }
            if call.arguments.has("--json") {
                Terminal.out(try json(BackfillSummary(backfill, tally)))
                return .ok
            }
            var lines = [
                "backfill    \(backfill.id)  \(backfill.spec.name)", "state       \(BackfillText.state(backfill))",
                "begun       \(backfill.createdAt.formatted(.iso8601))", "items       \(BackfillText.ends(tally))",
                "under way   \(BackfillView.grouped(tally.underWay))",
                "to come     \(BackfillView.grouped(tally.waiting))",
            ]
            if let finished = backfill.finishedAt { lines.append("ended       \(finished.formatted(.iso8601))") }
            if let window = backfill.pace.window { lines.append("window      \(window.text) \(window.timeZone)") }
            for trouble in try await installation.store.troubles(ofBackfill: backfill.id, limit: 10) {
                let why = trouble.failure.map { "\($0)" } ?? trouble.review.first.map { "\($0.summary) [\($0.code)]" }
                lines.append(
                    "\(trouble.outcome.padding(toLength: 11, withPad: " ", startingAt: 0)) \(trouble.key)  \(why ?? "")"
                )
            }
            Terminal.out(lines.joined(separator: "\n"))
            return .ok
        }
    }
}

/// `rundum backfill stop`: nothing more goes in.
struct BackfillStopCommand: Command {
    static let name = "backfill stop"
    static let abstract = "Lets nothing more of a backfill into the queue; what is in it goes on."
    static let usage = "ID"
    static let options = [Option.tenant, .home]
    static let examples = [Example("rundum backfill stop 12", "stops it; rundum backfill --resume 12 goes on")]

    private let call: BackfillCall
    init(_ arguments: Arguments) throws(Failure) { call = try BackfillCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run { installation, backfill throws(Failure) in
            try await installation.store.stop(backfill: backfill.id)
            let tally = try await installation.store.tally(backfill.id)
            Terminal.say("backfill \(backfill.id): \(BackfillText.ends(tally)), \(tally.underWay) under way")
            return .ok
        }
    }
}

/// `rundum backfill rollback`: what was current before a backfill is current again.
struct BackfillRollbackCommand: Command {
    static let name = "backfill rollback"
    static let abstract = "Makes what was current before a backfill current again, and cancels what is under way."
    static let usage = "ID"
    static let options = [Option.tenant, .home]
    static let discussion = """
        The current result of each thing is a row of the view rundum.current_result. Jobs and files of the backfill stay, to be
        looked at; its results no longer answer the same question from the cache.
        """
    static let examples = [Example("rundum backfill rollback 12", "takes its results out of use")]

    private let call: BackfillCall
    init(_ arguments: Arguments) throws(Failure) { call = try BackfillCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run { installation, backfill throws(Failure) in
            try await installation.store.rollBack(backfill: backfill.id, tenant: backfill.tenant)
            let tally = try await installation.store.tally(backfill.id)
            Terminal.say(
                "backfill \(backfill.id) is rolled back: \(BackfillView.grouped(tally.succeeded)) results are out of use"
            )
            return .ok
        }
    }
}

/// What the commands about one backfill share.
private struct BackfillCall {
    let arguments: Arguments
    private let id: Int64

    init(_ arguments: Arguments) throws(Failure) {
        guard arguments.operands.count == 1, let id = Int64(arguments.operands[0]) else {
            throw Failure(
                .invalidRequest, "The ID of one backfill is needed.", hint: "rundum backfill list shows them.")
        }
        (self.arguments, self.id) = (arguments, id)
    }

    func run(
        _ body: (Installation, Backfill) async throws(Failure) -> ExitStatus
    ) async throws(Failure) -> ExitStatus {
        try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await body(installation, installation.store.backfill(id, tenant: arguments.tenant))
        }
    }
}
