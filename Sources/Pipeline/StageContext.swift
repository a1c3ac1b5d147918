public import Foundation

/// All that a stage may touch. Injected whole, so a test builds one with a folder and nothing else.
public struct StageContext: Sendable {
    public let inputs: [StageInput]
    /// A folder for this attempt alone; it is removed afterwards.
    public let scratch: URL
    public let budget: Budget
    public let cancel: CancelFlag
    private let sink: any StageSink

    public init(
        inputs: [StageInput], scratch: URL, budget: Budget, cancel: CancelFlag = CancelFlag(), sink: any StageSink
    ) {
        (self.inputs, self.scratch, self.budget, self.cancel, self.sink) = (inputs, scratch, budget, cancel, sink)
    }

    /// The input in `slot`.
    public func input(_ slot: String) throws(Failure) -> StageInput {
        guard let input = inputs.first(where: { $0.slot == slot }) else {
            throw Failure(
                .invalidInputs, "The input \(slot) is missing.",
                hint: "Given were: \(inputs.map(\.slot).joined(separator: ", ")).", slot: slot)
        }
        return input
    }

    /// Reports progress and stops here when the job was cancelled. Call it at least once a second.
    ///
    /// - Parameters:
    ///   - fraction: 0...1 of this attempt; it is clamped, and never shown to go back.
    ///   - step: a short present-participle phrase for people, such as `refining the edge`.
    public func checkpoint(_ fraction: Double, _ step: String) throws(Failure) {
        if cancel.isRaised { throw Failure(.cancelled, "The job was cancelled.") }
        sink.progress(min(max(fraction, 0), 1), step)
    }

    /// Hands over a finished file. It may be moved away at once, so don't touch it afterwards.
    public func emit(_ file: EmittedFile) throws(Failure) { try sink.emit(file) }

    /// Marks the result for a person's eyes; the job ends in `review` instead of `succeeded`.
    public func review(_ flag: ReviewFlag) { sink.review(flag) }

    /// One line for operators, kept with the attempt.
    public func log(_ message: String) { sink.log(message) }
}

/// Where a context's reports go: the executor's channel, a folder, a test's recorder.
public protocol StageSink: Sendable {
    func progress(_ fraction: Double, _ step: String)
    func emit(_ file: EmittedFile) throws(Failure)
    func review(_ flag: ReviewFlag)
    func log(_ message: String)
}

/// A finished output file in the attempt's scratch folder.
public struct EmittedFile: Sendable, Equatable {
    /// The output's name: `mask`, `cutout`, `frames/003`.
    public let name: String
    /// The relative path that it gets in a result folder: `mask.png`, `frames/003.webp`.
    public let path: String
    public let file: URL
    public let mediaType: String
    public let width: Int?
    public let height: Int?

    public init(
        name: String, path: String, file: URL, mediaType: String, width: Int? = nil, height: Int? = nil
    ) {
        (self.name, self.path, self.file) = (name, path, file)
        (self.mediaType, self.width, self.height) = (mediaType, width, height)
    }
}

/// A reason why a person must look before a result is published.
public struct ReviewFlag: Sendable, Equatable, Codable {
    /// Stable wire name, such as `no_main_object`.
    public let code: String
    public let summary: String
    public let hint: String?
    public let slot: String?
    /// What a person can say where the job asks something, with the options that the stage runs once more with for it;
    /// nil where the result is whole and is only to be looked at. `approve` is the plain yes.
    public let answers: [String: JSONValue]?

    public init(
        code: String, summary: String, hint: String? = nil, slot: String? = nil, answers: [String: JSONValue]? = nil
    ) {
        (self.code, self.summary, self.hint, self.slot, self.answers) = (code, summary, hint, slot, answers)
    }
}
