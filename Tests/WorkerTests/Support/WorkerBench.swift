import Foundation
import JobQueue
import Pipeline
import Storage
import Synchronization
import TestKit

@testable import Worker

/// A worker with quick habits on any queue, executors of the fixture program and a folder for everything.
final class WorkerBench<Store: JobStore>: Sendable {
    let folder: TemporaryFolder
    let store: Store
    let blobs: DirectoryBlobStore
    let lines = Mutex<[String]>([])

    init(_ store: Store) throws {
        self.store = store
        folder = try TemporaryFolder()
        blobs = try DirectoryBlobStore(root: folder.url.appending(path: "blobs"))
        try FileManager.default.createDirectory(at: gate, withIntermediateDirectories: true)
    }

    /// The folder of the gate stage.
    var gate: URL { folder.url.appending(path: "gate") }

    /// The processes that stand or stood at the gate.
    var pidsAtGate: [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: gate.path)) ?? []
        return names.compactMap { $0.hasPrefix("started-") ? pid_t($0.dropFirst(8)) : nil }
    }

    func openGate() throws { try Data().write(to: gate.appending(path: "open")) }

    func worker(_ change: (inout WorkerConfiguration) -> Void = { _ in }) -> Worker {
        var configuration = WorkerConfiguration(scratch: folder.url.appending(path: "scratch"))
        configuration.limits.executors = 2
        configuration.command = .fixture
        configuration.heartbeat = .milliseconds(20)
        configuration.sweep = .milliseconds(20)
        configuration.poll = .milliseconds(100)
        configuration.grace = .milliseconds(300)
        configuration.retryBase = .zero
        configuration.jitter = { 1 }
        configuration.log = Log(level: .debug) { [self] line in lines.withLock { $0.append(line) } }
        change(&configuration)
        return Worker(store: store, blobs: blobs, registry: FixtureRegistry.registry, configuration: configuration)
    }

    /// Runs a worker around `body`, then lets it drain.
    func working(_ body: (Worker) async throws -> Void) async throws { try await working(as: worker(), body) }

    func working(as worker: Worker, _ body: (Worker) async throws -> Void) async throws {
        let life = Task { try await worker.run() }
        do { try await body(worker) } catch {
            worker.stopNow()
            _ = await life.result
            throw error
        }
        worker.stop()
        try await life.value
    }

    /// Stores bytes of the dealer's.
    func put(_ text: String) async throws -> String {
        let file = folder.url.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        let blob = try blobs.put(file: file, move: true)
        try await store.own(blob: blob.sha256, bytes: blob.bytes, tenant: "dealer")
        return blob.sha256
    }

    func enqueue(
        _ kind: Kind, _ options: JSONValue = [:], inputs: [(name: String, text: String)] = [], priority: Int = 1
    ) async throws -> UUID {
        var request = JobRequest(kind: kind, options: options, inputs: [], priority: priority)
        for (index, input) in inputs.enumerated() {
            let source = JobInput.Source.blob(sha256: try await put(input.text))
            request.inputs.append(JobInput(slot: "photo-\(index + 1)", name: input.name, source: source))
        }
        guard let job = try await store.enqueue(request, tenant: "dealer", idempotencyKey: nil).jobs.first else {
            throw Failure(.internalError, "Nothing was enqueued.")
        }
        return job.id
    }

    func enqueueGate(priority: Int = 1) async throws -> UUID {
        try await enqueue("gate", ["folder": .string(gate.path)], priority: priority)
    }

    func job(_ id: UUID) async throws -> Job { try await store.job(id, tenant: "dealer") }

    /// The job when it is final; a queue that is away meanwhile is waited for.
    func final(_ id: UUID) async throws -> Job {
        _ = await eventually {
            do { return try await job(id).state.isFinal } catch { return false }
        }
        return try await job(id)
    }

    func text(_ name: String, of job: Job) throws -> String? {
        guard let output = job.result?.outputs[name] else { return nil }
        return String(decoding: try Data(contentsOf: blobs.file(output.sha256)), as: UTF8.self)
    }

    /// The outcomes in the attempts' log lines, in order.
    var outcomes: [String] { ends.compactMap { $0["outcome"]?.stringValue } }

    /// How many lines of the log say this.
    func count(of message: String) -> Int { lines.withLock { $0.count { $0.contains(message) } } }

    /// The number of the claim of a job that has ended; later claims have higher ones.
    func fence(of job: UUID) -> Int? {
        ends.first { $0["job.id"]?.stringValue == job.uuidString.lowercased() }?["fence"]?.intValue
    }

    private var ends: [JSONValue] {
        lines.withLock { $0 }.compactMap { try? JSON.decode(JSONValue.self, from: Data($0.utf8)) }
    }
}
