import Foundation
import JobQueue
import Pipeline
import Synchronization
import TestKit
import Testing

@testable import Worker

/// How a worker stops, and what it survives.
@Suite(.timeLimit(.minutes(2))) struct WorkerLifeTests {
    private let bench: WorkerBench<MemoryJobStore>
    private let clock = ManualClock()

    init() throws { bench = try WorkerBench(MemoryJobStore(now: { [clock] in clock.now })) }

    @Test func `a stop waits for what runs and takes nothing more`() async throws {
        let running = try await bench.enqueueGate()
        let worker = bench.worker { $0.limits.executors = 1 }
        let life = Task { try await worker.run() }
        #expect(await eventually { bench.pidsAtGate.count == 1 })
        worker.stop()
        let waiting = try await bench.enqueue("echo")
        try bench.openGate()
        try await life.value
        #expect(try await bench.job(running).state == .succeeded)
        #expect(try await bench.job(waiting).state == .queued)
        #expect(try await bench.store.sweep() == SweepReport(rescued: 0, promoted: 0))
        #expect(bench.pidsAtGate.allSatisfy { kill($0, 0) == -1 })
    }

    @Test(arguments: ["limit", "now", "cancelled"])
    func `what outlasts the drain is handed back and costs no attempt`(how: String) async throws {
        let id = try await bench.enqueueGate()
        let worker = bench.worker { $0.limits.drain = how == "limit" ? .milliseconds(50) : .seconds(600) }
        let life = Task { try await worker.run() }
        #expect(await eventually { bench.pidsAtGate.count == 1 })
        switch how {
        case "limit": worker.stop()
        case "now": worker.stopNow()
        default: life.cancel()
        }
        try await life.value
        let job = try await bench.job(id)
        #expect(job.state == .queued && job.attempt == 0 && job.failure == nil)
        #expect(bench.pidsAtGate.allSatisfy { kill($0, 0) == -1 })
        #expect(bench.outcomes == ["released"])
        #expect(!bench.folder.content.contains { $0.hasPrefix("scratch/") })
    }

    @Test func `a worker that is stopped before it began ends`() async throws {
        await bench.store.setAway(true)
        let worker = bench.worker()
        let life = Task { try await worker.run() }
        worker.stop()
        try await life.value
    }

    @Test func `a cancelled job is stopped in the middle and its executor lives on`() async throws {
        try await bench.working(as: bench.worker { $0.limits.executors = 1 }) { _ in
            let id = try await bench.enqueueGate()
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            let start = ContinuousClock.now
            _ = try await bench.store.cancel(id, tenant: "dealer")
            #expect(try await bench.final(id).state == .canceled)
            #expect(ContinuousClock.now - start < .seconds(20))
            try bench.openGate()
            #expect(try await bench.final(bench.enqueueGate()).state == .succeeded)
            #expect(bench.pidsAtGate.count == 1)
        }
        #expect(bench.outcomes == ["cancelled", "succeeded"])
    }

    @Test func `progress is seen by callers`() async throws {
        try await bench.working { _ in
            let id = try await bench.enqueueGate()
            let isSeen = try await eventually {
                try await bench.job(id).progress == JobProgress(fraction: 0.5, step: "waiting")
            }
            #expect(isSeen)
            try bench.openGate()
            #expect(try await bench.final(id).progress.fraction == 1)
        }
    }

    @Test func `an executor killed in the middle costs one attempt and not the result`() async throws {
        let id = try await bench.enqueueGate()
        try await bench.working { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            for pid in bench.pidsAtGate { kill(pid, SIGKILL) }
            #expect(await eventually { bench.pidsAtGate.count == 2 })
            try bench.openGate()
            let job = try await bench.final(id)
            #expect(job.state == .succeeded && job.attempt == 2)
            #expect(try bench.text("text", of: job) == "through")
        }
        #expect(await bench.store.completions == [id: 1])
        #expect(bench.outcomes == ["retry", "succeeded"])
    }

    @Test func `a queue that goes away is waited for, woken up, and told the result once`() async throws {
        let rescuer = Rescuer(bench.store)
        let id = try await bench.enqueueGate()
        try await bench.working(as: bench.worker { $0.revive = rescuer.revive }) { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            await bench.store.setAway(true)
            try bench.openGate()
            #expect(await eventually { await rescuer.calls >= 3 })
            let job = try await bench.final(id)
            #expect(job.state == .succeeded && job.attempt == 1)
        }
        #expect(await bench.store.completions == [id: 1])
    }

    @Test func `jobs of a claim whose answer was lost are not lost`() async throws {
        await bench.store.loseNextClaimAnswer()
        let id = try await bench.enqueue("echo")
        try await bench.working { _ in
            #expect(await eventually { await bench.store.heldByWorkers == 1 })
            clock.advance(by: .seconds(3))
            let job = try await bench.final(id)
            #expect(job.state == .succeeded && job.attempt == 1)
        }
    }

    @Test func `jobs of a lost answer do not wait for what the worker holds besides`() async throws {
        let long = try await bench.enqueueGate()
        try await bench.working { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            await bench.store.loseNextClaimAnswer()
            let lost = try await bench.enqueue("echo")
            #expect(await eventually { await bench.store.heldByWorkers == 2 })
            clock.advance(by: .seconds(3))
            let job = try await bench.final(lost)
            #expect(job.state == .succeeded && job.attempt == 1)
            try bench.openGate()
            #expect(try await bench.final(long).attempt == 1)
        }
        #expect(bench.outcomes == ["succeeded", "succeeded"])
    }

    @Test func `a lost lease stops the work, and only the next attempt counts`() async throws {
        let id = try await bench.enqueueGate()
        try await bench.working { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            clock.advance(by: .seconds(3600))
            // The other worker in this story.
            _ = try await bench.store.sweep()
            #expect(await eventually { bench.outcomes.first == "lost" })
            try bench.openGate()
            #expect(try await bench.final(id).state == .succeeded)
        }
        #expect(await bench.store.completions == [id: 1])
        #expect(bench.outcomes == ["lost", "succeeded"])
    }

    @Test func `a queue that does not know the worker is not asked without a pause`() async throws {
        let id = try await bench.enqueueGate()
        // Nothing makes it join anew.
        let worker = bench.worker { ($0.heartbeat, $0.poll) = (.seconds(3600), .milliseconds(1)) }
        try await bench.working(as: worker) { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            clock.advance(by: .seconds(3600))
            let start = ContinuousClock.now
            _ = try await bench.store.sweep()
            #expect(await eventually { bench.count(of: "Could not claim") >= 3 })
            // Counted first: more may come before the clock is read, never fewer.
            let tries = bench.count(of: "Could not claim")
            #expect(tries <= Int((ContinuousClock.now - start) / .milliseconds(50)) + 2)
            try bench.openGate()
        }
        #expect(try await bench.job(id).state == .queued)
        #expect(bench.outcomes == ["lost"])
    }

    @Test func `a worker whose executors do not start gives up and counts nothing`() async throws {
        let id = try await bench.enqueue("echo")
        let worker = bench.worker { $0.command = ExecutorCommand(path: "/bin/false", arguments: []) }
        let failure = await #expect(throws: Failure.self) { try await worker.run() }
        #expect(failure?.code == .workerCrashed)
        #expect(try await bench.job(id).state == .queued)
        #expect(try await bench.job(id).attempt == 0)
    }

    @Test func `a scratch folder that can't be made ends the worker at once`() async throws {
        let file = bench.folder.url.appending(path: "file")
        try Data().write(to: file)
        let worker = bench.worker { $0.scratch = file }
        let failure = await #expect(throws: Failure.self) { try await worker.run() }
        #expect(failure?.code == .storageUnavailable)
    }

    @Test func `budgets that do not fit together run one after the other`() async throws {
        let first = try await bench.enqueueGate()
        try await bench.working(as: bench.worker { $0.limits.memoryBytes = 300 << 20 }) { _ in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            let second = try await bench.enqueue("echo")
            #expect(await eventually { await bench.store.heldByWorkers == 2 })
            #expect(try await bench.job(second).state == .running)
            try bench.openGate()
            for id in [first, second] { #expect(try await bench.final(id).state == .succeeded) }
        }
        let ended = bench.lines.withLock { $0 }.first { $0.contains("\"outcome\"") }
        #expect(ended?.contains("\"gate\"") == true)
    }

    @Test func `a live job does not wait for the backfill's to end`() async throws {
        let bulk = try await bench.enqueueGate(priority: 3)
        let behind = try await bench.enqueueGate(priority: 3)
        var lateOne: UUID?
        try await bench.working(as: bench.worker { $0.limits.executors = 1 }) { worker in
            #expect(await eventually { bench.pidsAtGate.count == 1 })
            let live = try await bench.enqueue("echo")
            #expect(try await bench.final(live).state == .succeeded)
            #expect(try await bench.job(behind).state == .queued)
            // Without the place beside, the next one would have to wait.
            var limits = worker.state.limits
            limits.liveExtra = 0
            await worker.apply(limits)
            let late = try await bench.enqueue("echo", ["text": "late"])
            try bench.openGate()
            for id in [bulk, behind, late] { #expect(try await bench.final(id).state == .succeeded) }
            lateOne = late
        }
        // By their claims, and after the worker's end: lines of the log are written after the queue knows, in any order.
        let late = try #require(lateOne)
        #expect(try #require(bench.fence(of: late)) < #require(bench.fence(of: behind)))
    }

    @Test func `a used-up executor is replaced`() async throws {
        try bench.openGate()
        let worker = bench.worker { config in
            config.limits.executors = 1
            config.recycleAfterJobs = 2
        }
        try await bench.working(as: worker) { _ in
            for text in ["a", "b", "c", "d"] {
                let id = try await bench.enqueue("gate", ["folder": .string(bench.gate.path)], inputs: [(text, text)])
                #expect(try await bench.final(id).state == .succeeded)
            }
        }
        #expect(bench.pidsAtGate.count == 2)
    }

    @Test func `many jobs end once each while executors die`() async throws {
        try bench.openGate()
        var ids: [UUID] = []
        for index in 0..<40 { ids.append(try await bench.enqueue("echo", ["text": .string("\(index)")])) }
        for index in 0..<4 {
            ids.append(try await bench.enqueue("fault", ["how": "crash"], inputs: [("n", "\(index)")]))
        }
        try await bench.working { _ in
            for id in ids { _ = try await bench.final(id) }
        }
        let completions = await bench.store.completions
        #expect(completions.count == 40 && completions.values.allSatisfy { $0 == 1 })
        #expect(await bench.store.staleEnds == 0)
    }
}

/// Brings a store back at the third call.
private actor Rescuer {
    private let store: MemoryJobStore
    private(set) var calls = 0

    init(_ store: MemoryJobStore) { self.store = store }

    func revive() async throws(Failure) {
        calls += 1
        guard calls >= 3 else { throw Failure(.databaseUnavailable, "It does not start.") }
        await store.setAway(false)
    }
}
