import Pipeline
import Testing

@testable import Runner

@Suite struct QueueCommandTests {
    private func refusal<C: Command>(_ command: C.Type, _ words: String...) -> Failure? {
        do throws(Failure) {
            _ = try C(Arguments(words, options: C.options))
            return nil
        } catch { return error }
    }

    @Test func `what operators write is understood`() {
        #expect(refusal(QueuePauseCommand.self, "bulk") == nil)
        #expect(refusal(QueueResumeCommand.self, "live") == nil)
        #expect(refusal(QueueLimitCommand.self, "--tenant", "a", "--running", "0") == nil)
        #expect(refusal(QueueLimitCommand.self, "--tenant", "a", "--per-minute", "6", "--burst", "2") == nil)
        #expect(refusal(QueueLimitsCommand.self, "--json") == nil)
        #expect(refusal(QueueLimitsCommand.self, "shop") != nil)
        #expect(refusal(QueueStatsCommand.self, "--since", "15m", "--json") == nil)
        #expect(refusal(JobsRetryCommand.self, "--code", "worker_lost", "--since", "2h", "--dry-run") == nil)
        #expect(refusal(JobsRetryCommand.self, "0199a1b2-0000-7000-8000-000000000000") == nil)
    }

    @Test func `jobs that come again and what is kept are understood`() {
        let schedule = ["--schedule", "0 3 * * *"]
        #expect(refusal(QueueCronAddCommand.self, "a", schedule[0], schedule[1], "--kind", "spin") == nil)
        #expect(
            refusal(QueueCronAddCommand.self, "a", schedule[0], schedule[1], "--request", #"{"kind":"spin"}"#) == nil)
        #expect(refusal(QueueCronAddCommand.self, schedule[0], schedule[1], "--kind", "spin") != nil)
        #expect(refusal(QueueCronAddCommand.self, "a", "--kind", "spin")?.summary.contains("--schedule") == true)
        #expect(refusal(QueueCronAddCommand.self, "a", schedule[0], schedule[1]) != nil)
        #expect(refusal(QueueCronAddCommand.self, "a", schedule[0], schedule[1], "--request", "[]") != nil)
        #expect(refusal(QueueCronRemoveCommand.self) != nil)
        #expect(refusal(QueueKeepCommand.self, "--days", "30", "--tenant", "a") == nil)
        #expect(refusal(QueueKeepCommand.self, "--for-ever") == nil)
        #expect(refusal(QueueKeepCommand.self, "--as-all") != nil)
        #expect(refusal(QueueKeepCommand.self) != nil)
        #expect(refusal(QueueKeepCommand.self, "--days", "1", "--for-ever") != nil)
        #expect(Dispatcher.find(["queue", "cron", "add", "x"])?.0 == QueueCronAddCommand.self)
    }

    @Test func `what they did not mean is refused`() {
        #expect(refusal(QueuePauseCommand.self)?.summary.contains("live or bulk") == true)
        #expect(refusal(QueuePauseCommand.self, "all")?.summary.contains("live or bulk") == true)
        #expect(refusal(QueueLimitCommand.self)?.summary.contains("--tenant") == true)
        #expect(refusal(QueueLimitCommand.self, "--tenant", "a", "--burst", "2") != nil)
        #expect(refusal(QueueLimitCommand.self, "--tenant", "a", "--running", "-1") != nil)
        #expect(refusal(QueueStatsCommand.self, "--since", "2w")?.summary.contains("not 2w") == true)
        #expect(refusal(JobsRetryCommand.self) != nil)
        #expect(refusal(JobsRetryCommand.self, "--since", "2h") != nil)
        #expect(refusal(JobsRetryCommand.self, "--code", "no_such_code")?.summary.contains("no_such_code") == true)
        #expect(refusal(JobsApproveCommand.self, "x") != nil)
        #expect(refusal(JobsRejectCommand.self) != nil)
    }

    @Test func `times are shown in a unit that fits`() {
        let shown = [0.0124, 1.26, 99, 300, 7200, 200_000, -3].map(StatsText.seconds)
        #expect(shown == ["12 ms", "1.3 s", "99.0 s", "5 min", "2 h", "2 d", "-3.0 s"])
    }
}
