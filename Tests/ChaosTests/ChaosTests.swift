import Foundation
import TestKit
import Testing

/// Waves of what goes wrong in a night, against real workers on a real PostgreSQL. After each one the tables themselves say
/// whether every job is there exactly once, with its cause, and how long the longest one waited to be rescued.
///
/// A short form of `make chaos`, which sets `CHAOS_JOBS` and shows a table.
@Suite(.serialized, .timeLimit(.minutes(ChaosSize.current.isWhole ? 60 : 4)))
struct ChaosTests {
    @Test(.enabled(if: wants("kills")))
    func `killed workers and executors lose no job`() async throws { check(try await WorkerWaves.kills()) }

    @Test(.enabled(if: wants("stops")))
    func `a worker that slept past its lease completes nothing`() async throws {
        check(try await WorkerWaves.stops())
    }

    @Test(.enabled(if: wants("restarts")))
    func `a PostgreSQL that ends at once is started again and knows every job`() async throws {
        check(try await ServerWaves.restarts())
    }

    @Test(.enabled(if: wants("cuts")))
    func `connections cut around a commit lose and double nothing`() async throws {
        check(try await ServerWaves.cuts())
    }

    @Test(.enabled(if: wants("clock")), .enabled(if: FakedServer.isInstalled, "libfaketime is not installed"))
    func `a clock that jumps an hour stops no job`() async throws { check(try await ServerWaves.clock()) }

    @Test(.enabled(if: wants("snapshot")))
    func `a held snapshot keeps no job waiting`() async throws { check(try await ServerWaves.snapshot()) }

    @Test(.enabled(if: wants("poison")))
    func `jobs that kill their executors end with their cause and harm no other`() async throws {
        check(try await WorkerWaves.poison())
    }

    @Test(.enabled(if: wants("full-disk")), .enabled(if: DiskWave.mayMount, "mounting needs root's rights"))
    func `a full disk is waited for`() async throws { check(try await DiskWave.run()) }

    private func check(_ report: WaveReport) {
        report.publish()
        #expect(report.violations.isEmpty, "\(report.violations)")
    }

    /// All waves, or those that `CHAOS_WAVES` names.
    private static func wants(_ wave: String) -> Bool {
        guard let wanted = ProcessInfo.processInfo.environment["CHAOS_WAVES"], !wanted.isEmpty else { return true }
        return wanted.split(separator: ",").contains { $0 == wave }
    }
}
