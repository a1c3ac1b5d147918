import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

@Suite struct WorkerLifeTests {
    @Test func `progress never goes back`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        func report(_ fraction: Double, _ step: String) async throws -> Job {
            let report = AttemptReport(
                job: job.id, fence: claim.fence, progress: JobProgress(fraction: fraction, step: step))
            let reply = try await queue.store.heartbeat(queue.worker, lease: .seconds(60), attempts: [report])
            #expect(reply == HeartbeatReply(cancelled: [], lost: [], expired: false))
            return try await queue.job(job)
        }
        let first = try await report(0.5, "half \"done\", {really}")
        #expect(first.progress == JobProgress(fraction: 0.5, step: "half \"done\", {really}"))
        let late = try await report(0.3, "late")
        #expect(late.progress == first.progress)
        #expect(late.revision == first.revision, "nothing changed")
        let named = try await report(0.5, "still half")
        #expect(named.progress.step == "still half")
        #expect(named.revision > first.revision)
        #expect(try await report(.nan, "lost").progress == named.progress)
        #expect(try await report(7, "over").progress.fraction == 1)
    }

    @Test func `a heartbeat tells which attempts are lost, and whether the worker is`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        let stale = AttemptReport(job: job.id, fence: claim.fence - 1, progress: JobProgress(fraction: 1, step: "x"))
        let reply = try await queue.store.heartbeat(queue.worker, lease: .seconds(60), attempts: [stale])
        #expect(reply == HeartbeatReply(cancelled: [], lost: [job.id], expired: false))
        #expect(try await queue.job(job).progress.fraction == 0)
        let unknown = try await queue.store.heartbeat(99_999, lease: .seconds(60), attempts: [stale])
        #expect(unknown == HeartbeatReply(cancelled: [], lost: [job.id], expired: true))
        #expect(try await queue.store.heartbeat(queue.worker, lease: .seconds(1), attempts: []).lost.isEmpty)
    }

    @Test func `an expired lease frees its attempts, and the loss counts`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue()
        var worker = queue.worker
        for attempt in 1...2 {
            let claims = try await queue.store.claim(worker, kinds: ["cutout"], limit: 1)
            #expect(claims.first?.attempt == attempt)
            #expect(try await queue.store.sweep() == SweepReport(rescued: 0, promoted: 0))
            try await queue.db.rows(
                "update rundum.worker set lease_until = now() - interval '1 s' where id = \(worker)")
            #expect(try await queue.store.claim(worker, kinds: ["cutout"], limit: 1).isEmpty)
            #expect(try await queue.store.sweep().rescued == 1)
            #expect(try await queue.store.heartbeat(worker, lease: .seconds(1), attempts: []).expired)
            worker = try await queue.store.register(.current, lease: .seconds(60))
        }
        let lost = try await queue.job(job)
        #expect(lost.state == .failed)
        #expect(lost.failure?.failure.code == .workerLost)
        #expect(lost.failure?.attempt == 2)
    }

    @Test func `a worker of this host whose process is gone is rescued at once`() async throws {
        let queue = try await QueueFixture.fresh()
        let sleeper = try Program(URL(filePath: "/bin/sleep"), ["600"])
        let pid = sleeper.pid
        let start = try #require(ProcessStat(pid: pid)).start
        let description = WorkerDescription(host: WorkerDescription.thisHost, pid: pid, processStart: start)
        #expect(description.isRunning)
        let worker = try await queue.store.register(description, lease: .seconds(600))
        let job = try await queue.enqueue()
        #expect(try await queue.store.claim(worker, kinds: ["cutout"], limit: 1).count == 1)
        #expect(try await queue.store.sweep().rescued == 0)
        sleeper.signal(SIGKILL)
        _ = await sleeper.outcome()
        #expect(!description.isRunning)
        #expect(try await queue.store.sweep().rescued == 1)
        let back = try await queue.job(job)
        #expect(back.state == .queued)
        #expect(back.attempt == 1)
        #expect(back.failure?.failure.code == .workerLost)
        #expect(try await queue.claim().first?.attempt == 2)
    }

    @Test func `workers of other hosts and other processes with the pid are told apart`() async throws {
        let queue = try await QueueFixture.fresh()
        let elsewhere = WorkerDescription(host: "another", pid: 1, processStart: 1)
        let earlier = WorkerDescription(
            host: WorkerDescription.thisHost, pid: WorkerDescription.current.pid, processStart: 1)
        #expect(!earlier.isRunning)
        _ = try await queue.enqueue()
        _ = try await queue.enqueue()
        for description in [elsewhere, earlier] {
            let worker = try await queue.store.register(description, lease: .seconds(60))
            #expect(try await queue.store.claim(worker, kinds: ["cutout"], limit: 1).count == 1)
        }
        #expect(try await queue.store.sweep().rescued == 1)
    }

    @Test func `a zombie and a name with parentheses are read right`() {
        let fields = (1...30).map { "\($0)" }.joined(separator: " ")
        #expect(ProcessStat(stat: "7 (a) b (c)) S \(fields)")?.start == 19)
        #expect(ProcessStat(stat: "7 (x) S \(fields)")?.isDead == false)
        #expect(ProcessStat(stat: "7 (x) Z \(fields)")?.isDead == true)
        #expect(ProcessStat(stat: "nonsense") == nil)
        #expect(ProcessStat(stat: "7 (x) S 1 2") == nil)
        #expect(ProcessStat(pid: -1) == nil)
    }

    @Test func `a sweep promotes what is due`() async throws {
        let queue = try await QueueFixture.fresh()
        let job = try await queue.enqueue(QueueFixture.request(runAt: Date(timeIntervalSinceNow: 600)))
        #expect(job.state == .scheduled)
        #expect(try await queue.store.sweep() == SweepReport(rescued: 0, promoted: 0))
        try await queue.db.rows("update rundum.job set due_at = now()")
        #expect(try await queue.store.sweep() == SweepReport(rescued: 0, promoted: 1))
        #expect(try await queue.state(job) == .queued)
    }

    @Test(.timeLimit(.minutes(1)))
    func `who waits for work hears of a new job`() async throws {
        let queue = try await QueueFixture.fresh()
        let started = ContinuousClock.now
        async let waited: Void = waitUntilClaimed(queue)
        _ = try await queue.enqueue()
        try await waited
        #expect(ContinuousClock.now - started < .seconds(30))
        await queue.store.waitForWork(timeout: .milliseconds(1))
    }

    @Test(.timeLimit(.minutes(1)))
    func `waiting ends with the task and with the store`() async throws {
        let queue = try await QueueFixture.fresh()
        let task = Task { await queue.store.waitForWork(timeout: .seconds(3600)) }
        task.cancel()
        await task.value
        let other = Task { await queue.store.waitForWork(timeout: .seconds(3600)) }
        await queue.store.close()
        await other.value
    }

    private func waitUntilClaimed(_ queue: QueueFixture) async throws {
        while try await queue.claim().isEmpty { await queue.store.waitForWork(timeout: .seconds(3600)) }
    }
}
