public import Foundation
internal import Glibc
public import Pipeline

extension PostgresJobStore {
    /// Enqueues many single jobs with COPY, in one transaction, without idempotency keys; for thousands at a time.
    ///
    /// - Returns: the ids, in the order of the requests.
    /// - Throws: as `enqueue` does, for all or for none: `inputMissing` with the slot for a blob that the tenant does not own.
    public func enqueue(many requests: [JobRequest], tenant: String) async throws(Failure) -> [UUID] {
        let batch = try JobBatch(requests)
        return try await database.run { connection throws(Failure) in
            try connection.transaction { () throws(Failure) in try batch.enqueue(on: connection, tenant: tenant) }
        }
    }
}

/// Checked jobs on their way into the table, as lines of COPY.
struct JobBatch: Sendable {
    private let requests: [JobRequest]
    private let blobs: [String]
    private let slots: [String]
    /// None has a time to run: the columns of times are left out, as reading "now" is dear.
    private let areDue: Bool

    init(_ requests: [JobRequest]) throws(Failure) {
        var (blobs, slots): ([String], [String]) = ([], [])
        for request in requests {
            try request.checkShape()
            for input in request.inputs {
                guard case .blob(let sha256) = input.source else { throw Failure.outputWithoutWorkflow }
                blobs.append(sha256)
                slots.append(input.slot)
            }
        }
        (self.requests, self.blobs, self.slots) = (requests, blobs, slots)
        areDue = requests.allSatisfy { $0.runAt == nil }
    }

    /// Takes the places and writes the rows; the caller commits.
    func enqueue(on connection: Connection, tenant: String) throws(Failure) -> [UUID] {
        guard !requests.isEmpty else { return [] }
        guard !tenant.isEmpty else { throw Failure(.invalidRequest, "The tenant has no name.") }
        try refuseForeignBlobs(connection, tenant)
        let named = try connection.query(BulkStatements.tenant, [.text(tenant)])
        guard let number: Int = try named.first?.int("tenant"),
            let stride: Int = try connection.query(BulkStatements.stride, [.int(number)]).first?.int("stride")
        else { throw Failure(.internalError, "The tenant got no number.") }
        let places = try places(connection, tenant: number)
        let gate: Int = try connection.query(BulkStatements.gate, [.int(number)]).first?.int("gate") ?? 0
        var lines = JobLines(tenant: number, gate: gate, stride: stride, places: places, areDue: areDue)
        let ids = UUID.version7(count: requests.count)
        var first = 0
        try connection.copy(areDue ? BulkStatements.copyDue : BulkStatements.copy) { () throws(Failure) in
            guard first < requests.count else { return nil }
            let range = first..<min(first + Self.piece, requests.count)
            first = range.upperBound
            return try lines.bytes(of: requests[range], ids: ids[range])
        }
        if gate > 0 { _ = try connection.query(BulkStatements.admit, [.int(number)]) }
        return ids
    }

    /// Jobs that are sent at one time: some tens of kilobytes.
    private static let piece = 200

    private func refuseForeignBlobs(_ connection: Connection, _ tenant: String) throws(Failure) {
        guard !blobs.isEmpty else { return }
        let missing = try connection.query(
            BulkStatements.foreign, [.text(tenant), .array(blobs), .array(slots)])
        guard let row = missing.first else { return }
        let slot = try row.text("slot")
        throw Failure(.inputMissing, "The input \(slot) is not stored.", hint: "Upload the file first.", slot: slot)
    }

    /// The first place of the jobs of each priority. What has a time to run takes its place when it is due.
    private func places(_ connection: Connection, tenant: Int) throws(Failure) -> [Int] {
        var places = [0, 0, 0, 0]
        for priority in places.indices {
            let count = requests.count { $0.priority == priority && $0.runAt == nil }
            guard count > 0 else { continue }
            let rows = try connection.query(BulkStatements.places, [.int(tenant), .int(priority), .int(count)])
            places[priority] = try rows.first?.int("first") ?? 0
        }
        return places
    }
}

/// Writes jobs of one tenant as lines, each in the next place of its priority.
private struct JobLines {
    let tenant: Int
    let gate: Int
    let stride: Int
    var places: [Int]
    let areDue: Bool
    /// A backfill says the same of each job.
    private var known: (options: JSONValue, text: String) = ([:], "{}")

    init(tenant: Int, gate: Int, stride: Int, places: [Int], areDue: Bool) {
        (self.tenant, self.gate, self.stride, self.places) = (tenant, gate, stride, places)
        self.areDue = areDue
    }

    mutating func bytes(of requests: ArraySlice<JobRequest>, ids: ArraySlice<UUID>) throws(Failure) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(requests.count * 240)
        let number = (areDue ? "" : "\tnow\t\\N") + "\t\(tenant)\t"
        for (request, id) in zip(requests, ids) {
            id.write(to: &lines)
            if let time = request.runAt {
                let due = time.timeIntervalSince1970.timestamp
                lines += "\t0\t\(due)\t\(due)\t\(tenant)\t".utf8
                lines += "\(request.maxAttempts)\tscheduled\t\(request.priority)\t0\t".utf8
            } else {
                lines += "\t\(places[request.priority])\(number)".utf8
                lines += "\(request.maxAttempts)\tqueued\t\(request.priority)\t\(gate)\t".utf8
                places[request.priority] += stride
            }
            lines += try tail(of: request).utf8
        }
        if lines.contains(0) { throw Failure.holdsNUL }
        return lines
    }

    /// The columns that say what is to be done.
    private mutating func tail(of request: JobRequest) throws(Failure) -> String {
        if request.options != known.options {
            known = (request.options, CopyText.escaped(try StoredJSON.text(request.options)))
        }
        let inputs = request.inputs.isEmpty ? "[]" : CopyText.escaped(try StoredJSON.text(request.inputs))
        let subject = request.subject.map(CopyText.escaped) ?? CopyText.null
        return "\(CopyText.escaped(request.kind.rawValue))\t\(subject)\t\(known.text)\t\(inputs)\n"
    }
}

private enum BulkStatements {
    static let tenant = Statement("bulk.tenant", "select rundum.tenant_number($1) as tenant")
    /// A statement of its own: one that has just made the tenant does not see it.
    static let stride = Statement("bulk.stride", "select rundum.stride($1) as stride")
    static let places = Statement("bulk.places", "select rundum.take_places($1, $2, $3) as first")
    static let gate = Statement("bulk.gate", "select rundum.gate($1) as gate")
    static let admit = Statement("bulk.admit", "select rundum.admit($1)")
    static let foreign = Statement(
        "bulk.foreign",
        """
        select b.slot from unnest($2::text[], $3::text[]) b(sha256, slot)
        where not exists (
            select from rundum.blob_owner o join rundum.tenant t on t.id = o.tenant_id
            where t.key = $1 and o.sha256 = case when b.sha256 ~ '^[0-9a-f]{64}$' then decode(b.sha256, 'hex') end)
        limit 1
        """)
    static let copy = Statement("bulk.copy", copy("due_at, run_at, "))
    static let copyDue = Statement("bulk.copy-due", copy(""))

    private static func copy(_ times: String) -> String {
        """
        copy rundum.job (
            id, vt, \(times)tenant_id, max_attempts, state, priority, gate, kind, subject, options, inputs)
        from stdin
        """
    }
}

/// The text format of COPY.
enum CopyText {
    static let null = "\\N"

    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 < 0x20 }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case 0x5C: bytes += [0x5C, 0x5C]
            case 0x09: bytes += Array("\\t".utf8)
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Failure {
    fileprivate static let outputWithoutWorkflow = Failure(
        .invalidInputs, "An input names another job's output.", hint: "Only steps of a workflow can do that.")
    fileprivate static let holdsNUL = Failure(
        .invalidRequest, "A text holds a NUL character.", hint: "Leave it out.")
}

extension TimeInterval {
    /// Seconds since 1970 as PostgreSQL reads them.
    fileprivate var timestamp: String {
        Date(timeIntervalSince1970: self).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension UUID {
    /// Ids of version 7 for now and the microseconds after it, as `rundum.uuid_v7` makes them (RFC 9562, 6.2 method 3).
    static func version7(count: Int) -> [UUID] {
        let now = Int64(Date.now.timeIntervalSince1970 * 1_000_000)
        var random = [UInt64](repeating: 0, count: count)
        // At once: asking the kernel for each id costs as much as its line.
        random.withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress { arc4random_buf(start, bytes.count) }
        }
        return random.enumerated().map { index, random in
            let micros = now + Int64(index)
            let fraction = UInt64(micros % 1000 * 4096 / 1000)
            return UUID(UInt64(micros / 1000) << 16 | 0x7000 | fraction, random >> 2 | 1 << 63)
        }
    }
}
