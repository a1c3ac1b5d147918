internal import Foundation
internal import Pipeline
internal import Synchronization

/// Sends a stage's reports to the supervisor, and refuses outputs that the supervisor would not take.
final class ExecutorSink: StageSink {
    private struct State {
        var names: Set<String> = []
        var paths: Set<String> = []
        var lastProgress: ContinuousClock.Instant?
    }

    private let attempt: Int64
    private let scratch: URL
    private let channel: MessageChannel
    private let state = Mutex(State())
    /// More often than this nobody looks.
    private static let progressInterval = Duration.milliseconds(100)

    init(attempt: Int64, scratch: URL, channel: MessageChannel) {
        (self.attempt, self.scratch, self.channel) = (attempt, scratch, channel)
    }

    func progress(_ fraction: Double, _ step: String) {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.lastProgress, now - last < Self.progressInterval { return false }
            state.lastProgress = now
            return true
        }
        guard isDue, fraction.isFinite else { return }
        send(.progress(attempt: attempt, fraction: fraction, step: step))
    }

    func emit(_ file: EmittedFile) throws(Failure) {
        guard OutputPath.isSafe(file.name), OutputPath.isSafe(file.path) else {
            throw wrong("The output \(file.name) has a path that results can't have.")
        }
        guard file.file.standardizedFileURL.path.hasPrefix(scratch.standardizedFileURL.path + "/") else {
            throw wrong("The output \(file.name) is not in the attempt's folder.")
        }
        guard state.withLock({ $0.names.insert(file.name).inserted && $0.paths.insert(file.path).inserted }) else {
            throw wrong("The output \(file.name) was given twice.")
        }
        let note = EmitNote(
            name: file.name, path: file.path, file: file.file.path, mediaType: file.mediaType, width: file.width,
            height: file.height)
        try channel.send(ExecutorMessage.emit(attempt: attempt, file: note))
    }

    func review(_ flag: ReviewFlag) { send(.review(attempt: attempt, flag: flag)) }

    func log(_ message: String) { send(.log(attempt: attempt, message: message)) }

    /// A report that can't be sent means that the supervisor is gone; this process ends with it.
    private func send(_ message: ExecutorMessage) { try? channel.send(message) }

    private func wrong(_ summary: String) -> Failure { Failure(.internalError, summary) }
}
