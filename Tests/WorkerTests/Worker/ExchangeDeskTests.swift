import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

@testable import Worker

@Suite struct ExchangeDeskTests {
    private let bell = Bell()

    private func claim(_ fence: Int64, priority: Int = 1) -> Claim {
        let request = JobRequest(kind: "noop", inputs: [], priority: priority)
        return Claim(
            job: UUID(), fence: fence, tenant: "t", workflow: nil, label: nil, request: request, attempt: 1, inputs: [])
    }

    private func departs(
        _ desk: ExchangeDesk, room: Int, claims: Bool = true, at now: ContinuousClock.Instant = .now
    ) -> ExchangeDesk.Trip? {
        var limits = WorkerLimits()
        (limits.executors, limits.liveExtra) = (100, 0)
        let held = ClaimRoom(live: 100 - room, bulk: 0, under: limits)
        return desk.depart(room: { held }, claims: claims, strokes: bell.strokes, now: now)
    }

    private func handIn(_ fences: ClosedRange<Int64>, at desk: ExchangeDesk, priority: Int = 1) {
        for fence in fences {
            let claim = claim(fence, priority: priority)
            let completion = Completion(claim, result: StageResult(kind: "noop", version: 1))
            desk.handIn(
                ExchangeDesk.Parcel(
                    attempt: RunningAttempt(claim), completion: completion, spent: Spent(time: .zero)))
        }
    }

    /// Brings a trip back: what became of each parcel, by its fence.
    private func back(
        _ trip: ExchangeDesk.Trip, to desk: ExchangeDesk, accepted: [Bool?], claims: [Claim] = []
    ) throws -> [Int64: Bool?] {
        let answers = desk.arrive(trip, .success(Exchange(accepted: accepted, claims: claims)))
        return try Dictionary(
            uniqueKeysWithValues: answers.map { ($0.parcel.attempt.claim.fence, try $0.answer.get()) })
    }

    @Test func `room is asked for, and a dry queue is not asked again before the bell`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        #expect(departs(desk, room: 0) == nil)
        #expect(departs(desk, room: 3, claims: false) == nil)
        let trip = try #require(departs(desk, room: 3))
        #expect(trip.limit == 3)
        _ = desk.arrive(trip, .success(Exchange(accepted: [], claims: [claim(1)])))
        #expect(departs(desk, room: 2) == nil)
        bell.ring()
        #expect(departs(desk, room: 2)?.limit == 2)
    }

    @Test func `room that another line is away for is not asked for again`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let first = try #require(departs(desk, room: 8))
        #expect(first.limit == 8)
        #expect(departs(desk, room: 8) == nil)
        #expect(try #require(departs(desk, room: 14)).limit == 6)
        _ = desk.arrive(
            first, .success(Exchange(accepted: [], claims: (1...8).map { claim($0) })),
            settling: {
                // Whoever looks at the room now waits until this has been noted.
                bell.ring()
            })
        #expect(departs(desk, room: 6) == nil)
    }

    @Test func `a line that takes as many along as it asks for keeps no room from others`() throws {
        let desk = ExchangeDesk(batch: 4, bulkBatch: 1, bell: bell)
        handIn(1...4, at: desk)
        let first = try #require(departs(desk, room: 0))
        #expect(first.parcels.count == 4 && first.limit == 4 && first.bulk == 1)
        #expect(try #require(departs(desk, room: 4)).limit == 4)
        #expect(try back(first, to: desk, accepted: [true, true, true, true]) == [1: true, 2: true, 3: true, 4: true])
    }

    @Test func `results make room for as many claims, up to a batch`() throws {
        let desk = ExchangeDesk(batch: 4, bell: bell)
        handIn(1...6, at: desk)
        let first = try #require(departs(desk, room: -6))
        #expect(first.parcels.count == 4)
        #expect(first.limit == 0)
        let second = try #require(departs(desk, room: 0))
        #expect(second.parcels.count == 2)
        #expect(second.limit == 2)
        #expect(try back(second, to: desk, accepted: [false, nil]) == [5: false, 6: nil])
        #expect(try back(first, to: desk, accepted: [true, true, true, true]) == [1: true, 2: true, 3: true, 4: true])
    }

    @Test func `trips with bulk jobs are shorter, so that live ones wait for none for long`() throws {
        let desk = ExchangeDesk(batch: 8, bulkBatch: 2, bell: bell)
        handIn(1...3, at: desk, priority: 3)
        let first = try #require(departs(desk, room: 8))
        #expect(first.parcels.count == 2)
        #expect((first.limit, first.bulk) == (8, 2))
        let second = try #require(departs(desk, room: 8))
        #expect(second.parcels.count == 1)
        #expect(try back(first, to: desk, accepted: [true, true]) == [1: true, 2: true])
        #expect(try back(second, to: desk, accepted: [true]) == [3: true])
    }

    @Test func `a queue that gave all that a short trip takes is not dry`() throws {
        let desk = ExchangeDesk(batch: 8, bulkBatch: 2, bell: bell)
        let trip = try #require(departs(desk, room: 8))
        let bulk = (1...2).map { claim($0, priority: 3) }
        _ = desk.arrive(trip, .success(Exchange(accepted: [], claims: bulk)))
        let next = try #require(departs(desk, room: 6))
        _ = desk.arrive(next, .success(Exchange(accepted: [], claims: [claim(3, priority: 3)])))
        #expect(departs(desk, room: 5) == nil)
    }

    @Test func `a line waits for a batch while another one is under way`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let away = try #require(departs(desk, room: 10))
        handIn(1...4, at: desk)
        #expect(departs(desk, room: 0) == nil)
        _ = desk.arrive(away, .success(Exchange(accepted: [], claims: [])))
        let trip = try #require(departs(desk, room: 0))
        #expect(try back(trip, to: desk, accepted: [true, true, true, true]).keys.sorted() == [1, 2, 3, 4])
    }

    @Test func `a queue that is away costs no result`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        handIn(1...2, at: desk)
        let away = Failure(.databaseUnavailable, "Away.")
        let first = try #require(departs(desk, room: 0))
        #expect(desk.arrive(first, .failure(away)).isEmpty)
        #expect(desk.count == 2)
        let next = try #require(departs(desk, room: 0))
        #expect(try back(next, to: desk, accepted: [true, true]) == [1: true, 2: true])
    }

    @Test func `whose owner gives up while the queue is away is told why, the others stay`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        handIn(1...3, at: desk)
        let away = Failure(.databaseUnavailable, "Away.")
        let answers = desk.arrive(try #require(departs(desk, room: 0)), .failure(away)) {
            $0.attempt.claim.fence == 2
        }
        #expect(answers.map { $0.parcel.attempt.claim.fence } == [2] && answers.first?.answer == .failure(away))
        let next = try #require(departs(desk, room: 0))
        #expect(try back(next, to: desk, accepted: [true, true]) == [1: true, 3: true])
    }

    @Test func `when a batch is refused each result goes alone`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        handIn(1...3, at: desk)
        let refused = Failure(.invalidRequest, "The request holds a value that can't be stored.")
        let answers = desk.arrive(try #require(departs(desk, room: 0)), .failure(refused))
        #expect(answers.map(\.answer) == [.success(nil), .success(nil), .success(nil)])
    }

    @Test func `refused claims are asked for again after a pause, a longer one each time, up to two seconds`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let refusal = Failure(.internalError, "There is no such worker.")
        var now = ContinuousClock.now
        for pause in [50, 100, 200, 400, 800, 1600, 2000, 2000] {
            let trip = try #require(departs(desk, room: 3, at: now))
            #expect(desk.arrive(trip, .failure(refusal), now: now).isEmpty)
            bell.ring()
            #expect(departs(desk, room: 3, at: now + .milliseconds(pause - 1)) == nil)
            now += .milliseconds(pause)
        }
        let trip = try #require(departs(desk, room: 3, at: now))
        _ = desk.arrive(trip, .success(Exchange(accepted: [], claims: [claim(1)])), now: now)
        bell.ring()
        let next = try #require(departs(desk, room: 2, at: now))
        _ = desk.arrive(next, .failure(refusal), now: now)
        #expect(departs(desk, room: 2, at: now + .milliseconds(50)) != nil)
    }

    @Test func `results do not wait for claims that are refused, and theirs refused together make no pause`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let refusal = Failure(.internalError, "There is no such worker.")
        let now = ContinuousClock.now
        _ = desk.arrive(try #require(departs(desk, room: 3, at: now)), .failure(refusal), now: now)
        handIn(1...2, at: desk)
        let trip = try #require(departs(desk, room: 1, at: now))
        #expect(trip.parcels.count == 2 && trip.limit == 0)
        #expect(desk.arrive(trip, .failure(refusal), now: now).count == 2)
        #expect(departs(desk, room: 3, at: now) == nil)
        #expect(departs(desk, room: 3, at: now + .milliseconds(50))?.limit == 3)
    }

    /// A desk from which a bulk result has just come back, in a trip of 1 ms that brought a live job: a rest of 8 ms.
    private func resting(_ start: ContinuousClock.Instant, live: Bool = true) throws -> ExchangeDesk {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        handIn(1...1, at: desk, priority: 3)
        let trip = try #require(departs(desk, room: 2, at: start))
        let claims = live ? [claim(2)] : []
        _ = desk.arrive(trip, .success(Exchange(accepted: [true], claims: claims)), now: start + .milliseconds(1))
        return desk
    }

    @Test func `while live jobs come, bulk results wait some times as long as their last trip took`() throws {
        let start = ContinuousClock.now
        let desk = try resting(start)
        handIn(3...3, at: desk, priority: 3)
        #expect(departs(desk, room: 2, at: start + .milliseconds(8)) == nil)
        let trip = try #require(departs(desk, room: 2, at: start + .milliseconds(9)))
        #expect(trip.parcels.count == 1 && trip.bulk > 0)
    }

    @Test func `live results do not rest, and take no bulk job along`() throws {
        let start = ContinuousClock.now
        let desk = try resting(start)
        handIn(3...3, at: desk, priority: 3)
        handIn(4...4, at: desk)
        let trip = try #require(departs(desk, room: 2, at: start + .milliseconds(2)))
        #expect(trip.parcels.map(\.attempt.claim.fence) == [4])
        #expect(trip.limit > 0 && trip.bulk == 0)
        #expect(desk.count == 1)
    }

    @Test func `bulk results wake no line while they rest, live ones do`() throws {
        let desk = try resting(.now + .seconds(3600))
        let strokes = bell.strokes
        handIn(3...12, at: desk, priority: 3)
        #expect(bell.strokes == strokes)
        handIn(13...13, at: desk)
        #expect(bell.strokes == strokes + 1)
    }

    @Test func `word of new work is followed in a rest too, by live claims alone`() throws {
        let start = ContinuousClock.now
        let desk = try resting(start)
        bell.ring()
        #expect(departs(desk, room: 2, at: start + .milliseconds(2)) == nil)
        desk.noteNews()
        let trip = try #require(departs(desk, room: 2, at: start + .milliseconds(2)))
        #expect((trip.limit, trip.bulk) == (2, 0))
        _ = desk.arrive(trip, .success(Exchange(accepted: [], claims: [])), now: start + .milliseconds(3))
        #expect(departs(desk, room: 2, at: start + .milliseconds(3)) == nil)
        // That no live job was there says nothing of bulk ones.
        #expect(departs(desk, room: 2, at: start + .milliseconds(9))?.bulk == 2)
    }

    @Test func `nobody rests where no live job came lately`() throws {
        let start = ContinuousClock.now
        let desk = try resting(start, live: false)
        handIn(3...3, at: desk, priority: 3)
        #expect(departs(desk, room: 2, at: start + .milliseconds(1))?.bulk == 2)
    }

    @Test func `beside bulk jobs live ones are asked for again only when there may be some`() throws {
        var limits = WorkerLimits()
        (limits.executors, limits.liveExtra) = (2, 1)
        let desk = ExchangeDesk(batch: 10, bell: bell)
        func departs(live: Int, bulk: Int) -> ExchangeDesk.Trip? {
            bell.ring()
            return desk.depart(
                room: { ClaimRoom(live: live, bulk: bulk, under: limits) }, claims: true, strokes: bell.strokes)
        }
        let first = try #require(departs(live: 0, bulk: 0))
        let bulk = (1...2).map { claim($0, priority: 3) }
        _ = desk.arrive(first, .success(Exchange(accepted: [], claims: bulk)))
        #expect(departs(live: 0, bulk: 2) == nil)
        desk.noteNews()
        let second = try #require(departs(live: 0, bulk: 2))
        #expect((second.limit, second.bulk) == (1, 0))
        _ = desk.arrive(second, .success(Exchange(accepted: [], claims: [claim(3)])))
        #expect(departs(live: 1, bulk: 2) == nil)
        // The queue gave all that there was room for, so it may have more.
        let third = try #require(departs(live: 0, bulk: 2))
        _ = desk.arrive(third, .failure(Failure(.databaseUnavailable, "Away.")))
        #expect(departs(live: 0, bulk: 2)?.limit == 1)
    }
}
