internal import Foundation
internal import Pipeline
internal import Storage
internal import Synchronization

/// A stage on files, in this process: the same context as in a worker, with a folder as its sink.
struct DirectRun: Sendable {
    /// Files that belong together and the folder of their result.
    struct Item: Sendable {
        let name: String
        let files: [URL]
        /// Files of extra slots, by slot.
        var companions: [String: URL] = [:]
        let target: URL
    }

    let stage: any AnyStage
    let options: JSONValue

    /// Every item, some abreast: while one is written, the next runs through the network. Results come in the items' order.
    ///
    /// - Parameter told: called after each item, with how many are done.
    /// - Throws: what concerns a folder itself; `cancelled`.
    func run(
        _ items: [Item], abreast: Int, told: (StageResult, Item, Int) -> Void
    ) async throws(Failure) -> [StageResult] {
        var results = [StageResult?](repeating: nil, count: items.count)
        var (next, done) = (0, 0)
        var failure: Failure?
        await withTaskGroup(of: Finished.self) { group in
            while next < min(max(1, abreast), items.count) {
                group.addTask { [index = next] in await finished(index, items[index]) }
                next += 1
            }
            for await finished in group {
                switch finished.outcome {
                case .success(let result):
                    results[finished.index] = result
                    done += 1
                    told(result, items[finished.index], done)
                case .failure(let error): failure = failure ?? error
                }
                guard failure == nil, !Task.isCancelled, next < items.count else { continue }
                group.addTask { [index = next] in await self.finished(index, items[index]) }
                next += 1
            }
        }
        if let failure { throw failure }
        if Task.isCancelled { throw Failure(.cancelled, "The run was interrupted.") }
        return results.compactMap(\.self)
    }

    /// One item's end.
    private struct Finished: Sendable {
        let index: Int
        let outcome: Result<StageResult, Failure>
    }

    private func finished(_ index: Int, _ item: Item) async -> Finished {
        do throws(Failure) { return Finished(index: index, outcome: .success(try await run(item))) } catch {
            return Finished(index: index, outcome: .failure(error))
        }
    }

    /// The result, written to the item's folder; a failure of the stage is a result with `ok` false.
    ///
    /// - Throws: only what concerns the folder itself.
    func run(_ item: Item) async throws(Failure) -> StageResult {
        try Home.prepare(item.target.deletingLastPathComponent())
        var folder = try ResultFolder(item.target)
        let sink = FolderSink()
        let started = ContinuousClock.now
        var result = StageResult(kind: stage.kind, version: stage.version)
        do {
            result.data = try await runStage(item, in: folder.staging, sink)
            result.outputs = sink.outputs.withLock { $0 }
        } catch {
            (result.ok, result.failure) = (false, error)
        }
        result.review = sink.flags.withLock { $0 }
        result.identity = (try? stage.identity(for: options)) ?? []
        let took = (ContinuousClock.now - started).components
        result.seconds = Double(took.seconds) + Double(took.attoseconds) / 1e18
        result.peakBytes = Process.peakBytes
        try folder.add(JSON.encode(result, pretty: true), as: "result.json")
        try folder.finish()
        return result
    }

    private func runStage(_ item: Item, in staging: URL, _ sink: FolderSink) async throws(Failure) -> JSONValue {
        var inputs: [StageInput] = []
        let photos = item.files.enumerated().map { (slot: "photo-\($0 + 1)", file: $1) }
        let extras = item.companions.sorted { $0.key < $1.key }.map { (slot: $0.key, file: $0.value) }
        for (slot, file) in photos + extras {
            do {
                let hash = try SHA256Hasher.hash(file: ShowroomRun.readable(file)).sha256
                inputs.append(StageInput(slot: slot, name: file.lastPathComponent, file: file, sha256: hash))
            } catch { throw error.about(slot: slot) }
        }
        let scratch = staging.appending(path: ".scratch")
        try Home.prepare(scratch)
        defer { try? FileManager.default.removeItem(at: scratch) }
        sink.folder.withLock { $0 = staging }
        let context = StageContext(inputs: inputs, scratch: scratch, budget: try stage.budget(for: options), sink: sink)
        return try await stage.run(options, in: context)
    }
}

/// Takes what a stage emits into a folder.
private final class FolderSink: StageSink {
    let folder = Mutex<URL?>(nil)
    let outputs = Mutex<[String: OutputFile]>([:])
    let flags = Mutex<[ReviewFlag]>([])

    func progress(_ fraction: Double, _ step: String) {}

    func emit(_ file: EmittedFile) throws(Failure) {
        guard let folder = folder.withLock({ $0 }) else { return }
        let place = folder.appending(path: file.path)
        let blob = try SHA256Hasher.hash(file: file.file)
        do {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.moveItem(at: file.file, to: place)
            let output = OutputFile(
                file: file.path, sha256: blob.sha256, bytes: blob.bytes, mediaType: file.mediaType, width: file.width,
                height: file.height)
            outputs.withLock { $0[file.name] = output }
        } catch {
            throw Failure(
                .storageUnavailable, "\(file.path) can't be written.", hint: "Check the free space.", detail: "\(error)"
            )
        }
    }

    func review(_ flag: ReviewFlag) { flags.withLock { $0.append(flag) } }
    func log(_ message: String) {}
}

/// What the kernel says about this process.
private enum Process {
    /// The most resident memory so far.
    static var peakBytes: Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss * 1024
    }
}
