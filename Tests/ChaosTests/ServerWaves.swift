import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

/// Waves that fall upon PostgreSQL and the way to it.
enum ServerWaves {
    /// PostgreSQL ends at once, as after a crash; the workers, whose own it is, start it again.
    static func restarts() async throws -> WaveReport {
        let home = try TemporaryFolder.make("chaos-restarts").appending(path: "home")
        let server = try PrivateServer(home: home.appending(path: "postgresql"), isOwn: true)
        defer { server.close() }
        var plan = try Arena.Plan("restarts", server: server, home: home)
        plan.ownsServer = true
        return try await Arena(plan).run { arena in
            var rounds = 0
            while arena.wantsMore(after: rounds, least: 2) {
                rounds += 1
                try await Task.sleep(for: arena.size.pause * 3)
                // One that is still recovering from the last blow is left alone, or no job would ever get on.
                let isUp = await eventually { (try? await arena.audit.database.ping()) != nil }
                guard isUp, let pid = server.cluster.serverPID else { continue }
                let moment = Audit.uptime()
                kill(pid, SIGQUIT)
                arena.count("immediate restarts")
                for pid in arena.fleet.pids { try await arena.audit.note(blow: pid, at: moment) }
            }
        }
    }

    /// Connections are cut before a statement is passed on, after it was done, and in the middle of its answer.
    static func cuts() async throws -> WaveReport {
        let server = try PrivateServer.shared.get()
        var plan = try Arena.Plan("cuts", server: server)
        let proxy = try CuttingProxy(to: server.socket, oneOf: 25, seed: 1)
        defer { proxy.close() }
        plan.route = { _ in "postgresql://rundum@127.0.0.1:\(proxy.port)/chaos_cuts?sslmode=disable&gssencmode=disable"
        }
        return try await Arena(plan).run { arena in
            // Neither joining nor leaving is what is tried here.
            proxy.cut(true)
            while arena.goesOn { try await Task.sleep(for: .milliseconds(100)) }
            proxy.cut(false)
            for (cut, times) in proxy.cuts { arena.count("cuts \(cut)", times) }
        }
    }

    /// The server's clock goes an hour ahead, back, an hour behind and back; after each move a worker is killed.
    static func clock() async throws -> WaveReport {
        let server = try FakedServer()
        defer { server.close() }
        try #require(await eventually { (try? await Database(url: server.url("postgres")).ping()) != nil })
        var plan = try Arena.Plan("clock", server: server)
        plan.causes = ["worker_lost", "dependency_failed"]
        return try await Arena(plan).run { arena in
            var rounds = 0
            while arena.wantsMore(after: rounds, least: 4) {
                let hours = [1, 0, -1, 0][rounds % 4]
                try await Task.sleep(for: arena.size.pause * 2)
                try server.move(to: hours * 3600)
                arena.count("moves of the clock")
                try await Task.sleep(for: arena.size.pause / 2)
                try await arena.killWorker(rounds % arena.fleet.count)
                rounds += 1
            }
            try server.move(to: 0)
        }
    }

    /// A session holds an old snapshot while jobs come and go and others are changed all the time.
    static func snapshot() async throws -> WaveReport {
        var plan = try Arena.Plan("snapshot", server: PrivateServer.shared.get())
        let hold = ChaosSize.current.hold
        plan.span = hold
        let later = Date.now + hold.inSeconds + 3
        let held = min(ChaosSize.current.jobs / 20, 100)
        plan.request = { number, photo in
            var request = Workload.thumbnail(number, photo)
            // These wait all the while, and are changed again and again.
            if number < held { request.runAt = later }
            return request
        }
        return try await Arena(plan).run { arena in
            let holder = Database(url: arena.plan.server.url(arena.plan.database), connections: 1)
            _ = try await holder.execute("begin isolation level repeatable read; select count(*) from rundum.job")
            let end = ContinuousClock.now + hold
            while ContinuousClock.now < end {
                _ = try await arena.audit.database.execute(
                    "update rundum.job j set revision = j.revision + 1 where j.state = 'scheduled'", [])
                try await Task.sleep(for: .milliseconds(200))
            }
            let dead = try await arena.audit.database.execute(
                "select n_dead_tup from pg_stat_user_tables where schemaname = 'rundum' and relname = 'job'", [])
            arena.count("dead rows", dead[0][0].flatMap { Int($0) } ?? 0)
            await holder.close()
            while arena.goesOn { try await Task.sleep(for: .milliseconds(100)) }
            for (tenth, wait) in try await waits(in: arena) { arena.count("ms p95 wait of the \(tenth) tenth", wait) }
        }
    }

    /// 95 of 100 jobs without dependencies were started within so many milliseconds, of the first and the last tenth.
    private static func waits(in arena: Arena) async throws -> [(tenth: String, wait: Int)] {
        let rows = try await arena.audit.database.execute(
            """
            select q.tenth, round(1000 * percentile_cont(0.95) within group (order by extract(epoch from q.wait)))
            from (
                select d.started_at - d.created_at as wait, ntile(10) over (order by d.id) as tenth
                from rundum.done d where d.workflow_id is null and d.run_at is null) q
            where q.tenth in (1, 10) group by 1 order by 1
            """, [])
        return zip(["first", "last"], rows).map { ($0, $1[1].flatMap { Int($0) } ?? 0) }
    }
}
