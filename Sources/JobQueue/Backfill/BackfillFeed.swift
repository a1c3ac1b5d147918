internal import Foundation
public import Pipeline

/// The right to feed one backfill; gone when another process takes it up or somebody stops it.
public struct BackfillFeed: Sendable {
    public let id: Int64
    public let tenant: String
    let feeder: Int64
    let store: PostgresJobStore

    /// Items that have no job yet, after a place.
    public func next(after place: Int, limit: Int) async throws(Failure) -> [BackfillItem] {
        try await store.database.query(BackfillStatements.next, [.int(id), .int(place), .int(limit)])
            .map { row throws(Failure) in try BackfillItem(row) }
    }

    /// Those of the items that have no job yet.
    public func items(_ numbers: [Int]) async throws(Failure) -> [BackfillItem] {
        try await store.database.query(
            BackfillStatements.numbered, [.int(id), .plainArray(numbers.map { "\($0)" })]
        ).map { row throws(Failure) in try BackfillItem(row) }
    }

    /// Enqueues the items' jobs and writes down that they have them: both or neither, each once.
    ///
    /// - Parameters:
    ///   - blobs: which the jobs name and the tenant may read from now on.
    ///   - checkpoint: every item up to this one has a job or a failure then; nil leaves it.
    /// - Returns: false when the right is gone; nothing has happened then.
    public func feed(
        _ entries: [(item: BackfillItem, entry: BackfillEntry)], blobs: [(sha256: String, bytes: Int)],
        checkpoint: Int?
    ) async throws(Failure) -> Bool {
        let chunk = try Chunk(entries, blobs: blobs, checkpoint: checkpoint)
        return try await store.database.run { connection throws(Failure) in
            try connection.transaction { () throws(Failure) in
                guard try lock(on: connection) else { return false }
                try chunk.write(to: id, tenant: tenant, on: connection)
                return true
            }
        }
    }

    /// Notes what has ended, and that this process lives.
    ///
    /// - Returns: what changed, by outcome; nil when the right is gone.
    public func collect(into tally: inout BackfillTally) async throws(Failure) -> Bool {
        let (isOurs, changes) = try await store.database.run { connection throws(Failure) in
            let isOurs = try lock(on: connection)
            let rows = try connection.query(BackfillStatements.collect, [.int(id), .bool(false)])
            return (
                isOurs,
                try rows.map { row throws(Failure) -> (String?, Int) in
                    (try row.optional("outcome"), try row.int("items"))
                }
            )
        }
        for (outcome, items) in changes {
            tally.add(items, to: outcome)
            if outcome != nil { tally.underWay -= items }
        }
        return isOurs
    }

    /// Ends the feeding; false when the right was gone already.
    @discardableResult
    public func end(as state: Backfill.State) async throws(Failure) -> Bool {
        let rows = try await store.database.query(
            BackfillStatements.end, [.int(id), .int(feeder), .text(state.rawValue)])
        return !rows.isEmpty
    }

    private func lock(on connection: Connection) throws(Failure) -> Bool {
        try !connection.query(BackfillStatements.lockFeeder, [.int(id), .int(feeder)]).isEmpty
    }
}

extension PostgresJobStore {
    /// Takes a backfill up: this process feeds it from now on.
    ///
    /// - Throws: `conflict` when it is over, or when another process that lives feeds it.
    public func takeUp(_ backfill: Backfill) async throws(Failure) -> BackfillFeed {
        let me = WorkerDescription.current
        let rows = try await database.query(
            BackfillStatements.takeUp,
            [
                .int(backfill.id), .bool(backfill.isFed), .text(me.host), .int(me.pid), .int(me.processStart),
            ])
        guard let feeder: Int64 = try rows.first?.int("feeder") else {
            throw Failure(.internalError, "The backfill could not be taken up.")
        }
        return BackfillFeed(id: backfill.id, tenant: backfill.tenant, feeder: feeder, store: self)
    }
}

/// Items with what becomes of them, ready to be written.
private struct Chunk: Sendable {
    private let numbers: [Int]
    private let jobs: JobBatch
    private let workflows: [(number: Int, name: String, steps: Data, recipe: Data?)]
    private let failures: [(number: Int, failure: Data)]
    private let blobs: [(sha256: String, bytes: Int)]
    private let checkpoint: Int?

    init(
        _ entries: [(item: BackfillItem, entry: BackfillEntry)], blobs: [(sha256: String, bytes: Int)], checkpoint: Int?
    ) throws(Failure) {
        var (numbers, requests): ([Int], [JobRequest]) = ([], [])
        var workflows: [(number: Int, name: String, steps: Data, recipe: Data?)] = []
        var failures: [(number: Int, failure: Data)] = []
        for (item, entry) in entries {
            switch entry {
            case .job(let request):
                numbers.append(item.number)
                requests.append(request)
            case .workflow(let workflow):
                try workflow.validate()
                let steps = try workflow.steps.map { step throws(Failure) in try StoredJSON.step(step) }
                let recipe = try workflow.recipe.map { stamp throws(Failure) in try JSON.encode(stamp) }
                workflows.append((item.number, workflow.name, try StoredJSON.steps(steps), recipe))
            case .failure(let failure): failures.append((item.number, try StoredJSON.tolerant(failure)))
            }
        }
        (self.numbers, self.workflows, self.failures) = (numbers, workflows, failures)
        jobs = try JobBatch(requests)
        (self.blobs, self.checkpoint) = (blobs, checkpoint)
    }

    func write(to backfill: Int64, tenant: String, on connection: Connection) throws(Failure) {
        if !blobs.isEmpty {
            _ = try connection.query(
                BackfillStatements.own,
                [.text(tenant), .array(blobs.map(\.sha256)), .plainArray(blobs.map { "\($0.bytes)" })])
        }
        let ids = try jobs.enqueue(on: connection, tenant: tenant)
        var written = 0
        if !ids.isEmpty {
            written += try connection.query(
                BackfillStatements.setJobs,
                [.int(backfill), .plainArray(numbers.map { "\($0)" }), .array(ids)]
            ).count
        }
        for workflow in workflows {
            let rows = try connection.query(
                IntakeStatements.enqueue,
                [
                    .text(tenant), .text(workflow.name), .json(workflow.steps), .null,
                    workflow.recipe.map { .json($0) } ?? .null, .null,
                ])
            guard let id = try rows.first?.optionalUUID("workflow") else {
                throw Failure(.internalError, "The workflow got no name.")
            }
            written += try connection.query(
                BackfillStatements.setWorkflow, [.int(backfill), .int(workflow.number), .uuid(id)]
            ).count
        }
        for (number, failure) in failures {
            written += try connection.query(
                BackfillStatements.setFailure, [.int(backfill), .int(number), .json(failure)]
            ).count
        }
        // Whoever holds the right is alone, so this never differs; if it did, nothing of the chunk would have happened.
        guard written == numbers.count + workflows.count + failures.count else {
            throw Failure(.internalError, "An item has a job already.", detail: "backfill \(backfill)")
        }
        if let checkpoint {
            _ = try connection.query(BackfillStatements.checkpoint, [.int(backfill), .int(checkpoint)])
        }
    }
}
