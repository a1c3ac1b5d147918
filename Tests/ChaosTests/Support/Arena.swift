import Foundation
import JobQueue
import Pipeline
import Storage
import Synchronization
import TestKit

/// What a wave happens in: a database, files, workers, the jobs, and the books about them.
final class Arena: Sendable {
    /// What the waves do differently.
    struct Plan: Sendable {
        var name: String
        var server: any ChaosServer
        /// Workers open the private cluster of their home themselves, and start it again when it has gone.
        var ownsServer = false
        /// How workers and callers reach the database that has this URL.
        var route: @Sendable (String) -> String = { $0 }
        /// The fixture's worker and stages in place of `rundum`'s.
        var usesFixture = false
        var workers = 3
        /// Codes that may end jobs here.
        var causes: Set<String> = []
        /// Over which the jobs come.
        var span = ChaosSize.current.span
        var home: URL
        var request: @Sendable (Int, JobInput) -> JobRequest = { Workload.thumbnail($0, $1) }

        init(_ name: String, server: any ChaosServer, home: URL? = nil) throws {
            (self.name, self.server) = (name, server)
            self.home = try home ?? TemporaryFolder.make("chaos-\(name)").appending(path: "home")
        }

        var database: String { ownsServer ? "rundum" : "chaos_" + name.replacing("-", with: "_") }
    }

    private struct State {
        var enqueued: [UUID] = []
        var isFed = false
        var ended = 0
        var blows: [String: Int] = [:]
        var notes: [String] = []
    }

    let plan: Plan
    let size = ChaosSize.current
    let audit: Audit
    let fleet: Fleet
    /// As workers and callers reach it.
    let url: String
    private let store: PostgresJobStore
    private let workload: Workload
    private let state = Mutex(State())

    init(_ plan: Plan) async throws {
        self.plan = plan
        let direct = plan.server.url(plan.database)
        if !plan.ownsServer {
            let maker = Database(url: plan.server.url("postgres"), connections: 1)
            _ = try await maker.execute("create database \(plan.database)", [])
            await maker.close()
        }
        let database = Database(url: direct, connections: 3)
        _ = try await database.migrate()
        audit = Audit(database: database)
        try await audit.install()
        url = plan.route(direct)
        store = PostgresJobStore(Database(url: url, connections: 4), listenURL: direct)
        let photos = try Workload.photos(50, in: DirectoryBlobStore(root: plan.home.appending(path: "blobs")))
        let owner = PostgresJobStore(database)
        for photo in photos { try await owner.own(blob: photo.sha256, bytes: photo.bytes, tenant: Workload.tenant) }
        workload = Workload(
            size.jobs, photos: photos.map(\.sha256), request: plan.request,
            output: plan.usesFixture ? "text" : "thumbnail")
        fleet = try Fleet(plan.workers, start: Self.start(plan, url: url))
    }

    /// Sends all jobs through while `disturb` does its worst, and looks at what came of them.
    func run(_ disturb: @escaping @Sendable (Arena) async throws -> Void) async throws -> WaveReport {
        defer { fleet.kill() }
        let start = ContinuousClock.now
        guard await eventually(within: .seconds(60), { fleet.haveJoined() }) else {
            throw Failure(.workerLost, "The workers did not join.", detail: fleet.worker(0).err)
        }
        let watching = Task { await watch() }
        defer { watching.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.feed() }
            group.addTask { try await disturb(self) }
            try await group.waitForAll()
        }
        _ = await eventually(within: size.settling) { isThrough }
        let seconds = (ContinuousClock.now - start).inSeconds
        // One that has only just started does not listen to signals yet.
        _ = await eventually(within: .seconds(60), { fleet.haveJoined() })
        var violations = await fleet.drain()
        violations += try await closeBooks()
        let tally = try await audit.tally()
        if max(tally.longestRescue, tally.longestAttempt) > ChaosSize.rescueLimit {
            violations.append("a job waited longer than \(ChaosSize.rescueLimit) s to go on")
        }
        await store.close()
        await audit.database.close()
        return state.withLock { state in
            WaveReport(
                name: plan.name, jobs: size.jobs, seconds: seconds, tally: tally, blows: state.blows,
                violations: state.notes + violations)
        }
    }

    /// Jobs are still to come, or wait, or run.
    var goesOn: Bool { !isThrough }

    /// Whether another blow is to fall: the least of them in the short form, and as long as there are jobs in the whole one.
    func wantsMore(after rounds: Int, least: Int) -> Bool { rounds < least || (size.isWhole && goesOn) }

    private var isThrough: Bool { state.withLock { $0.isFed && $0.ended >= $0.enqueued.count } }

    func count(_ blow: String, _ times: Int = 1) { state.withLock { $0.blows[blow, default: 0] += times } }
    func complain(_ violation: String) { state.withLock { $0.notes.append(violation) } }

    /// Enqueues everything, spread over the plan's time, each order until the queue has answered.
    private func feed() async throws {
        let start = ContinuousClock.now
        var sent = 0
        for order in workload.orders {
            let due = start + plan.span * (Double(sent) / Double(size.jobs))
            try await Task.sleep(until: due, clock: .continuous)
            // A queue that is not too long: what is put back goes to its end.
            while state.withLock({ $0.enqueued.count - $0.ended }) > 150 {
                try await Task.sleep(for: .milliseconds(20))
            }
            let ids = try await enqueue(order)
            state.withLock { $0.enqueued += ids }
            sent += order.count
        }
        state.withLock { $0.isFed = true }
    }

    private func enqueue(_ order: Workload.Order) async throws -> [UUID] {
        let end = ContinuousClock.now + size.settling
        while true {
            do {
                switch order {
                case .job(let request, let key):
                    return try await store.enqueue(request, tenant: Workload.tenant, idempotencyKey: key).jobs.map(\.id)
                case .workflow(let request, let key):
                    return try await store.enqueue(request, tenant: Workload.tenant, idempotencyKey: key).jobs.map(\.id)
                }
            } catch {
                guard error.kind == .unavailable, ContinuousClock.now < end else { throw error }
                count("enqueues said again")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Counts what has ended, and shows it where somebody waits for it.
    private func watch() async {
        var shown = ContinuousClock.now
        while !Task.isCancelled {
            if let rows = try? await audit.database.execute("select count(*) from rundum.done", []),
                let ended = rows[0][0].flatMap({ Int($0) })
            {
                state.withLock { $0.ended = max($0.ended, ended) }
            }
            if size.isWhole, ContinuousClock.now - shown > .seconds(5) {
                shown = .now
                let (sent, ended) = state.withLock { ($0.enqueued.count, $0.ended) }
                WaveReport.say("\(plan.name): \(sent) of \(size.jobs) enqueued, \(ended) ended")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func closeBooks() async throws -> [String] {
        try await audit.note(enqueued: state.withLock { $0.enqueued })
        try await audit.note(accepted: fleet.accepted())
        var violations = try await audit.violations(causes: plan.causes)
        let verified = try await Program.run(
            ["db", "verify", "--home", plan.home.path],
            environment: ["DATABASE_URL": plan.ownsServer ? "" : plan.server.url(plan.database)])
        if verified.status != 0 { violations.append("files and rows do not agree: \(verified.out.suffix(300))") }
        return violations
    }
}
