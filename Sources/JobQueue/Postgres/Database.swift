internal import Foundation
public import Pipeline
internal import Synchronization

/// A PostgreSQL database: a few connections, each on a thread of its own, made when needed and again after they broke.
///
/// Nothing of a session is relied upon, so the URL may name a pooler in transaction mode.
public final class Database: Sendable {
    /// A connection string or URI as libpq takes it.
    public let url: String
    private let state: Mutex<State>

    private struct State {
        var idle: [Session] = []
        var room: Int
        var waiting: [CheckedContinuation<Session, Never>] = []
    }

    /// Connects when it is first used.
    ///
    /// - Parameter connections: how many at once at most; further callers wait in line.
    public init(url: String, connections: Int = 4) {
        self.url = url
        state = Mutex(State(room: max(connections, 1)))
    }

    /// Whether the server answers.
    public func ping() async throws(Failure) { _ = try await query(Statement("ping", "select 1")) }

    /// Ends the connections that are not in use.
    public func close() async {
        for session in state.withLock({ state in state.idle }) { await session.close() }
    }

    /// Runs SQL that has no place in the program; for tests. A script gives no rows.
    package func execute(_ sql: String, _ parameters: [String?]? = nil) async throws(Failure) -> [[String?]] {
        try await run { connection throws(Failure) in
            guard let parameters else {
                try connection.script(sql, named: "execute")
                return []
            }
            return try connection.query(Statement("execute", sql), parameters.map(Parameter.text)).map(\.cells)
        }
    }

    func query(_ statement: Statement, _ parameters: [Parameter] = []) async throws(Failure) -> [Row] {
        try await run { connection throws(Failure) in try connection.query(statement, parameters) }
    }

    /// Runs `body` on a connection's own thread.
    func run<R: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(Failure) -> R
    ) async throws(Failure) -> R {
        let session = await checkOut()
        let outcome = await session.perform(body)
        checkIn(session)
        return try outcome.get()
    }

    private func checkOut() async -> Session {
        await withCheckedContinuation { continuation in
            let session: Session? = state.withLock { state in
                if let session = state.idle.popLast() { return session }
                if state.room > 0 {
                    state.room -= 1
                    return Session(url: url)
                }
                state.waiting.append(continuation)
                return nil
            }
            if let session { continuation.resume(returning: session) }
        }
    }

    private func checkIn(_ session: Session) {
        let next: CheckedContinuation<Session, Never>? = state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.idle.append(session)
            return nil
        }
        next?.resume(returning: session)
    }
}

/// One connection and the thread that it blocks.
// @unchecked: `connection` is touched on `queue` only.
private final class Session: @unchecked Sendable {
    private let url: String
    private let queue = DispatchQueue(label: "rundum.database")
    private var connection: Connection?

    init(url: String) { self.url = url }

    func perform<R: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(Failure) -> R
    ) async -> Result<R, Failure> {
        await withCheckedContinuation { continuation in
            queue.async {
                let outcome = Result { () throws(Failure) in try body(self.connected()) }
                continuation.resume(returning: outcome)
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.connection = nil
                continuation.resume()
            }
        }
    }

    /// A connection that broke while nobody used it is replaced before a statement is lost on it.
    private func connected() throws(Failure) -> Connection {
        if let connection, connection.isFresh { return connection }
        connection = nil
        let made = try Connection(url)
        connection = made
        return made
    }
}
