internal import Pipeline

/// What PostgreSQL answered instead of a result.
struct DatabaseError {
    let statement: String
    /// Nil when the connection broke before there was an answer.
    let sqlState: String?
    let message: String
    let detail: String?
    let hint: String?
    let column: String?
    let connected: Bool
}

extension Failure {
    /// The only table from SQLSTATE to failures. Our own functions raise class RU, whose texts are meant for callers.
    init(_ error: DatabaseError) {
        let state = error.sqlState ?? ""
        let parts = ["\(error.statement):", state, error.message, error.detail].compactMap { $0 }
        let detail = parts.filter { !$0.isEmpty }.joined(separator: " ")
        if let code = Self.answers[state] {
            self.init(code, error.message, hint: error.hint, slot: error.column)
        } else if Self.malformed.contains(state) {
            self.init(.invalidRequest, "The request holds a value that can't be stored.", detail: detail)
        } else if Self.notSetUp.contains(state) {
            self.init(
                .databaseUnavailable, "The database has no tables of this version.",
                hint: "Run `rundum db migrate`.", detail: detail)
        } else if !error.connected || Self.passing.contains(String(state.prefix(2))) {
            self.init(
                .databaseUnavailable, "The database is not available.", hint: "Try again in a moment.", detail: detail)
        } else {
            self.init(.internalError, "The database refused a statement.", detail: detail)
        }
    }

    private static let answers: [String: Code] = [
        "RU400": .invalidRequest, "RU404": .notFound, "RU409": .conflict, "RU410": .inputMissing,
        "RU422": .idempotencyMismatch,
    ]
    /// Check violations, characters that UTF-8 text or jsonb can't hold, numbers and times out of range.
    private static let malformed: Set = ["23514", "22P05", "22021", "22003", "22007", "22008", "22P02"]
    /// No such schema, function or table.
    private static let notSetUp: Set = ["3F000", "42883", "42P01"]
    /// Connection, rollback (serialisation, deadlock), resources, object state, operator intervention, system error.
    private static let passing: Set = ["", "08", "25", "40", "53", "55", "57", "58"]
}
