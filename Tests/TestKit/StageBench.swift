public import Foundation
public import Pipeline
internal import Storage
internal import Synchronization

/// Runs one stage on files in a folder of its own, and keeps what it reports; the folder goes with it.
public final class StageBench: StageSink, Sendable {
    public let folder: URL
    public let cancel = CancelFlag()
    private let kept = Mutex(Reports())
    private let cancelAt: Double

    /// Everything that the stage reported, in its order.
    public struct Reports: Sendable {
        public var files: [EmittedFile] = []
        public var progress: [Double] = []
        public var steps: [String] = []
        public var reviews: [ReviewFlag] = []
        public var lines: [String] = []
        /// When the bench raised the cancel flag.
        public var cancelled: ContinuousClock.Instant?
    }

    /// - Parameter cancelAt: raises the cancel flag as soon as this progress is reported.
    public init(cancelAt: Double = .infinity) throws {
        self.cancelAt = cancelAt
        folder = try TemporaryFolder.make("bench")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "scratch"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    public var reports: Reports { kept.withLock { $0 } }

    /// The emitted file of a name.
    public func file(_ name: String) -> EmittedFile? { reports.files.first { $0.name == name } }

    /// The bytes of the emitted file of a name; empty when there is none.
    public func bytes(_ name: String) -> Data { file(name).flatMap { try? Data(contentsOf: $0.file) } ?? Data() }

    /// A context whose inputs are `files` in the slots `photo-1` ... or those named.
    public func context(_ files: [URL], slots: [String]? = nil, budget: Budget) -> StageContext {
        let inputs = files.enumerated().map { index, file in
            StageInput(
                slot: slots?[index] ?? "photo-\(index + 1)", name: file.lastPathComponent, file: file,
                sha256: (try? SHA256Hasher.hash(file: file).sha256) ?? "")
        }
        return StageContext(
            inputs: inputs, scratch: folder.appending(path: "scratch"), budget: budget, cancel: cancel, sink: self)
    }

    /// Runs a stage within its own budget.
    public func run<S: Stage>(
        _ stage: S, _ options: S.Options = S.Options(), on files: [URL], slots: [String]? = nil
    ) async throws -> S.Output {
        try await stage.run(options, in: context(files, slots: slots, budget: S.budget(for: options)))
    }

    public func progress(_ fraction: Double, _ step: String) {
        kept.withLock {
            $0.progress.append(fraction)
            $0.steps.append(step)
            if fraction >= cancelAt, $0.cancelled == nil {
                $0.cancelled = .now
                cancel.raise()
            }
        }
    }
    public func emit(_ file: EmittedFile) throws(Failure) { kept.withLock { $0.files.append(file) } }
    public func review(_ flag: ReviewFlag) { kept.withLock { $0.reviews.append(flag) } }
    public func log(_ message: String) { kept.withLock { $0.lines.append(message) } }
}
