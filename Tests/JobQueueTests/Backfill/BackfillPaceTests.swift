import Foundation
import Pipeline
import Testing

@testable import JobQueue

@Suite struct BackfillPaceTests {
    private static func date(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    @Test func `a window over midnight goes by the wall clock of its place`() throws {
        let night = try BackfillPace.Window("22:00-06:00", timeZone: "Europe/Berlin")
        #expect(night.hours == 8 && night.text == "22:00-06:00")
        // In winter Berlin is an hour ahead of UTC, in summer two.
        for (time, isOpen) in [
            ("2026-01-10T20:59:59Z", false), ("2026-01-10T21:00:00Z", true), ("2026-01-11T04:59:59Z", true),
            ("2026-01-11T05:00:00Z", false), ("2026-07-10T20:00:00Z", true), ("2026-07-11T04:00:00Z", false),
        ] {
            #expect(night.contains(try Self.date(time)) == isOpen, "\(time)")
        }
        let noon = try BackfillPace.Window("12:00-13:30", timeZone: "UTC")
        #expect(noon.hours == 1.5)
        #expect(noon.contains(try Self.date("2026-01-10T13:29:00Z")))
        #expect(!noon.contains(try Self.date("2026-01-10T13:30:00Z")))
    }

    @Test(arguments: [
        "", "22-06", "22:00", "24:00-06:00", "22:60-06:00", "22:00-22:00", "a:00-06:00", "22:00-06:00-07:00",
    ])
    func `what is no window is refused`(text: String) {
        #expect(throws: Failure.self) { try BackfillPace.Window(text, timeZone: "UTC") }
    }

    @Test func `an unknown place is refused`() {
        #expect(throws: Failure.self) { try BackfillPace.Window("22:00-06:00", timeZone: "Berlin") }
    }

    @Test func `room goes by how fast items end, between bounds, unless it is said`() {
        #expect(BackfillPace().room(underWay: 0, endedPerSecond: 0) == 64)
        #expect(BackfillPace().room(underWay: 100, endedPerSecond: 0) == 0)
        #expect(BackfillPace().room(underWay: 100, endedPerSecond: 10) == 200)
        #expect(BackfillPace().room(underWay: 0, endedPerSecond: 1e6) == 1000)
        #expect(BackfillPace(maxInFlight: 3).room(underWay: 1, endedPerSecond: 1000) == 2)
    }
}
