import Foundation
import JobQueue
import Pipeline
import TestKit

/// A fresh database with one worker, and short words for what most tests do.
struct QueueFixture {
    let db: TestDatabase
    let worker: WorkerID
    var store: PostgresJobStore { db.store }
    let tenant = "dealer"

    static func fresh(connections: Int = 4) async throws -> QueueFixture {
        let db = try await TestDatabase.fresh(connections: connections)
        let worker = try await db.store.register(.current, lease: .seconds(300))
        let fixture = QueueFixture(db: db, worker: worker)
        try await fixture.store.own(blob: sha(1), bytes: 10, tenant: fixture.tenant)
        return fixture
    }

    /// A hash that names no real bytes.
    static func sha(_ number: Int) -> String { String(format: "%064x", number) }

    static func photo(_ slot: String = "front", _ number: Int = 1) -> JobInput {
        JobInput(slot: slot, name: "\(slot).jpg", source: .blob(sha256: sha(number)))
    }

    static func output(_ slot: String, of job: String, _ name: String = "image") -> JobInput {
        JobInput(slot: slot, name: "\(slot).png", source: .output(job: job, name: name))
    }

    static func request(_ kind: Kind = "cutout", inputs: [JobInput] = [photo()], runAt: Date? = nil) -> JobRequest {
        JobRequest(kind: kind, options: ["edge": 2], inputs: inputs, subject: "car-1", runAt: runAt)
    }

    static func result(_ outputs: [String: Int] = ["image": 7], review: [ReviewFlag] = []) -> StageResult {
        StageResult(
            kind: "cutout", version: 1,
            outputs: outputs.mapValues {
                OutputFile(file: "image.png", sha256: sha($0), bytes: 5, mediaType: "image/png")
            },
            data: ["coverage": 0.5], review: review, seconds: 0.25)
    }

    static let look = ReviewFlag(code: "no_main_object", summary: "There is no car.")
    static let question = ReviewFlag(
        code: "plate_uncertain", summary: "A place may be a number plate.",
        answers: ["approve": ["approve": "0123456789ab"], "cover": ["cover": "0123456789ab"]])
    static let broken = Failure(.imageCorrupt, "The picture is broken.", hint: "Take it again.", slot: "front")

    func enqueue(_ request: JobRequest = request()) async throws -> Job {
        try await store.enqueue(request, tenant: tenant, idempotencyKey: nil).jobs[0]
    }

    /// Enqueues a workflow and answers its jobs by label.
    func enqueue(_ steps: [WorkflowRequest.Step]) async throws -> [String: Job] {
        let workflow = WorkflowRequest(name: "test", steps: steps)
        let jobs = try await store.enqueue(workflow, tenant: tenant, idempotencyKey: nil).jobs
        return Dictionary(uniqueKeysWithValues: jobs.map { ($0.label ?? "", $0) })
    }

    func step(
        _ label: String, kind: Kind = "cutout", inputs: [JobInput] = [photo()], after: [String] = [],
        tolerates: Bool = false, runAt: Date? = nil
    ) -> WorkflowRequest.Step {
        WorkflowRequest.Step(
            label: label, job: Self.request(kind, inputs: inputs, runAt: runAt), after: after,
            toleratesFailure: tolerates)
    }

    func claim(_ kinds: Kind..., limit: Int = 100) async throws -> [Claim] {
        try await store.claim(worker, kinds: kinds.isEmpty ? ["cutout"] : kinds, limit: limit)
    }

    func claim(of job: Job) async throws -> Claim? { try await claim().first { $0.job == job.id } }

    /// Claims all that is ready, and answers the attempt at one.
    func take(_ job: Job?) async throws -> Claim {
        guard let job, let claim = try await claim(of: job) else { throw Failure(.notFound, "The job is not ready.") }
        return claim
    }

    func takeFirst() async throws -> Claim {
        guard let claim = try await claim(limit: 1).first else { throw Failure(.notFound, "No job is ready.") }
        return claim
    }

    /// Whether, soon, one session waits for another's lock.
    func isSomebodyWaiting() async throws -> Bool {
        try await eventually {
            try await db.rows(
                """
                select count(*) from pg_stat_activity
                where wait_event_type = 'Lock' and datname = current_database()
                """) == [["1"]]
        }
    }

    @discardableResult
    func complete(_ claim: Claim, _ result: StageResult = result(), key: String = "") async throws -> Bool {
        try await store.complete(claim, result: result, cacheKey: key, cached: false)
    }

    @discardableResult
    func end(_ claim: Claim, _ disposition: Disposition, _ failure: Failure = broken) async throws -> Bool {
        try await store.end(claim, failure: failure, disposition: disposition)
    }

    /// Raises the floors as a sweep does once a second; `whole` as it does every ten.
    func pass(whole: Bool = false) async throws {
        let looked = whole ? ", looked_at = '-infinity'" : ", looked_at = now()"
        try await db.rows("update rundum.band set passed_at = '-infinity'\(looked)")
        _ = try await store.sweep()
    }

    func job(_ job: Job) async throws -> Job { try await store.job(job.id, tenant: tenant) }
    func state(_ job: Job?) async throws -> JobState? {
        guard let job else { return nil }
        return try await self.job(job).state
    }
}

/// The failure that `body` throws, or nil.
func failure(of body: () async throws -> Void) async -> Failure? {
    do { try await body() } catch { return error as? Failure }
    return nil
}
