import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@Suite struct CronTests {
    private let night: JSONValue = ["kind": "cutout", "priority": 3]

    private func next(_ queue: QueueFixture, _ schedule: String, _ zone: String, after: String) async throws -> String?
    {
        try await queue.db.rows(
            """
            select to_char(rundum.cron_next('\(schedule)', '\(zone)', '\(after)') at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
            """)[0][0]
    }

    /// Clocks of Berlin go forward at 2:00 and back at 3:00.
    @Test(arguments: [
        // Skipped: at the first instant after it, once, and as ever the day after.
        ("30 2 * * *", "2026-03-28 12:00Z", "2026-03-29 01:00"),
        ("30 2 * * *", "2026-03-29 01:00Z", "2026-03-30 00:30"),
        ("*/15 2 * * *", "2026-03-29 00:59Z", "2026-03-29 01:00"),
        ("*/15 2 * * *", "2026-03-29 01:00Z", "2026-03-30 00:00"),
        ("30 2 * * *", "2027-03-27 12:00Z", "2027-03-28 01:00"),
        // Twice: the first time only.
        ("30 2 * * *", "2026-10-24 12:00Z", "2026-10-25 00:30"),
        ("30 2 * * *", "2026-10-25 00:30Z", "2026-10-26 01:30"),
        ("45 2 * * SUN", "2027-10-29 12:00Z", "2027-10-31 00:45"),
        ("0 3 * * *", "2027-10-30 12:00Z", "2027-10-31 02:00"),
        // Every hour is every hour.
        ("30 * * * *", "2026-10-25 00:30Z", "2026-10-25 01:30"),
        ("30 * * * *", "2026-03-29 00:30Z", "2026-03-29 01:30"),
        // Around them.
        ("0 1 * * *", "2026-03-28 23:00Z", "2026-03-29 00:00"), ("0 3 * * *", "2026-03-29 00:00Z", "2026-03-29 01:00"),
        ("59 23 * * *", "2026-10-25 12:00Z", "2026-10-25 22:59"),
    ])
    func `schedules go by clocks that change`(schedule: String, after: String, expected: String) async throws {
        let queue = try await Self.shared.value
        #expect(try await next(queue, schedule, "Europe/Berlin", after: after) == expected)
    }

    @Test(arguments: [
        ("0 0 29 2 *", "UTC", "2026-11-22 12:00Z", "2028-02-29 00:00"),
        ("0 9-17/4 1,15 * MON", "UTC", "2026-11-22 12:00Z", "2026-11-23 09:00"),
        ("5/20 6 * JAN-FEB *", "UTC", "2026-11-22 12:00Z", "2027-01-01 06:05"),
        ("0 0 * * 7", "UTC", "2026-11-22 12:00Z", "2026-11-29 00:00"),
        ("@hourly", "Asia/Kolkata", "2026-11-22 12:00Z", "2026-11-22 12:30"),
        ("@weekly", "UTC", "2026-11-22 00:00Z", "2026-11-29 00:00"),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 00:00Z", "2026-10-03 15:30"),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 00:00Z", "2026-04-04 14:45"),
        ("30 0 * * *", "America/Havana", "2026-03-07 12:00Z", "2026-03-08 05:00"),
        ("30 0 * * *", "America/Havana", "2026-10-31 12:00Z", "2026-11-01 04:30"),
    ])
    func `schedules mean what cron means`(
        schedule: String, zone: String, after: String, expected: String
    ) async throws {
        let queue = try await Self.shared.value
        #expect(try await next(queue, schedule, zone, after: after) == expected)
    }

    @Test(arguments: [
        ("a b", "* * * * *", "UTC", #"{"kind":"cutout"}"#), ("", "* * * * *", "UTC", #"{"kind":"cutout"}"#),
        ("a", "* * * *", "UTC", #"{"kind":"cutout"}"#), ("a", "60 * * * *", "UTC", #"{"kind":"cutout"}"#),
        ("a", "5-3 * * * *", "UTC", #"{"kind":"cutout"}"#), ("a", "*/0 * * * *", "UTC", #"{"kind":"cutout"}"#),
        ("a", "* * * * FOO", "UTC", #"{"kind":"cutout"}"#), ("a", "0 0 30 2 *", "UTC", #"{"kind":"cutout"}"#),
        ("a", "", "UTC", #"{"kind":"cutout"}"#), ("a", "1,,2 * * * *", "UTC", #"{"kind":"cutout"}"#),
        ("a", "* * * * *", "UTC+2", #"{"kind":"cutout"}"#), ("a", "* * * * *", "", #"{"kind":"cutout"}"#),
        ("a", "* * * * *", "UTC", "{}"), ("a", "* * * * *", "UTC", "[]"),
        ("a", "* * * * *", "UTC", #"{"kind":"cutout","key":"k"}"#),
        ("a", "* * * * *", "UTC", #"{"kind":"cutout","runAt":"2026-11-22T00:00:00Z"}"#),
    ])
    func `what is no entry is refused`(name: String, schedule: String, zone: String, request: String) async throws {
        let queue = try await Self.shared.value
        let json = try JSON.decode(JSONValue.self, from: Data(request.utf8))
        let refused = await failure {
            _ = try await queue.store.setCron(name, schedule: schedule, zone: zone, request: json, tenant: "t")
        }
        #expect(refused?.code == .invalidRequest)
        #expect(try await queue.store.cron(tenant: "t").isEmpty)
    }

    @Test func `an entry fires once however many ask, and of what was missed only the latest`() async throws {
        let queue = try await QueueFixture.fresh(connections: 8)
        let entry = try await queue.store.setCron(
            "night", schedule: "0 3 * * *", zone: "Europe/Berlin", request: night, tenant: queue.tenant)
        #expect(try await queue.store.fireCron(asOf: entry.nextAt - 1) == 0)
        // Three nights later, all at once.
        let late = entry.nextAt + 3 * 86400
        let fired = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await queue.store.fireCron(asOf: late) } }
            return try await group.reduce(0, +)
        }
        #expect(fired == 1)
        let after = try #require(try await queue.store.cron(tenant: queue.tenant).first)
        #expect(after.nextAt > late && after.nextAt <= late + 90_000)
        #expect(after.lastAt == late && after.failure == nil)
        let claim = try await queue.takeFirst()
        #expect(claim.job == after.lastJob && claim.request.priority == 3)
        #expect(try await queue.claim().isEmpty)
    }

    @Test func `a sweep enqueues what is due`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.store.setCron(
            "yearly", schedule: "@yearly", zone: "UTC", request: night, tenant: queue.tenant)
        try await queue.db.rows("update rundum.cron set next_at = now() - interval '1 s'")
        #expect(try await queue.store.sweep().promoted == 1)
        #expect(try await queue.store.sweep().promoted == 0)
        #expect(try await queue.claim().count == 1)
    }

    @Test func `one that can't be enqueued says why and holds up nobody`() async throws {
        let queue = try await QueueFixture.fresh()
        let withPhoto: JSONValue = [
            "kind": "cutout", "inputs": [["slot": "front", "sha256": .string(QueueFixture.sha(1))]],
        ]
        for (name, request) in [("a", withPhoto), ("b", night)] {
            _ = try await queue.store.setCron(
                name, schedule: "* * * * *", zone: "UTC", request: request, tenant: queue.tenant)
        }
        try await queue.db.rows("delete from rundum.blob_owner")
        #expect(try await queue.store.fireCron(asOf: .now + 120) == 1)
        let entries = try await queue.store.cron(tenant: nil)
        #expect(entries.map(\.failure) == ["The input front is not stored.", nil])
        #expect(entries.allSatisfy { $0.nextAt > .now + 60 })
    }

    @Test func `an entry is changed by its name, and removed`() async throws {
        let queue = try await QueueFixture.fresh()
        for schedule in ["0 3 * * *", "0 4 * * *"] {
            _ = try await queue.store.setCron(
                "night", schedule: schedule, zone: "UTC", request: night, tenant: queue.tenant)
        }
        #expect(try await queue.store.cron(tenant: queue.tenant).map(\.schedule) == ["0 4 * * *"])
        #expect(try await queue.store.cron(tenant: "other").isEmpty)
        try await queue.store.removeCron("night", tenant: queue.tenant)
        let again = await failure { try await queue.store.removeCron("night", tenant: queue.tenant) }
        #expect(again?.code == .notFound)
    }

    /// For what only reads.
    private static let shared = Task { try await QueueFixture.fresh() }
}
