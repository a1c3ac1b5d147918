internal import Foundation
internal import JobQueue
internal import Pipeline

/// What is written and said when a backfill's process ends.
struct BackfillEnding: Sendable {
    let arguments: Arguments
    let backfill: Backfill
    let installation: Installation

    func outcome(_ end: BackfillFeeder.End) async -> Result<ExitStatus, Failure> {
        do throws(Failure) { return .success(try await tell(end)) } catch { return .failure(error) }
    }

    private func tell(_ end: BackfillFeeder.End) async throws(Failure) -> ExitStatus {
        let (store, id) = (installation.store, backfill.id)
        let tally = try await store.tally(id)
        if let file = arguments.value("--failures") {
            let count = try await FailureSheet.write(store, backfill: id, to: URL(filePath: file).absoluteURL)
            Terminal.say("failures  \(count) in \(file)")
        }
        let resume = "rundum backfill --resume \(id)"
        switch end {
        case .done: Terminal.say("backfill \(id) is done: \(BackfillText.ends(tally))")
        case .canary:
            let folder = arguments.value("--canary-out") ?? "backfill-\(id)-canary"
            let target = URL(filePath: folder).absoluteURL
            let sights = try await store.sights(
                BackfillFeeder.spread(backfill.canary, over: backfill.total), ofBackfill: backfill)
            try CanaryFolder(backfill: backfill, sights: sights, resume: resume).write(to: target, installation.blobs)
            Terminal.say("\(Terminal.paint("look", .yellow)): \(target.appending(path: "index.html").path)")
            Terminal.say("      if it is as it should be: \(resume)")
            Terminal.say("      if not: rundum backfill rollback \(id)")
        case .interrupted:
            throw Failure(
                .cancelled, "The backfill \(id) stopped: \(BackfillText.ends(tally)), \(tally.underWay) under way.",
                hint: "\(resume) goes on.")
        case .taken:
            throw Failure(
                .conflict, "The backfill \(id) was stopped, or another process goes on with it.",
                hint: "rundum backfill show \(id)")
        }
        if arguments.has("--json") {
            let now = try await store.backfill(id, tenant: backfill.tenant)
            Terminal.out(try json(BackfillSummary(now, tally)))
        }
        if tally.succeeded == tally.ended { return .ok }
        return tally.succeeded == 0 && tally.review == 0 ? .failed : .someFailed
    }
}

/// A backfill with its counts, for machines.
struct BackfillSummary: Encodable {
    let id: Int64
    let name: String
    let state: String
    let items: BackfillTally
    let total: Int

    init(_ backfill: Backfill, _ tally: BackfillTally) {
        (id, name, total) = (backfill.id, backfill.spec.name, backfill.total)
        (state, items) = (BackfillText.state(backfill), tally)
    }
}

/// A backfill in words.
enum BackfillText {
    /// One that says it is fed and whose process is gone has stopped.
    static func state(_ backfill: Backfill) -> String {
        switch backfill.state {
        case .feeding: backfill.isFed ? "feeding" : "stopped"
        case .waiting: "waiting for a look"
        case .stopped: "stopped"
        case .done: "done"
        case .rolledBack: "rolled back"
        }
    }

    static func ends(_ tally: BackfillTally) -> String {
        var words = ["\(BackfillView.grouped(tally.succeeded)) of \(BackfillView.grouped(tally.total)) succeeded"]
        for (count, what) in [
            (tally.review, "to look at"), (tally.failed, "failed"), (tally.canceled, "canceled"),
            (tally.gone, "erased"),
        ] where count > 0 {
            words.append("\(BackfillView.grouped(count)) \(what)")
        }
        return words.joined(separator: ", ")
    }
}
