import Foundation
import Pipeline
import Testing

@testable import Worker

@Suite struct ClaimRoomTests {
    private func room(_ live: Int, _ bulk: Int, extra: Int = 1) -> [Int] {
        var limits = WorkerLimits()
        (limits.executors, limits.liveExtra) = (2, extra)
        let room = ClaimRoom(live: live, bulk: bulk, under: limits)
        return [room.limit, room.bulkLimit]
    }

    @Test func `live work keeps a place beside a backfill, and neither gets more executors than there are`() {
        #expect(room(0, 0) == [2, 2])
        #expect(room(1, 0) == [1, 1])
        #expect(room(2, 0) == [0, 0])
        #expect(room(0, 1) == [2, 1])
        #expect(room(0, 2) == [1, 0])
        #expect(room(1, 2) == [0, 0])
        #expect(room(2, 1) == [0, 0])
        #expect(room(0, 2, extra: 0) == [0, 0])
        #expect(room(5, 5) == [0, 0])
    }

    @Test func `an attempt that ends makes room in its lane`() {
        var limits = WorkerLimits()
        (limits.executors, limits.liveExtra) = (2, 1)
        var room = ClaimRoom(live: 1, bulk: 2, under: limits)
        room.leave(isBulk: true)
        #expect(room.limit == 1 && room.bulkLimit == 0)
        room.leave(isBulk: false)
        #expect(room.limit == 2 && room.bulkLimit == 1)
    }
}

@Suite struct WorkerLimitsTests {
    private func changed(_ json: String) throws(Failure) -> WorkerLimits {
        try WorkerLimits().changed(by: Data(json.utf8))
    }

    @Test func `settings change what they name and nothing else`() throws {
        var expected = WorkerLimits()
        #expect(try changed("{}") == expected)
        (expected.executors, expected.liveExtra, expected.threads) = (7, 0, 12)
        (expected.memoryBytes, expected.drain) = (1500 << 20, .seconds(90))
        let json = #"{"executors":7,"liveExtra":0,"threads":12,"memoryMegabytes":1500,"drainSeconds":90}"#
        #expect(try changed(json) == expected)
    }

    @Test(arguments: [
        #"{"executors":0}"#, #"{"executors":65}"#, #"{"executors":"2"}"#, #"{"executors":1.5}"#, #"{"liveExtra":-1}"#,
        #"{"drainSeconds":-1}"#, #"{"threads":null}"#, #"{"executers":2}"#, "[]", "", "{",
    ])
    func `settings that mean nothing are refused`(json: String) {
        #expect(throws: Failure.self) { try changed(json) }
    }
}
