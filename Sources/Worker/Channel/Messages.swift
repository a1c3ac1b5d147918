internal import Pipeline

/// What the supervisor tells an executor.
enum SupervisorMessage: Sendable, Equatable, Codable {
    case run(order: RunOrder)
    case cancel(attempt: Int64)
    /// Load the models of these kinds while there is nothing else to do.
    case warm(kinds: [Kind])
}

/// What an executor tells its supervisor; it is judged, never trusted: a hostile picture may be speaking.
enum ExecutorMessage: Sendable, Equatable, Codable {
    case hello(version: Int, pid: Int32)
    case progress(attempt: Int64, fraction: Double, step: String)
    case emit(attempt: Int64, file: EmitNote)
    case review(attempt: Int64, flag: ReviewFlag)
    case log(attempt: Int64, message: String)
    case done(attempt: Int64, data: JSONValue)
    case failed(attempt: Int64, failure: Failure)

    /// Raised when the messages change; supervisor and executor are the same binary, so a difference is a mix-up.
    static let version = 1
}

/// One attempt, as an executor gets it.
struct RunOrder: Sendable, Equatable, Codable {
    struct Input: Sendable, Equatable, Codable {
        let slot: String
        /// A label for people; never a path.
        let name: String
        let path: String
        let sha256: String
    }

    /// The attempt's fence, which every message about it carries.
    let attempt: Int64
    let kind: Kind
    let options: JSONValue
    let inputs: [Input]
    let scratch: String
    let budget: Budget
}

/// An output file that an executor says it has finished.
struct EmitNote: Sendable, Equatable, Codable {
    let name: String
    let path: String
    let file: String
    let mediaType: String
    let width: Int?
    let height: Int?
}
