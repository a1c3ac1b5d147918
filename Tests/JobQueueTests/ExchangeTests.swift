import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

/// Many ends and a claim in one statement.
@Suite struct ExchangeTests {
    @Test func `a batch ends its attempts and takes the next ones`() async throws {
        let queue = try await QueueFixture.fresh()
        var jobs: [Job] = []
        for _ in 0..<6 { jobs.append(try await queue.enqueue()) }
        let first = try await queue.exchange([], limit: 4)
        #expect(first.claims.count == 4)
        let second = try await queue.exchange(first.claims.map(completion), limit: 4)
        #expect(second.accepted == [true, true, true, true])
        #expect(second.claims.count == 2)
        for claim in first.claims {
            let job = try await queue.store.job(claim.job, tenant: queue.tenant)
            #expect(job.state == .succeeded)
            #expect(job.result == QueueFixture.result())
            #expect(job.progress.fraction == 1)
        }
        let last = try await queue.exchange(second.claims.map(completion), limit: 0)
        #expect(last == Exchange(accepted: [true, true], claims: []))
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
    }

    @Test func `what a zombie hands in is refused, and the rest of the batch goes through`() async throws {
        let queue = try await QueueFixture.fresh()
        for _ in 0..<3 { _ = try await queue.enqueue() }
        let claims = try await queue.claim()
        #expect(try await queue.end(claims[1], .retry(after: .zero)))
        let again = try #require(try await queue.claim(limit: 1).first)
        #expect(again.job == claims[1].job)
        let answer = try await queue.exchange(claims.map(completion), limit: 0)
        #expect(answer.accepted == [true, false, true])
        #expect(try await queue.store.job(again.job, tenant: queue.tenant).state == .running)
        #expect(try await queue.complete(again))
        // Who lost the answer asks again: the same completions get the same answers, the zombie's too.
        #expect(try await queue.exchange(claims.map(completion), limit: 0).accepted == [true, false, true])
    }

    @Test func `a job that others wait for, or that was canceled, goes alone`() async throws {
        let queue = try await QueueFixture.fresh()
        let jobs = try await queue.enqueue([queue.step("a"), queue.step("b", after: ["a"]), queue.step("c")])
        let single = try await queue.enqueue()
        let claims = try await queue.claim()
        _ = try await queue.store.cancel(single.id, tenant: queue.tenant)
        let answer = try await queue.exchange(claims.map(completion), limit: 10)
        var byJob: [UUID: Bool?] = [:]
        for (claim, accepted) in zip(claims, answer.accepted) { byJob[claim.job] = .some(accepted) }
        #expect(byJob[try #require(jobs["a"]).id] == .some(nil))
        #expect(byJob[try #require(jobs["c"]).id] == .some(true))
        #expect(byJob[single.id] == .some(nil))
        #expect(answer.claims.isEmpty)
        for claim in claims { #expect(try await queue.complete(claim)) }
        #expect(try await queue.state(single) == .canceled)
        #expect(try await queue.state(jobs["b"]) == .queued)
    }

    @Test func `flags, outputs' owners and the cache come with a batch too`() async throws {
        let queue = try await QueueFixture.fresh()
        for _ in 0..<3 { _ = try await queue.enqueue() }
        let claims = try await queue.claim()
        let flagged = QueueFixture.result(["image": 11], review: [QueueFixture.look])
        let answer = try await queue.exchange(
            [
                Completion(claims[0], result: flagged, cacheKey: "k"),
                Completion(claims[1], result: QueueFixture.result(["image": 12, "mask": 13]), cacheKey: "l"),
                Completion(claims[2], result: QueueFixture.result(["image": 12]), cacheKey: "l", cached: true),
            ], limit: 0)
        #expect(answer.accepted == [true, true, true])
        #expect(try await queue.store.job(claims[0].job, tenant: queue.tenant).state == .review)
        #expect(try await queue.store.job(claims[2].job, tenant: queue.tenant).cached)
        #expect(try await queue.store.cachedResult("k", tenant: queue.tenant) == flagged)
        #expect(try await queue.store.cachedResult("l", tenant: queue.tenant)?.outputs.count == 2)
        let owned = Set([11, 12, 13].map(QueueFixture.sha))
        #expect(try await queue.store.owned(blobs: owned, tenant: queue.tenant) == owned)
    }

    @Test func `a worker without a lease gives its results and gets nothing`() async throws {
        let queue = try await QueueFixture.fresh()
        for _ in 0..<2 { _ = try await queue.enqueue() }
        let claim = try await queue.takeFirst()
        try await queue.db.rows("update rundum.worker set lease_until = now() - interval '1 s'")
        let answer = try await queue.exchange([completion(claim)], limit: 5)
        #expect(answer == Exchange(accepted: [true], claims: []))
    }

    /// Batches, heartbeats, cancellations and single ends of the same rows, from eight connections at once.
    @Test func `nothing locks in another order than the rest`() async throws {
        let queue = try await QueueFixture.fresh(connections: 8)
        let steps = (0..<200).map { queue.step("s\($0)", after: $0 % 10 == 9 ? ["s\($0 - 1)"] : []) }
        let jobs = try await queue.enqueue(steps)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var claims: [Claim] = []
                    repeat {
                        let answer = try await queue.exchange(claims.map(completion), limit: 20)
                        let alone = zip(claims, answer.accepted).filter { $1 == nil }.map(\.0)
                        for claim in alone { try await queue.complete(claim) }
                        claims = answer.claims.shuffled()
                        let reports = claims.shuffled().map {
                            AttemptReport(job: $0.job, fence: $0.fence, progress: JobProgress(fraction: 0.5, step: ""))
                        }
                        _ = try await queue.store.heartbeat(queue.worker, lease: .seconds(300), attempts: reports)
                    } while !claims.isEmpty
                }
            }
            group.addTask {
                for label in ["s3", "s18", "s57", "s90"] {
                    guard let job = jobs[label] else { continue }
                    _ = try? await queue.store.cancel(job.id, tenant: queue.tenant)
                }
            }
            try await group.waitForAll()
        }
        // Each may have stopped while what was left was locked by another; nothing is locked any more.
        while case let claims = try await queue.exchange([], limit: 20).claims, !claims.isEmpty {
            for claim in claims { try await queue.complete(claim) }
        }
        let left = try await queue.db.rows("select count(*) from rundum.job")
        let done = try await queue.db.rows("select count(*) from rundum.done where state in ('succeeded', 'canceled')")
        #expect(left == [["0"]])
        #expect(done == [["200"]])
    }

    private func completion(_ claim: Claim) -> Completion { Completion(claim, result: QueueFixture.result()) }
}

/// What a claim does not have to look at.
@Suite struct FloorTests {
    @Test func `the floor follows the clock one pass later and never passes a queued job`() async throws {
        let queue = try await QueueFixture.fresh()
        for _ in 0..<8 { _ = try await queue.enqueue() }
        try await queue.pass()
        #expect(try await queue.floor() == 0)
        for claim in try await queue.claim(limit: 5) { try await queue.complete(claim) }
        try await queue.pass()
        try await queue.pass()
        let floor = try await queue.floor()
        #expect(floor > 0)
        let first = try await queue.db.rows("select min(vt) from rundum.job where state = 'queued'")
        #expect(floor <= Int(first[0][0] ?? "") ?? 0)
        #expect(try await queue.claim().count == 3)
    }

    @Test func `a job that was committed late is found by the next whole look`() async throws {
        let queue = try await QueueFixture.fresh()
        let late = try await queue.enqueue()
        _ = try await queue.enqueue()
        // As if its transaction were still open while the other job went through and two passes followed.
        try await queue.db.rows(
            "update rundum.job set state = 'scheduled', due_at = 'infinity' where id = '\(late.id)'")
        try await queue.complete(try await queue.takeFirst())
        try await queue.pass()
        try await queue.pass()
        #expect(try await queue.floor() > 0)
        try await queue.db.rows("update rundum.job set state = 'queued', due_at = now() where id = '\(late.id)'")
        #expect(try await queue.claim().isEmpty)
        try await queue.pass(whole: true)
        #expect(try await queue.claim().map(\.job) == [late.id])
    }

    @Test func `places of new jobs are never before the floor`() async throws {
        let queue = try await QueueFixture.fresh()
        for round in 0..<5 {
            let job = try await queue.enqueue()
            #expect(try await queue.claim().map(\.job) == [job.id], "round \(round)")
            try await queue.pass()
        }
    }

    @Test func `a heartbeat and an exchange never wait for each other`() async throws {
        let queue = try await QueueFixture.fresh(connections: 2)
        _ = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        let report = AttemptReport(
            job: claim.job, fence: claim.fence, progress: JobProgress(fraction: 0.5, step: "looking"))
        // An exchange in slow motion: it has ended the job and has yet to say whether its worker is idle.
        let exchange = Database(url: queue.db.url, connections: 1)
        _ = try await exchange.execute("begin; delete from rundum.job where id = '\(claim.job)'")
        let beat = Task { try await queue.store.heartbeat(queue.worker, lease: .seconds(15), attempts: [report]) }
        #expect(try await queue.isSomebodyWaiting())
        _ = try await exchange.execute(
            "set lock_timeout = '2s'; update rundum.worker set idle = not idle; rollback")
        #expect(try await !beat.value.expired)
        await exchange.close()
    }

    @Test(.timeLimit(.minutes(1))) func `a heartbeat with nothing new to say waits for nobody who ends a job`()
        async throws
    {
        let queue = try await QueueFixture.fresh(connections: 2)
        _ = try await queue.enqueue()
        let claim = try await queue.takeFirst()
        let exchange = Database(url: queue.db.url, connections: 1)
        _ = try await exchange.execute("begin; delete from rundum.job where id = '\(claim.job)'")
        let report = AttemptReport(job: claim.job, fence: claim.fence, progress: JobProgress(fraction: 0, step: ""))
        let reply = try await queue.store.heartbeat(queue.worker, lease: .seconds(15), attempts: [report])
        #expect(!reply.expired && reply.lost.isEmpty)
        _ = try await exchange.execute("rollback")
        await exchange.close()
    }

    @Test func `only workers that wait are told of work`() async throws {
        let queue = try await QueueFixture.fresh()
        func idle() async throws -> String? { try await queue.db.rows("select idle from rundum.worker")[0][0] }
        for _ in 0..<3 { _ = try await queue.enqueue() }
        _ = try await queue.claim(limit: 2)
        #expect(try await idle() == "f")
        _ = try await queue.claim(limit: 2)
        #expect(try await idle() == "t")
    }
}

extension QueueFixture {
    fileprivate func exchange(_ completions: [Completion], limit: Int) async throws -> Exchange {
        try await store.exchange(completions, for: worker, kinds: ["cutout"], limit: limit)
    }

    fileprivate func floor() async throws -> Int {
        Int(try await db.rows("select floor from rundum.band where priority = 1")[0][0] ?? "") ?? -1
    }
}

@Suite struct ResultTextTests {
    @Test(arguments: [
        StageResult(kind: "noop", version: 1),
        QueueFixture.result(["image": 7, "b\"\\/\u{1}\n": 8], review: [QueueFixture.look]),
        StageResult(
            kind: "k", version: 2, ok: false,
            outputs: [
                "a": OutputFile(file: "a/ü.png", sha256: "00", bytes: 1, mediaType: "image/png", width: 3, height: 4)
            ],
            data: ["n": 1.5e-9, "list": [1, true, .null, "x\u{7F}\t"], "big": .int(.max), "o": ["z": 1, "a": 2]],
            identity: ["f32", "1"], seconds: 0.1, peakBytes: 5),
        StageResult(kind: "k", version: 1, failure: QueueFixture.broken),
    ])
    func `a result is written as it is read`(result: StageResult) throws {
        let text = try ResultText.text(result)
        #expect(try JSON.decode(StageResult.self, from: Data(text.utf8)) == result)
    }

    @Test func `what the table can't hold is left out, and what JSON can't say is refused`() throws {
        let text = try ResultText.text(StageResult(kind: "k\0", version: 1, data: ["a": "x\0y"]))
        #expect(text.contains("\"xy\""))
        #expect(throws: Failure.self) {
            _ = try ResultText.text(StageResult(kind: "k", version: 1, data: ["a": .number(.infinity)]))
        }
    }
}
