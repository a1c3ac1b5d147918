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
        case .failed(attempt, let failure): return .failed(failure.bounded)
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
            guard Self.isMediaType(file.mediaType), file.file.utf8.count <= 4096 else {
                throw Self.violation("an output with the media type \(file.mediaType.prefix(100).debugDescription)")
            }
            let known = entries.emitted.contains { $0.name == file.name || $0.path == file.path }
            guard !known else { throw Self.violation("the output \(file.name) twice") }
            entries.emitted.append(file)
        }
    }

    private func note(_ flag: ReviewFlag) throws(Failure) {
        let texts = [flag.code, flag.summary, flag.hint ?? "", flag.slot ?? ""]
        guard texts.allSatisfy({ $0.utf8.count <= Self.maxLineLength }) else { throw Self.violation("a long flag") }
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

    /// `type/subtype` of RFC 6838's characters: it will stand in a header one day.
    static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && text.utf8.count <= 100
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".+-_".contains($0)) }
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

extension Failure {
    /// The same failure with texts of a length that a row and a page can take.
    fileprivate var bounded: Failure {
        func cut(_ text: String?) -> String? { text.map { String($0.prefix(AttemptLedger.maxLineLength)) } }
        return Failure(code, cut(summary) ?? "", hint: cut(hint), slot: cut(slot), detail: cut(detail))
    }
}
