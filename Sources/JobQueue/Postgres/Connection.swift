internal import CLibPQ
internal import Foundation
internal import Pipeline

/// One libpq connection. Its calls block, so it lives on a `Session`'s or the `Listener`'s own thread.
final class Connection {
    private let handle: OpaquePointer
    /// Names of statements that the server has for this connection.
    private var prepared: Set<String> = []
    /// Whether the next statement meets the same server process: a pooler hands out process numbers of its own making.
    private lazy var isDirect = leadsToServer()

    /// Connects; what the URL leaves open gets limits, so that a silent network never holds a thread for long.
    init(_ url: String) throws(Failure) {
        // Later entries win, so the URL may set any of them.
        let defaults = [
            ("application_name", "rundum"), ("connect_timeout", "10"), ("keepalives_idle", "15"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
            ("client_encoding", "UTF8"), ("dbname", url),
        ]
        let keywords = CStrings(defaults.map(\.0) + [nil])
        let values = CStrings(defaults.map(\.1) + [nil])
        guard let handle = PQconnectdbParams(keywords.pointers, values.pointers, 1) else {
            throw Failure(.databaseUnavailable, "The database could not be reached.", detail: "out of memory")
        }
        withExtendedLifetime((keywords, values)) {}
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(handle))
            PQfinish(handle)
            throw Failure(
                .databaseUnavailable, "The database could not be reached.",
                hint: "Is it running, and is DATABASE_URL right?", detail: message.trimmed)
        }
        self.handle = handle
        // Notices ("already exists, skipping") would go to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    /// Whether it may be used again: connected, outside of a transaction, and nothing unasked (an end, usually) has come.
    var isFresh: Bool {
        guard PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) == PQTRANS_IDLE else { return false }
        return !waitForInput(milliseconds: 0)
    }

    /// Runs one statement with parameters. Behind a transaction pooler nothing is prepared by name.
    func query(_ statement: Statement, _ parameters: [Parameter] = []) throws(Failure) -> [Row] {
        let values = CStrings(try parameters.map { parameter throws(Failure) in try parameter.checked() })
        defer { withExtendedLifetime(values) {} }
        let count = Int32(parameters.count)
        if statement.isPrepared, try prepare(statement) {
            let result = PQexecPrepared(handle, statement.name, count, values.pointers, nil, nil, 0)
            guard isOutdated(result) else { return try rows(of: result, named: statement.name) }
            PQclear(result)
        }
        let result = PQexecParams(handle, statement.sql, count, nil, values.pointers, nil, nil, 0)
        return try rows(of: result, named: statement.name)
    }

    /// Whether the server has the statement by its name now.
    private func prepare(_ statement: Statement) throws(Failure) -> Bool {
        if prepared.contains(statement.name) { return true }
        guard isDirect else { return false }
        _ = try rows(of: PQprepare(handle, statement.name, statement.sql, 0, nil), named: statement.name)
        prepared.insert(statement.name)
        return true
    }

    /// Whether the server refused a prepared statement before it ran, as it does once the statement is gone or its columns are
    /// others. Outside of a transaction all are forgotten then, and it may be asked in full.
    private func isOutdated(_ result: OpaquePointer?) -> Bool {
        guard let state = field(result, RundumPGSQLState), Self.outdated.contains(state) else { return false }
        guard PQtransactionStatus(handle) == PQTRANS_IDLE else { return false }
        PQclear(PQexec(handle, "deallocate all"))
        prepared = []
        return true
    }

    /// No such prepared statement; a cached plan whose result type changed.
    private static let outdated: Set = ["26000", "0A000"]

    private func leadsToServer() -> Bool {
        let result = PQexec(handle, "select pg_backend_pid()")
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK, let value = PQgetvalue(result, 0, 0) else { return false }
        return Int32(String(cString: value)) == PQbackendPID(handle)
    }

    /// Runs a script of several statements without parameters, as one transaction unless it says otherwise.
    func script(_ sql: String, named name: String) throws(Failure) {
        _ = try rows(of: PQexec(handle, sql), named: name)
    }

    /// Runs `body` in a transaction, which is rolled back when it throws.
    func transaction<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        try script("begin", named: "transaction.begin")
        let result: R
        do throws(Failure) { result = try body() } catch {
            try? script("rollback", named: "transaction.rollback")
            throw error
        }
        try script("commit", named: "transaction.commit")
        return result
    }

    /// Sends the lines of a COPY from standard input.
    func copy(_ statement: Statement, _ lines: String) throws(Failure) {
        var rest: [UInt8]? = Array(lines.utf8)
        try copy(statement) {
            defer { rest = nil }
            return rest
        }
    }

    /// Sends a COPY from standard input piece by piece: the server takes one in while the next one is made.
    ///
    /// - Parameter next: the following bytes, of any length; nil at the end. What it throws ends the COPY without a row.
    func copy(_ statement: Statement, _ next: () throws(Failure) -> [UInt8]?) throws(Failure) {
        let start = PQexec(handle, statement.sql)
        guard PQresultStatus(start) == PGRES_COPY_IN else {
            _ = try rows(of: start, named: statement.name)
            throw Failure(.internalError, "The database refused a statement.", detail: "\(statement.name): no COPY")
        }
        PQclear(start)
        var isSent = true
        var failure: Failure?
        do throws(Failure) {
            while isSent, let bytes = try next() { isSent = send(bytes) }
        } catch {
            failure = error
        }
        _ = PQputCopyEnd(handle, isSent && failure == nil ? nil : "the data could not be sent")
        // Every result is read, so that the connection is free again; the first failure counts.
        while let result = PQgetResult(handle) {
            do throws(Failure) { _ = try rows(of: result, named: statement.name) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in
            // In pieces: one that is larger than a message may be is refused.
            stride(from: 0, to: raw.count, by: Self.pieceBytes).allSatisfy { offset in
                let piece = raw[offset..<min(offset + Self.pieceBytes, raw.count)]
                return UnsafeRawBufferPointer(rebasing: piece).withMemoryRebound(to: CChar.self) {
                    PQputCopyData(handle, $0.baseAddress, Int32($0.count)) == 1
                }
            }
        }
    }

    private static let pieceBytes = 1 << 20

    /// Waits for a notification on a channel that is listened to; false after the time. Throws when the connection ended.
    func waitForNotification(milliseconds: Int32) throws(Failure) -> Bool {
        if takeNotification() { return true }
        guard waitForInput(milliseconds: milliseconds) else { return false }
        guard PQconsumeInput(handle) == 1 else {
            throw Failure(
                .databaseUnavailable, "The connection to the database ended.",
                detail: String(cString: PQerrorMessage(handle)).trimmed)
        }
        return takeNotification()
    }

    private func takeNotification() -> Bool {
        var taken = false
        while let notification = PQnotifies(handle) {
            taken = true
            PQfreemem(notification)
        }
        return taken
    }

    private func waitForInput(milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    private func rows(of result: OpaquePointer?, named name: String) throws(Failure) -> [Row] {
        if let result, PQresultStatus(result) == PGRES_TUPLES_OK {
            return ResultTable(result, statement: name).rows
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: return []
        default:
            throw Failure(
                DatabaseError(
                    statement: name, sqlState: field(result, RundumPGSQLState),
                    message: field(result, RundumPGMessage)
                        ?? String(cString: PQerrorMessage(handle)).trimmed,
                    detail: field(result, RundumPGDetail), hint: field(result, RundumPGHint),
                    column: field(result, RundumPGColumn), connected: PQstatus(handle) == CONNECTION_OK))
        }
    }

    private func field(_ result: OpaquePointer?, _ code: Int) -> String? {
        PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
    }
}

/// C strings that live as long as this does.
private final class CStrings {
    private(set) var pointers: [UnsafePointer<CChar>?]

    init(_ strings: [String?]) { pointers = strings.map { $0.flatMap { UnsafePointer(strdup($0)) } } }

    deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
