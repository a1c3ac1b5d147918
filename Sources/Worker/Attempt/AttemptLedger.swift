internal import Pipeline
internal import Synchronization

/// What an executor said of one attempt so far; written by the channel's thread, read by the supervisor.
final class AttemptLedger: Sendable {
    struct Entries: Sendable, Equatable {
        var progress = JobProgress(fraction: 0, step: "")
        var emitted: [EmitNote] = []
        var review: [ReviewFlag] = []
        /// The last lines only.
        var log: [String] = []
    }

    static let maxOutputs = 4096
    static let maxFlags = 256
    static let maxLogLines = 100
    static let maxLineLength = 2000

    let attempt: Int64
    private let entries = Mutex(Entries())

    init(attempt: Int64) { self.attempt = attempt }

    var content: Entries { entries.withLock { $0 } }

    var progress: JobProgress { entries.withLock { $0.progress } }

    /// Notes a message, and answers the end when the message is one. Words about another attempt come late and are dropped.
    ///
    /// - Throws: `workerCrashed` for what no honest executor says.
    func receive(_ message: ExecutorMessage) throws(Failure) -> AttemptEnd? {
        switch message {
        case .hello: throw Self.violation("a second hello")
        case .progress(attempt, let fraction, let step): note(fraction, step)
        case .emit(attempt, let file): try note(file)
        case .review(attempt, let flag): try note(flag)
        case .log(attempt, let message): note(line: message)
        case .done(attempt, let data): return .done(data)
        case .failed(attempt, let failure): return .failed(failure)
        case .progress, .emit, .review, .log, .done, .failed: break
        }
        return nil
    }

    private func note(_ fraction: Double, _ step: String) {
        entries.withLock { entries in
            guard fraction.isFinite, fraction >= entries.progress.fraction else { return }
            entries.progress = JobProgress(fraction: min(fraction, 1), step: String(step.prefix(200)))
        }
    }

    private func note(_ file: EmitNote) throws(Failure) {
        try entries.withLock { (entries) throws(Failure) in
            guard entries.emitted.count < Self.maxOutputs else { throw Self.violation("too many outputs") }
            guard OutputPath.isSafe(file.path), OutputPath.isSafe(file.name) else {
                throw Self.violation("an output with the path \(file.path.debugDescription)")
            }
            let known = entries.emitted.contains { $0.name == file.name || $0.path == file.path }
            guard !known else { throw Self.violation("the output \(file.name) twice") }
            entries.emitted.append(file)
        }
    }

    private func note(_ flag: ReviewFlag) throws(Failure) {
        try entries.withLock { (entries) throws(Failure) in
            guard entries.review.count < Self.maxFlags else { throw Self.violation("too many review flags") }
            entries.review.append(flag)
        }
    }

    private func note(line: String) {
        entries.withLock { entries in
            if entries.log.count == Self.maxLogLines { entries.log.removeFirst() }
            entries.log.append(String(line.prefix(Self.maxLineLength)))
        }
    }

    static func violation(_ what: String) -> Failure {
        Failure(.workerCrashed, "The process that worked on the job broke off.", detail: "against the rules: \(what)")
    }
}

/// How an attempt on an executor ended.
enum AttemptEnd: Sendable, Equatable {
    case done(JSONValue)
    case failed(Failure)
    case exited(ExitReport)
}
