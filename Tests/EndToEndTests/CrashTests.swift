import Foundation
import Pipeline
import TestKit
import Testing

/// kill -9 in the middle of a showroom: after a restart the result is that of an undisturbed run.
@Suite(.serialized) struct CrashTests {
    /// What an undisturbed run gives, made once.
    static let expected = Task { () throws -> [String: String] in
        let showroom = try Showroom(photos: Showroom.quarters, options: Self.options)
        let outcome = try await showroom.run("calm")
        try #require(outcome.status == 3 || outcome.status == 0, "\(outcome.err)")
        return try showroom.hashes("calm")
    }

    @Test func `a killed executor costs an attempt and nothing else`() async throws {
        let expected = try await Self.expected.value
        let showroom = try Showroom(photos: Showroom.quarters, options: Self.options)
        let run = try showroom.start("shaken")
        try await Self.waitForProgress(showroom)
        let executor = try #require(await firstValue { Self.executors(of: run).first })
        kill(executor, SIGKILL)
        let outcome = await run.outcome()
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(try showroom.hashes("shaken") == expected)
        try await Self.expectEachJobOnce(showroom)
    }

    @Test func `a killed worker's work is taken up by the same command`() async throws {
        let expected = try await Self.expected.value
        let showroom = try Showroom(photos: Showroom.quarters, options: Self.options)
        let run = try showroom.start("shaken")
        try await Self.waitForProgress(showroom)
        run.signal(SIGKILL)
        _ = await run.outcome()
        let outcome = try await showroom.run("shaken")
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(try showroom.hashes("shaken") == expected)
        try await Self.expectEachJobOnce(showroom)
    }

    @Test func `a killed database is started again and the run goes on`() async throws {
        let expected = try await Self.expected.value
        let showroom = try Showroom(photos: Showroom.quarters, options: Self.options)
        let run = try showroom.start("shaken")
        try await Self.waitForProgress(showroom)
        let postmaster = try #require(Self.postmaster(showroom))
        kill(postmaster, SIGKILL)
        let outcome = await run.outcome()
        #expect(outcome.status == 0, "\(outcome.err)")
        #expect(try showroom.hashes("shaken") == expected)
        try await Self.expectEachJobOnce(showroom)
    }

    /// Until a blob of a result is there: some step is done, others are not.
    private static func waitForProgress(_ showroom: Showroom) async throws {
        let blobs = showroom.home.url.appending(path: "data/blobs")
        let seen = await firstValue(within: .seconds(60)) { () -> Bool? in
            let files = FileManager.default.subpaths(atPath: blobs.path)?.filter {
                $0.split(separator: "/").last?.count ?? 0 >= 60
            }
            return (files?.count ?? 0) > showroom.photos.count ? true : nil
        }
        try #require(seen == true, "the run made no progress")
    }

    private static func executors(of run: Program) -> [Int32] {
        run.children.filter { pid in
            let words = try? String(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"), encoding: .utf8)
            return words?.contains("execute") == true
        }
    }

    /// The model takes longer than all the rest and is one job like the others.
    private static let options = ["reconstruct=false"]

    private static func postmaster(_ showroom: Showroom) -> Int32? {
        let data = showroom.home.url.appending(path: "data")
        let file = FileManager.default.subpaths(atPath: data.path)?.first { $0.hasSuffix("postmaster.pid") }
        let text = file.flatMap { try? String(contentsOf: data.appending(path: $0), encoding: .utf8) }
        return text?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// Thirteen jobs (four times plates, cut-out and renditions, a spin), each succeeded, each there once.
    private static func expectEachJobOnce(_ showroom: Showroom) async throws {
        let listed = try await showroom.rundum("jobs", "list", "--json")
        let jobs = try JSON.decode([Job].self, from: listed.outData)
        #expect(jobs.count == 13)
        #expect(jobs.allSatisfy { $0.state == .succeeded })
        #expect(Set(jobs.compactMap(\.label)).count == 13)
    }
}
