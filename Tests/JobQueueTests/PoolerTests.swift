import Foundation
import Pipeline
import TestKit
import Testing

@testable import JobQueue

/// Everything but LISTEN works behind a pooler in transaction mode: each transaction may come to another session, and
/// sessions carry what other clients have left in them.
@Suite(.enabled(if: Pooler.isInstalled, "pgbouncer is not installed; scripts/setup does it"), .timeLimit(.minutes(2)))
struct PoolerTests {
    /// A queue by way of a pooler, one of whose sessions has a search path that leads nowhere and writes dates in another way.
    private struct Pooled {
        let queue: QueueFixture
        let pooler: Pooler
        var database: Database { queue.db.database }

        static func fresh() async throws -> Pooled {
            let direct = try await TestDatabase.fresh(connections: 2)
            let pooler = try Pooler(before: direct.url)
            let pooled = direct.reached(by: pooler.url, connections: 8)
            try #require(await eventually { (try? await pooled.database.ping()) != nil }, "\(pooler.log)")
            _ = try await pooled.database.execute("set search_path = nowhere; set datestyle = 'SQL, DMY'")
            let worker = try await pooled.store.register(.current, lease: .seconds(300))
            let queue = QueueFixture(db: pooled, worker: worker)
            try await pooled.store.own(blob: QueueFixture.sha(1), bytes: 10, tenant: queue.tenant)
            return Pooled(queue: queue, pooler: pooler)
        }
    }

    @Test func `two sessions serve eight connections, and statements are not prepared by name`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let served = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<64 {
                group.addTask { try await pooled.database.execute("select pg_backend_pid()", [])[0][0] }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1 ?? "") }
        }
        #expect((1...2).contains(served.count))
        #expect(try await pooled.database.execute("select count(*) from pg_prepared_statements", []) == [["0"]])
    }

    @Test func `jobs come in by API, SQL and COPY, each once, and are worked off in batches`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let (queue, store) = (pooled.queue, pooled.queue.store)
        var ids: Set<UUID> = []
        try await withThrowingTaskGroup(of: [UUID].self) { group in
            for number in 0..<40 {
                group.addTask {
                    let first = try await store.enqueue(
                        QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "key-\(number)")
                    let again = try await store.enqueue(
                        QueueFixture.request(), tenant: queue.tenant, idempotencyKey: "key-\(number)")
                    #expect(again.replayed && again.jobs.map(\.id) == first.jobs.map(\.id))
                    return first.jobs.map(\.id)
                }
                group.addTask {
                    let request = #"{"kind": "cutout", "tenant": "dealer"}"#
                    let one = try await pooled.database.execute("select rundum.enqueue($1::jsonb)", [request])
                    let more = try await pooled.database.execute(
                        "select unnest(rundum.enqueue_many(array[$1, $1]::jsonb[]))", [request])
                    return (one + more).compactMap { $0[0].flatMap { UUID(uuidString: $0) } }
                }
            }
            group.addTask {
                try await store.enqueue(
                    many: [JobRequest](repeating: QueueFixture.request(), count: 500), tenant: queue.tenant)
            }
            for try await some in group { ids.formUnion(some) }
        }
        #expect(ids.count == 40 * 4 + 500)
        #expect(try await Self.workOff(queue) == ids)
        #expect(try await queue.db.rows("select count(*) from rundum.done where state = 'succeeded'") == [["660"]])
        for _ in 0..<4 {
            #expect(try await pooled.database.execute("select count(*) from pg_prepared_statements", []) == [["0"]])
        }
    }

    /// Four lines of exchanges until nothing is left; answers what was accepted.
    private static func workOff(_ queue: QueueFixture) async throws -> Set<UUID> {
        try await withThrowingTaskGroup(of: [UUID].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var (done, held): ([UUID], [Completion]) = ([], [])
                    repeat {
                        let answer = try await queue.store.exchange(
                            held, for: queue.worker, kinds: ["cutout"], limit: 20)
                        for (completion, accepted) in zip(held, answer.accepted) where accepted == true {
                            done.append(completion.claim.job)
                        }
                        held = answer.claims.map {
                            Completion($0, result: QueueFixture.result(), cacheKey: "", cached: false)
                        }
                    } while !held.isEmpty
                    return done
                }
            }
            return try await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    @Test func `steps fan in, fail, are canceled and tried again`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let queue = pooled.queue
        for _ in 0..<10 {
            let jobs = try await queue.enqueue(
                (0..<4).map { queue.step("photo-\($0)") } + [
                    queue.step(
                        "spin", kind: "spin", inputs: (0..<4).map { QueueFixture.output("s\($0)", of: "photo-\($0)") })
                ])
            let claims = try await queue.claim()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for claim in claims { group.addTask { try await queue.complete(claim) } }
                for try await accepted in group { #expect(accepted) }
            }
            let spin = try #require(try await queue.claim("spin").first)
            #expect(spin.job == jobs["spin"]?.id && spin.inputs.count == 4)
            #expect(try await queue.end(spin, .discard))
            #expect(try await queue.store.retry(spin.job, tenant: queue.tenant).state == .queued)
            #expect(try await queue.store.cancel(spin.job, tenant: queue.tenant).state == .canceled)
        }
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
    }

    @Test func `workers beat, are missed, and are swept up after`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let queue = pooled.queue
        let job = try await queue.enqueue()
        let claim = try await queue.take(job)
        let report = AttemptReport(
            job: claim.job, fence: claim.fence, progress: JobProgress(fraction: 0.5, step: "half"))
        let reply = try await queue.store.heartbeat(queue.worker, lease: .seconds(300), attempts: [report])
        #expect(!reply.expired && reply.lost.isEmpty)
        _ = try await queue.db.rows("update rundum.worker set lease_until = now() - interval '1 s'")
        #expect(try await queue.store.sweep().rescued == 1)
        #expect(try await queue.state(job) == .queued)
        #expect(try await !queue.complete(claim))
        _ = try await queue.store.keepHouse()
        #expect(try await queue.db.rows("select count(*) > 3 from pg_inherits") == [["t"]])
    }

    @Test func `entries of cron come due once`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let queue = pooled.queue
        _ = try await queue.store.setCron(
            "night", schedule: "0 0 1 1 *", zone: "Europe/Berlin", request: ["kind": "cutout"], tenant: queue.tenant)
        _ = try await queue.db.rows("update rundum.cron set next_at = now() - interval '1 h'")
        _ = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await queue.store.sweep().promoted } }
            return try await group.reduce(0, +)
        }
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["1"]])
    }

    @Test func `a backfill feeds its chunks, each with its checkpoint`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let queue = pooled.queue
        let id = try await queue.store.plan(
            BackfillSpec(name: "cutout", isWorkflow: false, options: [:]), pace: BackfillPace(), canary: 0,
            tenant: queue.tenant
        ) { emit throws(Failure) in
            for number in 1...50 {
                let file = BackfillItem.File(slot: "front", sha256: QueueFixture.sha(1))
                try emit(BackfillItem(key: "\(number)", source: .init(subject: "car", files: [file])))
            }
        }
        let feed = try await queue.store.takeUp(queue.store.backfill(id, tenant: queue.tenant))
        var place = 0
        while case let items = try await feed.next(after: place, limit: 20), let last = items.last {
            let jobs = items.map {
                ($0, BackfillEntry.job(JobRequest(kind: "cutout", inputs: [QueueFixture.photo()], priority: 3)))
            }
            #expect(try await feed.feed(jobs, blobs: [], checkpoint: last.number))
            place = last.number
        }
        #expect(try await Self.workOff(queue).count == 50)
        #expect(try await queue.store.tally(id).succeeded == 50)
    }

    @Test func `who waits for work wakes up by the clock`() async throws {
        let pooled = try await Pooled.fresh()
        defer { pooled.pooler.close() }
        let queue = pooled.queue
        let start = ContinuousClock.now
        await queue.store.waitForWork(timeout: .milliseconds(200))
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(try await queue.claim().isEmpty)
    }
}
