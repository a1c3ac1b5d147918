import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct FanInRaceTests {
    /// Eight dependencies end at once on eight connections; the one that waits for them must be free exactly then.
    @Test func `dependencies that end at the same moment free their dependent once`() async throws {
        let rounds = Int(ProcessInfo.processInfo.environment["RUNDUM_RACES"] ?? "") ?? 200
        let queue = try await QueueFixture.fresh(connections: 8)
        for round in 0..<rounds {
            let labels = (0..<8).map { "photo-\($0)" }
            let jobs = try await queue.enqueue(
                labels.map { queue.step($0) } + [
                    queue.step(
                        "spin", kind: "spin", inputs: labels.map { QueueFixture.output($0, of: $0) }, tolerates: true)
                ])
            let claims = try await queue.claim()
            try #require(claims.count == 8)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for (number, claim) in claims.enumerated() {
                    // Some fail, so that both ways of freeing race.
                    group.addTask {
                        number % 3 == 2 && round % 2 == 1
                            ? try await queue.end(claim, .discard) : try await queue.complete(claim)
                    }
                }
                for try await accepted in group { #expect(accepted) }
            }
            let spin = try #require(try await queue.claim("spin").first, "round \(round)")
            #expect(spin.job == jobs["spin"]?.id)
            #expect(spin.inputs.count == (round % 2 == 1 ? 6 : 8))
            try await queue.complete(spin)
        }
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
    }

    @Test func `claims on many connections give each job once`() async throws {
        let queue = try await QueueFixture.fresh(connections: 8)
        for _ in 0..<300 { _ = try await queue.enqueue() }
        let claimed = try await withThrowingTaskGroup(of: [UUID].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var mine: [UUID] = []
                    while true {
                        let claims = try await queue.claim(limit: 7)
                        if claims.isEmpty { return mine }
                        mine += claims.map(\.job)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 300)
        #expect(Set(claimed).count == 300)
    }

    /// A step that is put back while its dependency ends must not be forgotten by it.
    @Test func `a step that is retried while its dependency ends is freed`() async throws {
        let queue = try await QueueFixture.fresh(connections: 4)
        for _ in 0..<30 {
            let jobs = try await queue.enqueue([queue.step("a"), queue.step("b", after: ["a"])])
            let b = try #require(jobs["b"])
            let a = try await queue.take(jobs["a"])
            _ = try await queue.store.cancel(b.id, tenant: queue.tenant)
            async let ended = queue.complete(a)
            async let retried = queue.store.retry(b.id, tenant: queue.tenant)
            _ = try await (ended, retried)
            #expect(try await queue.state(b) == .queued)
            try await queue.complete(try await queue.take(b))
        }
    }

    /// Steps that fail and cancel each other's descendants from several sides at once must not deadlock.
    @Test func `ends from all sides of a web of steps do not deadlock`() async throws {
        let queue = try await QueueFixture.fresh(connections: 8)
        for _ in 0..<20 {
            let roots = (0..<6).map { queue.step("r\($0)") }
            let middle = (0..<6).map { queue.step("m\($0)", after: ["r\($0)", "r\(($0 + 1) % 6)"]) }
            let leaves = (0..<6).map { queue.step("l\($0)", after: ["m\($0)", "m\(($0 + 2) % 6)", "r\((5 - $0))"]) }
            let jobs = try await queue.enqueue(roots + middle + leaves)
            let claims = try await queue.claim()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, claim) in claims.enumerated() {
                    group.addTask {
                        switch number % 3 {
                        case 0: try await queue.complete(claim)
                        case 1: try await queue.end(claim, .discard)
                        default: try await queue.end(claim, .cancel)
                        }
                    }
                }
                for label in ["m3", "l1"] {
                    guard let job = jobs[label] else { continue }
                    group.addTask {
                        _ = await failure { _ = try await queue.store.cancel(job.id, tenant: queue.tenant) }
                    }
                }
                try await group.waitForAll()
            }
            for job in jobs.values { #expect(try await queue.job(job).state.isFinal) }
        }
    }

    private func failure(_ body: () async throws -> Void) async -> Failure? {
        let failure = await JobQueueTests.failure(of: body)
        #expect(failure == nil || failure?.code == .conflict)
        return failure
    }
}
