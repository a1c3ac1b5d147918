import Testing

@testable import Runner

/// The bars of `db verify`, `backup` and `restore`.
@Suite struct StoreProgressTests {
    /// A clock that the test moves, and what was drawn.
    private final class Stage {
        var moment = ContinuousClock.now
        var drawn: [[ProgressBars.Bar]] = []

        func progress() -> StoreProgress {
            StoreProgress(now: { self.moment }, draws: { self.drawn.append($0) })
        }
    }

    @Test func `what is over within a second shows nothing`() {
        let stage = Stage()
        let progress = stage.progress()
        progress.begin("copying", of: 500)
        for _ in 0..<500 {
            stage.moment += .milliseconds(1)
            progress.step()
        }
        progress.finish()
        #expect(stage.drawn.isEmpty)
    }

    @Test func `a long walk says how far it is and how long it takes, ten times a second at most`() throws {
        let stage = Stage()
        let progress = stage.progress()
        progress.begin("copying", of: 100_000)
        for _ in 0..<50_000 {
            stage.moment += .microseconds(100)
            progress.step()
        }
        #expect((35...41).contains(stage.drawn.count), "\(stage.drawn.count) in 4 of 5 seconds")
        let bar = try #require(stage.drawn.last?.last)
        #expect(bar.title == "copying" && (0.48...0.5).contains(bar.fraction))
        #expect(bar.note.hasSuffix("blobs  6 s left"), "\(bar.note)")
        progress.begin("reading the backup", of: 10)
        #expect(stage.drawn.last == [ProgressBars.Bar(title: "copying", fraction: 1, note: "50,000 blobs")])
    }

    @Test func `more blobs than were expected never make more than the whole`() {
        let stage = Stage()
        let progress = stage.progress()
        progress.begin("copying", of: 2)
        for _ in 0..<20 {
            stage.moment += .seconds(1)
            progress.step()
        }
        #expect(stage.drawn.allSatisfy { $0.allSatisfy { $0.fraction < 1 } })
        progress.finish()
        #expect(stage.drawn.last?.last?.fraction == 1)
    }
}
