import Foundation
import Pipeline
import Synchronization

/// Remembers what a context reported, in order.
final class RecordingSink: StageSink {
    enum Event: Equatable {
        case progress(Double, String)
        case emitted(String)
        case review(String)
        case log(String)
    }

    private let recorded = Mutex<[Event]>([])
    var events: [Event] { recorded.withLock { $0 } }

    func progress(_ fraction: Double, _ step: String) { recorded.withLock { $0.append(.progress(fraction, step)) } }
    func emit(_ file: EmittedFile) throws(Failure) { recorded.withLock { $0.append(.emitted(file.name)) } }
    func review(_ flag: ReviewFlag) { recorded.withLock { $0.append(.review(flag.code)) } }
    func log(_ message: String) { recorded.withLock { $0.append(.log(message)) } }

    /// A context that reports here.
    func context(inputs: [StageInput] = [], cancel: CancelFlag = CancelFlag()) -> StageContext {
        StageContext(
            inputs: inputs, scratch: URL(filePath: "/nonexistent"), budget: Budget(pixels: 1, bytes: 1, wallSeconds: 1),
            cancel: cancel, sink: self)
    }
}
