import Foundation
import Pipeline
import Testing

@testable import JobQueue
@testable import Runner

@Suite struct BackfillWordsTests {
    private static func order(_ words: String...) throws -> BackfillOrder {
        try BackfillOrder(Arguments(words, options: BackfillCommand.options))
    }

    @Test func `the words of a course are read`() throws {
        let order = try Self.order(
            "cutout", "photos", "--max-in-flight", "7", "--rate", "90/m", "--window", "22:00-06:00", "--time-zone",
            "Europe/Berlin", "--canary", "3")
        #expect(order.name == "cutout" && order.places.map(\.lastPathComponent) == ["photos"])
        #expect(order.pace.maxInFlight == 7 && order.pace.perSecond == 1.5 && order.canary == 3)
        #expect(order.pace.window?.from == 1320 && order.pace.window?.timeZone == "Europe/Berlin")
        #expect(try Self.order("cutout", "a", "--rate", "7200/h").pace.perSecond == 2)
        #expect(try Self.order("--resume").id == nil)
        #expect(try Self.order("--resume", "12", "--rate", "1/s").id == 12)
    }

    @Test(arguments: [
        [], ["cutout"], ["cutout", "a", "--sql", "select 1"], ["cutout", "--sql", "select 1", "--from-jobs"],
        ["cutout", "a", "--since", "2h"], ["cutout", "a", "--rate", "5"], ["cutout", "a", "--rate", "0/s"],
        ["cutout", "a", "--rate", "5/d"], ["cutout", "a", "--window", "all day"],
        ["cutout", "a", "--time-zone", "UTC"],
        ["cutout", "--from-jobs", "--state", "queued"], ["--resume", "x"], ["--resume", "1", "2"],
        ["--resume", "--set", "a=b"], ["--resume", "--canary", "2"], ["cutout", "a", "--canary", "0"],
    ])
    func `what makes no sense is refused`(words: [String]) {
        #expect(throws: Failure.self) { try BackfillOrder(Arguments(words, options: BackfillCommand.options)) }
    }

    @Test func `a canary is spread over all`() {
        #expect(BackfillFeeder.spread(4, over: 100) == [13, 38, 63, 88])
        #expect(BackfillFeeder.spread(1, over: 1) == [1])
        #expect(BackfillFeeder.spread(5, over: 3) == [1, 2, 3])
        #expect(BackfillFeeder.spread(3, over: 0).isEmpty)
        for total in 1...40 {
            for count in 1...total {
                let numbers = BackfillFeeder.spread(count, over: total)
                #expect(Set(numbers).count == count && numbers.allSatisfy { (1...total).contains($0) })
            }
        }
    }

    @Test func `a rate lets in what time has brought, and keeps a second's worth`() {
        let start = ContinuousClock.now
        var bucket = RateBucket()
        #expect(bucket.whole(2, now: start + .seconds(100)) == 2)
        bucket.take(2)
        #expect(bucket.whole(2, now: start + .milliseconds(100_400)) == 0)
        #expect(bucket.whole(2, now: start + .milliseconds(100_600)) == 1)
        var slow = RateBucket()
        slow.take(1)
        #expect(slow.whole(0.1, now: start + .seconds(5)) == 0)
        #expect(slow.whole(0.1, now: start + .seconds(12)) == 1)
    }

    @Test func `the pace is that of the last minute`() {
        let start = ContinuousClock.now
        var meter = PaceMeter(ended: 10, now: start)
        #expect(meter.perSecond == 0)
        meter.note(30, now: start + .seconds(10))
        #expect(meter.perSecond == 2)
        for second in 11...200 { meter.note(30, now: start + .seconds(second)) }
        #expect(meter.perSecond == 0)
    }

    @Test func `numbers are said as people read them`() {
        #expect(BackfillView.grouped(1_234_567) == "1,234,567" && BackfillView.grouped(999) == "999")
        #expect(BackfillView.time(59) == "59 s" && BackfillView.time(12_000) == "3 h 20 min")
        #expect(BackfillView.time(600) == "10 min" && BackfillView.time(400_000) == "5 d")
        #expect(BackfillView.size(12) == "12 bytes" && BackfillView.size(1_234_567) == "1.2 MB")
        #expect(BackfillView.size(0) == "0 bytes" && BackfillView.size(5e16) == "50000.0 TB")
    }

    @Test func `a bar says how far, how long, and what stands in the way`() throws {
        let spec = BackfillSpec(name: "cutout", isWorkflow: false, options: [:])
        let night = try BackfillPace.Window("22:00-06:00", timeZone: "UTC")
        let backfill = Backfill.sample(spec, pace: BackfillPace(window: night), total: 100)
        var tally = BackfillTally()
        (tally.succeeded, tally.failed, tally.underWay, tally.waiting) = (40, 10, 5, 45)
        var state = FeedState(tally: tally, place: 55)
        state.meter = PaceMeter(ended: 0, now: .now - .seconds(10))
        state.meter.note(50)
        let going = BackfillView(backfill, state, isOpen: true, hasWorkers: true).bar
        #expect(going.title == "cutout" && going.fraction == 0.5)
        #expect(going.note.contains("50/100") && going.note.contains("10 failed") && going.note.contains("s left"))
        let closed = BackfillView(backfill, state, isOpen: false, hasWorkers: true).bar
        #expect(closed.note.contains("waits for 22:00-06:00"))
        let idle = BackfillView(backfill, state, isOpen: true, hasWorkers: false).bar
        #expect(idle.note.contains("no worker is running"))
    }
}

extension Backfill {
    static func sample(_ spec: BackfillSpec, pace: BackfillPace = BackfillPace(), total: Int) -> Backfill {
        Backfill(
            id: 7, tenant: "default", spec: spec, pace: pace, state: .feeding, total: total, canary: 0, fed: 0,
            feeder: nil, silence: 0, createdAt: Date(timeIntervalSince1970: 0), finishedAt: nil)
    }
}
