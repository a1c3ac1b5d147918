import Foundation
import JobQueue
import Pipeline
import TestKit

/// Waves that fall upon workers and executors.
enum WorkerWaves {
    /// SIGKILL for a worker or an executor, again and again; another worker takes each place.
    static func kills() async throws -> WaveReport {
        var plan = try Arena.Plan("kills", server: PrivateServer.shared.get())
        // A job whose executor or worker is killed twice gives up, and says so.
        plan.causes = ["worker_crashed", "worker_lost", "dependency_failed"]
        return try await Arena(plan).run { arena in
            var dice = Dice(1)
            var rounds = 0
            while arena.wantsMore(after: rounds, least: 6) {
                rounds += 1
                try await Task.sleep(for: arena.size.pause)
                let place = dice.below(arena.fleet.count)
                if rounds % 3 == 0 {
                    try await arena.killWorker(place)
                } else {
                    arena.killExecutor(place, dice.below(100))
                }
            }
        }
    }

    /// SIGSTOP until the lease is long over, for one worker, two, and all of them; then SIGCONT.
    static func stops() async throws -> WaveReport {
        var plan = try Arena.Plan("stops", server: PrivateServer.shared.get())
        // Two leases that run out under one job end it.
        plan.causes = ["worker_lost", "dependency_failed"]
        return try await Arena(plan).run { arena in
            var rounds = 0
            while arena.wantsMore(after: rounds, least: 2) {
                rounds += 1
                try await Task.sleep(for: arena.size.pause * 2)
                let pids = arena.fleet.pids
                let stopped = pids.prefix(rounds % pids.count + 1)
                let moment = Audit.uptime()
                for pid in stopped { kill(pid, SIGSTOP) }
                for pid in stopped { try await arena.audit.note(blow: pid, at: moment) }
                try await Task.sleep(for: arena.size.lease + arena.size.lease / 4 + .milliseconds(500))
                for pid in stopped { kill(pid, SIGCONT) }
                arena.count("workers stopped", stopped.count)
            }
        }
    }

    /// Jobs that kill every executor that takes them, among others that must not notice.
    static func poison() async throws -> WaveReport {
        var plan = try Arena.Plan("poison", server: PrivateServer.shared.get())
        plan.usesFixture = true
        plan.causes = ["worker_crashed"]
        plan.request = { number, photo in
            guard number % 8 == 5 else {
                return JobRequest(kind: "echo", options: ["text": .string("\(number)")], inputs: [photo])
            }
            let how = ["crash", "abort", "exit"][number / 8 % 3]
            return JobRequest(kind: "fault", options: ["how": .string(how)], inputs: [photo])
        }
        return try await Arena(plan).run { arena in
            while arena.goesOn { try await Task.sleep(for: .milliseconds(100)) }
            let wrong = try await arena.audit.database.execute(
                """
                select d.kind, d.state, d.attempt, count(*) from rundum.done d
                where (d.kind = 'fault') <> (d.state = 'failed' and d.attempt = 2)
                    or (d.kind = 'echo') <> (d.state = 'succeeded' and d.attempt = 1)
                group by 1, 2, 3
                """, [])
            for row in wrong {
                arena.complain("poison ended otherwise: \(row.map { $0 ?? "-" }.joined(separator: " "))")
            }
            let deaths = try await arena.audit.database.execute(
                "select count(*) from chaos.start s join rundum.done d on d.id = s.job where d.kind = 'fault'", [])
            arena.count("executors lost to poison", deaths[0][0].flatMap { Int($0) } ?? 0)
        }
    }
}
