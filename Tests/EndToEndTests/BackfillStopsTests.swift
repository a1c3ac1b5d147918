import Foundation
import JobQueue
import Pipeline
import Synchronization
import TestKit
import Testing

/// A backfill by the binary itself, of jobs that a worker in this process does without doing anything.
@Suite struct BackfillStopsTests {
    @Test func `stopped by SIGKILL, SIGTERM and a crash of PostgreSQL, each item is done once`() async throws {
        let items = 1000
        let home = try TemporaryFolder()
        let photo = home.url.appending(path: "photo.jpg")
        try Data("no picture, and nobody looks".utf8).write(to: photo)
        let rows = (1...items).map { "item-\($0),photo.jpg,car-\($0 / 8)" }
        let manifest = home.url.appending(path: "items.csv")
        try Data((["key,file,subject"] + rows).joined(separator: "\n").utf8).write(to: manifest)
        let environment = ["RUNDUM_HOME": home.url.appending(path: "data").path, "DATABASE_URL": ""]
        let cluster = try PrivateCluster.open(home: home.url.appending(path: "data/postgresql"))
        defer { cluster.close() }

        let dry = try await Program.run(
            ["backfill", "renditions", manifest.path, "--dry-run"], environment: environment)
        #expect(dry.out.contains("items    1,000") && dry.out.contains("nothing was measured"), "\(dry)")

        let worker = IdleWorker(cluster.url, kind: "renditions")
        let work = Task { await worker.run() }
        let start = ["backfill", "renditions", manifest.path, "--max-in-flight", "120"]
        let killed = try Program(Program.rundum, start, environment: environment)
        try await worker.reach(200, killed)
        killed.signal(SIGKILL)
        #expect(await killed.outcome().status == 137)

        let ended = try Program(Program.rundum, ["backfill", "--resume"], environment: environment)
        try await worker.reach(450, ended)
        ended.signal(SIGTERM)
        let said = await ended.outcome()
        #expect(said.status == 1 && said.err.contains("rundum backfill --resume 1 goes on"), "\(said)")

        let failures = home.url.appending(path: "failures.csv")
        let last = try Program(
            Program.rundum, ["backfill", "--resume", "1", "--json", "--failures", failures.path],
            environment: environment)
        try await worker.reach(700, last)
        let server = try #require(cluster.serverPID)
        kill(server, SIGQUIT)
        worker.limit.withLock { $0 = .max }
        let outcome = await last.outcome()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.err.contains("1,000 of 1,000 succeeded"), "\(outcome.err)")
        #expect(try JSON.decode(JSONValue.self, from: outcome.outData)["state"] == "done")
        #expect(try String(contentsOf: failures, encoding: .utf8).split(separator: "\r\n").count == 1)
        worker.stop()
        await work.value

        let database = Database(url: cluster.url)
        let counts = try await database.execute(
            """
            select (select count(*) from rundum.job), (select count(*) from rundum.done),
                count(distinct i.job_id), count(*) filter (where d.state = 'succeeded' and d.priority = 3)
            from rundum.backfill_item i join rundum.done d on d.id = i.job_id
            """, [])
        #expect(counts == [["0", "\(items)", "\(items)", "\(items)"]])
        await database.close()
    }

    @Test func `what can't be read is told, the rest is done, and a second look costs nothing`() async throws {
        let home = try TemporaryFolder()
        let folder = home.url.appending(path: "photos")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["a.jpg", "b.jpg"] { try Data(name.utf8).write(to: folder.appending(path: name)) }
        let environment = ["RUNDUM_HOME": home.url.appending(path: "data").path, "DATABASE_URL": ""]
        let manifest = home.url.appending(path: "m.jsonl")
        try Data(#"{"file": "photos/none.jpg", "key": "none"}"#.utf8).write(to: manifest)
        let cluster = try PrivateCluster.open(home: home.url.appending(path: "data/postgresql"))
        defer { cluster.close() }
        let worker = IdleWorker(cluster.url, kind: "renditions")
        worker.limit.withLock { $0 = .max }
        let work = Task { await worker.run() }
        let failures = home.url.appending(path: "bad.csv")
        let outcome = try await Program.run(
            [
                "backfill", "renditions", folder.path, folder.path, manifest.path, "--failures", failures.path,
                "--canary", "1",
            ], environment: environment, directory: home.url)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.err.contains("3 items, 2 more were named again"), "\(outcome.err)")
        let page = try String(
            contentsOf: home.url.appending(path: "backfill-1-canary/index.html"), encoding: .utf8)
        #expect(page.contains("rundum backfill --resume 1") && page.contains("b.jpg"))
        let rest = try await Program.run(
            ["backfill", "--resume", "--failures", failures.path], environment: environment)
        #expect(rest.status == 3, "\(rest)")
        let sheet = try String(contentsOf: failures, encoding: .utf8)
        #expect(sheet.contains("3,none,,failed,input_unreadable"), "\(sheet)")
        let over = try await Program.run(["backfill", "--resume"], environment: environment)
        #expect(over.status == 1 && over.err.contains("No backfill is left"), "\(over)")
        let listed = try await Program.run(["backfill", "list"], environment: environment)
        #expect(listed.out.contains("done"), "\(listed)")
        let shown = try await Program.run(["backfill", "show", "1"], environment: environment)
        #expect(shown.out.contains("2 of 3 succeeded, 1 failed"), "\(shown)")
        let back = try await Program.run(["backfill", "rollback", "1"], environment: environment)
        #expect(back.status == 0 && back.err.contains("2 results are out of use"), "\(back)")
        worker.stop()
        await work.value
    }
}

/// Claims and completes jobs of one kind as they come, up to a limit.
private final class IdleWorker: Sendable {
    private let store: PostgresJobStore
    private let kind: Kind
    private let completed = Mutex<Set<UUID>>([])
    private let stopped = Atomic(false)
    let limit = Mutex(0)

    init(_ url: String, kind: Kind) {
        store = PostgresJobStore(Database(url: url, connections: 2))
        self.kind = kind
    }

    func run() async {
        while !stopped.load(ordering: .relaxed) {
            // Before the schema is there, and while the server is away.
            do { try await work() } catch { try? await Task.sleep(for: .milliseconds(20)) }
        }
        await store.close()
    }

    private func work() async throws {
        let worker = try await store.register(.current, lease: .seconds(5))
        while !stopped.load(ordering: .relaxed) {
            let room = limit.withLock(\.self) - completed.withLock(\.count)
            guard room > 0 else {
                _ = try await store.heartbeat(worker, lease: .seconds(5), attempts: [])
                try await Task.sleep(for: .milliseconds(10))
                continue
            }
            let reply = try await store.heartbeat(worker, lease: .seconds(5), attempts: [])
            if reply.expired { return }
            let claims = try await store.claim(worker, kinds: [kind], limit: min(room, 40))
            if claims.isEmpty {
                _ = try await store.sweep()
                try await Task.sleep(for: .milliseconds(10))
            }
            let result = StageResult(kind: kind, version: 1)
            let accepted = try await store.exchange(
                claims.map { Completion($0, result: result) }, for: worker, kinds: [kind], limit: 0
            ).accepted
            completed.withLock { all in
                for (claim, isAccepted) in zip(claims, accepted) where isAccepted == true { all.insert(claim.job) }
            }
        }
    }

    /// Works until so many are done, while the program goes on feeding.
    func reach(_ count: Int, _ program: Program) async throws {
        limit.withLock { $0 = count }
        let isThere = await eventually { self.completed.withLock(\.count) >= count }
        try #require(isThere, "\(completed.withLock(\.count)) done: \(program.err)")
    }

    func stop() { stopped.store(true, ordering: .relaxed) }
}
