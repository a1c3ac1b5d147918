internal import Foundation
public import Pipeline

extension PostgresJobStore {
    /// Writes a backfill down with all its items, in one transaction; nothing is enqueued.
    ///
    /// - Parameters:
    ///   - canary: how many items go in first, spread over all; 0 for none.
    ///   - items: gives each item to its argument, in order; runs on a connection's thread. Keys must differ.
    /// - Returns: its number.
    public func plan(
        _ spec: BackfillSpec, pace: BackfillPace, canary: Int, tenant: String,
        items: @escaping @Sendable (_ emit: (BackfillItem) throws(Failure) -> Void) throws(Failure) -> Void
    ) async throws(Failure) -> Int64 {
        let (specJSON, paceJSON) = (try JSON.encode(spec), try JSON.encode(pace))
        return try await database.run { connection throws(Failure) in
            try connection.transaction { () throws(Failure) in
                let rows = try connection.query(
                    BackfillStatements.create,
                    [.text(tenant), .text(spec.name), .json(specJSON), .json(paceJSON), .int(canary)])
                guard let id: Int64 = try rows.first?.int("id") else {
                    throw Failure(.internalError, "The backfill got no number.")
                }
                var lines = ItemLines(backfill: id)
                try items { (item) throws(Failure) in
                    try lines.add(item)
                    if lines.text.utf8.count > ItemLines.enough {
                        try connection.copy(BackfillStatements.copyItems, lines.text)
                        lines.text = ""
                    }
                }
                try connection.copy(BackfillStatements.copyItems, lines.text)
                _ = try connection.query(BackfillStatements.planned, [.int(id), .int(lines.count)])
                _ = try connection.query(BackfillStatements.analyze)
                return id
            }
        }
    }

    /// - Throws: `notFound`.
    public func backfill(_ id: Int64, tenant: String) async throws(Failure) -> Backfill {
        let rows = try await database.query(BackfillStatements.one, [.text(tenant), .int(id)])
        guard let row = rows.first else {
            throw Failure(.notFound, "There is no backfill \(id).", hint: "rundum backfill list shows them.")
        }
        return try Backfill(row)
    }

    /// Newest first.
    public func backfills(limit: Int = 200, tenant: String) async throws(Failure) -> [Backfill] {
        try await database.query(BackfillStatements.all, [.text(tenant), .int(limit)])
            .map { row throws(Failure) in try Backfill(row) }
    }

    /// Counts how items ended, also those that a person or a retry has changed since.
    public func tally(_ id: Int64) async throws(Failure) -> BackfillTally {
        _ = try await database.query(BackfillStatements.collect, [.int(id), .bool(true)])
        var tally = BackfillTally()
        for row in try await database.query(BackfillStatements.tally, [.int(id)]) {
            let items: Int = try row.int("items")
            if try row.text("outcome") == "waiting" {
                tally.waiting = items
            } else {
                tally.add(items, to: try row.text("outcome"))
            }
        }
        return tally
    }

    /// No more goes in; what is under way goes on.
    public func stop(backfill id: Int64) async throws(Failure) {
        _ = try await database.query(BackfillStatements.stop, [.int(id)])
    }

    /// Cancels what is under way, and makes current again what was before; see the view `rundum.current_result`.
    public func rollBack(backfill id: Int64, tenant: String) async throws(Failure) {
        _ = try await backfill(id, tenant: tenant)
        _ = try await database.query(BackfillStatements.rollBack, [.text(tenant), .int(id)])
        _ = try await database.query(BackfillStatements.collect, [.int(id), .bool(true)])
    }

    public func setPace(_ pace: BackfillPace, ofBackfill id: Int64) async throws(Failure) {
        _ = try await database.query(BackfillStatements.setPace, [.int(id), .json(try JSON.encode(pace))])
    }

    /// How many workers have a lease.
    public func workerCount() async throws(Failure) -> Int {
        try await database.query(BackfillStatements.workers).first?.int("workers") ?? 0
    }
}

/// Items as lines of COPY.
private struct ItemLines {
    static let enough = 1 << 20
    private let backfill: Int64
    private(set) var count = 0
    var text = ""

    init(backfill: Int64) { self.backfill = backfill }

    mutating func add(_ item: BackfillItem) throws(Failure) {
        let source = try StoredJSON.text(item.source)
        guard !item.key.utf8.contains(0), !source.contains(#"\u0000"#) else {
            throw Failure(.invalidRequest, "The name of an item holds a NUL character.", hint: "Leave it out.")
        }
        count += 1
        text += "\(backfill)\t\(count)\t\(CopyText.escaped(item.key))\t\(CopyText.escaped(source))\t"
        text += "\(item.previous.map(\.uuidString) ?? CopyText.null)\n"
    }
}

extension Backfill {
    init(_ row: Row) throws(Failure) {
        guard let state = State(rawValue: try row.text("state")) else { throw row.unexpected("state", "is unknown") }
        guard let createdAt = try row.optionalDate("created_at") else { throw row.unexpected("created_at", "is null") }
        (id, tenant, self.state) = (try row.int("id"), try row.text("tenant"), state)
        (spec, pace) = (try row.json("spec"), try row.json("pace"))
        (total, canary, fed) = (try row.int("total"), try row.int("canary"), try row.int("fed"))
        if let host = try row.optional("host") {
            feeder = WorkerDescription(
                host: host, pid: try row.int("pid"), processStart: try row.int("process_start"))
        } else {
            feeder = nil
        }
        (silence, self.createdAt, finishedAt) = (
            try row.double("silence"), createdAt, try row.optionalDate("finished_at")
        )
    }
}

extension BackfillItem {
    init(_ row: Row) throws(Failure) {
        self.init(
            key: try row.text("key"), source: try row.json("source"), previous: try row.optionalUUID("previous"))
        number = try row.int("n")
    }
}
