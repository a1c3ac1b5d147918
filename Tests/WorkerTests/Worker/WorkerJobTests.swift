import Foundation
import JobQueue
import Pipeline
import Storage
import TestKit
import Testing

@testable import Worker

/// What a worker makes of jobs: results, cache, failures.
@Suite(.timeLimit(.minutes(2))) struct WorkerJobTests {
    private let bench: WorkerBench<MemoryJobStore>

    init() throws { bench = try WorkerBench(MemoryJobStore()) }

    @Test func `a job ends with its files stored and its record written`() async throws {
        try await bench.working { _ in
            let id = try await bench.enqueue("echo", ["text": "hi"], inputs: [("../../evil.jpg", "bytes")])
            let job = try await bench.final(id)
            #expect(job.state == .succeeded && !job.cached && job.attempt == 1)
            let result = try #require(job.result)
            #expect(result.ok && result.kind == "echo" && result.version == 3)
            #expect(result.identity == ["echo@3", "parrot-1"])
            #expect(result.data == ["text": "hi", "names": ["../../evil.jpg"]])
            #expect(result.seconds > 0 && result.peakBytes > 1 << 20)
            let text = try #require(result.outputs["text"])
            #expect(text.file == "text" && text.bytes == 2 && text.mediaType == "text/plain" && text.width == 2)
            #expect(try bench.text("text", of: job) == "hi")
            #expect(try bench.text("copies/photo-1", of: job) == "bytes")
            #expect(try await bench.store.owns(blob: text.sha256, tenant: "dealer"))
        }
        #expect(bench.outcomes == ["succeeded"])
        #expect(!bench.folder.content.contains { $0.hasPrefix("scratch/") })
    }

    @Test func `the same again comes from the cache and needs no executor`() async throws {
        let inputs = [(name: "a.jpg", text: "bytes")]
        var first: Job?
        try await bench.working { _ in first = try await bench.final(bench.enqueue("echo", inputs: inputs)) }
        let worker = bench.worker { config in
            config.command.path = "/no/such/program"
            config.startsAhead = false
        }
        try await bench.working(as: worker) { _ in
            let again = try await bench.final(bench.enqueue("echo", inputs: inputs))
            #expect(again.state == .succeeded && again.cached)
            #expect(again.result == first?.result)
        }
        #expect(bench.outcomes == ["succeeded", "cached"])
    }

    @Test func `other bytes, options or names are other work`() async throws {
        try await bench.working { _ in
            let first = try await bench.final(bench.enqueue("echo", inputs: [("a", "1")]))
            let bytes = try await bench.final(bench.enqueue("echo", inputs: [("a", "2")]))
            let options = try await bench.final(bench.enqueue("echo", ["text": "x"], inputs: [("a", "1")]))
            let name = try await bench.final(bench.enqueue("echo", inputs: [("b", "1")]))
            let same = try await bench.final(bench.enqueue("echo", ["text": "hello"], inputs: [("a", "1")]))
            #expect([first, bytes, options, name].allSatisfy { !$0.cached })
            #expect(same.cached, "a default that is said is the same as one that is not")
        }
    }

    @Test func `a cached result with a lost file is made anew`() async throws {
        try await bench.working { _ in
            let first = try await bench.final(bench.enqueue("echo"))
            try bench.blobs.remove(try #require(first.result?.outputs["text"]?.sha256))
            let again = try await bench.final(bench.enqueue("echo"))
            #expect(!again.cached)
            #expect(again.result?.outputs == first.result?.outputs)
            #expect(try bench.text("text", of: again) == "hello")
        }
    }

    @Test func `a flagged result waits for a person, also from the cache`() async throws {
        try await bench.working { _ in
            for cached in [false, true] {
                let job = try await bench.final(bench.enqueue("echo", ["text": "review"]))
                #expect(job.state == .review && job.cached == cached && job.result?.ok == true)
                #expect(job.result?.review == [ReviewFlag(code: "looks_odd", summary: "It looks odd.")])
            }
        }
    }

    @Test func `a damaged picture fails at once and is named`() async throws {
        try await bench.working { _ in
            let job = try await bench.final(bench.enqueue("echo", inputs: [("a.jpg", "broken")]))
            #expect(job.state == .failed && job.attempt == 1)
            #expect(job.failure?.failure == Failure(.imageCorrupt, "The picture is damaged.", slot: "photo-1"))
        }
        #expect(bench.outcomes == ["failed"])
    }

    @Test func `an input whose bytes are gone is named`() async throws {
        let id = try await bench.enqueue("echo", inputs: [("a", "1"), ("b", "2")])
        try bench.blobs.remove(await bench.put("2"))
        try await bench.working { _ in
            let job = try await bench.final(id)
            #expect(job.failure?.failure.code == .inputMissing && job.failure?.failure.slot == "photo-2")
        }
    }

    @Test(arguments: [["loud": true], ["text": 7]] as [JSONValue])
    func `options that do not fit fail without an executor`(options: JSONValue) async throws {
        try await bench.working(as: bench.worker { $0.command.path = "/no/such/program" }) { _ in
            let job = try await bench.final(bench.enqueue("echo", options))
            #expect(job.state == .failed && job.failure?.failure.kind == .invalidOptions)
        }
    }

    @Test func `a crash is tried once more and then told with its signal`() async throws {
        try await bench.working { _ in
            let job = try await bench.final(bench.enqueue("fault", ["how": "crash"]))
            #expect(job.state == .failed && job.attempt == 2)
            #expect(job.failure?.failure.code == .workerCrashed)
            #expect(job.failure?.failure.detail?.contains("SIGSEGV") == true)
            // The next job finds an executor all the same.
            #expect(try await bench.final(bench.enqueue("echo")).state == .succeeded)
        }
        #expect(bench.outcomes == ["retry", "failed", "succeeded"])
    }

    @Test(arguments: ["outside", "link"]) func `files from elsewhere are not taken`(fault: String) async throws {
        // The fixture speaks with the fence that its input is named after, and this store's first fence is 1.
        let id = try await bench.enqueue("fault", ["how": .string(fault)], inputs: [("1", "x")])
        try await bench.working { _ in
            _ = await eventually { bench.outcomes.first == "retry" }
            let job = try await bench.job(id)
            #expect(job.failure?.failure.code == .workerCrashed)
            #expect(job.result == nil)
            _ = try await bench.store.cancel(id, tenant: "dealer")
            #expect(try await bench.final(id).state == .canceled)
        }
        #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
    }

    @Test func `too much memory and too much time have their own codes`() async throws {
        try await bench.working { _ in
            let fat = try await bench.enqueue("fault", ["how": "allocate", "megabytes": 32])
            let late = try await bench.enqueue("fault", ["how": "slow", "seconds": 0.1])
            #expect(try await bench.final(fat).failure?.failure.code == .memoryExceeded)
            #expect(try await bench.final(late).failure?.failure.code == .deadlineExceeded)
            #expect(try await bench.job(late).attempt == 2)
        }
    }

    @Test func `outputs of one job are inputs of the next`() async throws {
        let first = JobRequest(kind: "echo", options: ["text": "one"], inputs: [])
        let second = JobRequest(
            kind: "echo", options: ["text": "two"],
            inputs: [JobInput(slot: "front", name: "front.txt", source: .output(job: "a", name: "text"))])
        let request = WorkflowRequest(
            name: "pair", steps: [.init(label: "b", job: second), .init(label: "a", job: first)])
        let flow = try await bench.store.enqueue(request, tenant: "dealer", idempotencyKey: "once")
        try await bench.working { _ in
            let last = try await bench.final(flow.jobs[0].id)
            #expect(try bench.text("copies/front", of: last) == "one")
        }
        let replayed = try await bench.store.enqueue(request, tenant: "dealer", idempotencyKey: "once")
        #expect(replayed.replayed && replayed.jobs.map(\.id) == flow.jobs.map(\.id))
    }
}
