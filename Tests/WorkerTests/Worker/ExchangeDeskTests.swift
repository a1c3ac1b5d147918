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

    private func completion(_ fence: Int64, priority: Int = 1) -> Completion {
        Completion(claim(fence, priority: priority), result: StageResult(kind: "noop", version: 1))
    }

    private func departs(_ desk: ExchangeDesk, room: Int, claims: Bool = true) -> ExchangeDesk.Trip? {
        var limits = WorkerLimits()
        (limits.executors, limits.liveExtra) = (100, 0)
        let held = ClaimRoom(live: 100 - room, bulk: 0, under: limits)
        return desk.depart(room: { held }, claims: claims, strokes: bell.strokes)
    }

    /// Hands results in and waits until they lie there.
    private func handIn(
        _ fences: ClosedRange<Int64>, at desk: ExchangeDesk, priority: Int = 1, givingUp: Bool = false
    ) async -> [Task<Result<Bool?, Failure>, Never>] {
        let start = bell.strokes
        let tasks = fences.map { fence in
            Task { () -> Result<Bool?, Failure> in
                do throws(Failure) {
                    return .success(try await desk.handIn(completion(fence, priority: priority)) { givingUp })
                } catch { return .failure(error) }
            }
        }
        _ = await eventually { desk.count == fences.count && (bell.strokes > start || desk.count > 0) }
        return tasks
    }

    @Test func `room is asked for, and a dry queue is not asked again before the bell`() throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        #expect(departs(desk, room: 0) == nil)
        #expect(departs(desk, room: 3, claims: false) == nil)
        let trip = try #require(departs(desk, room: 3))
        #expect(trip.limit == 3)
        desk.arrive(trip, .success(Exchange(accepted: [], claims: [claim(1)])))
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
        desk.arrive(first, .success(Exchange(accepted: [], claims: (1...8).map { claim($0) }))) {
            // Whoever looks at the room now waits until this has been noted.
            bell.ring()
        }
        #expect(departs(desk, room: 6) == nil)
    }

    @Test func `a line that takes as many along as it asks for keeps no room from others`() async throws {
        let desk = ExchangeDesk(batch: 4, bulkBatch: 1, bell: bell)
        let tasks = await handIn(1...4, at: desk)
        let first = try #require(departs(desk, room: 0))
        #expect(first.parcels.count == 4 && first.limit == 4 && first.bulk == 1)
        #expect(try #require(departs(desk, room: 4)).limit == 4)
        desk.arrive(first, .success(Exchange(accepted: [true, true, true, true], claims: [])))
        for task in tasks { #expect(try await task.value.get() == true) }
    }

    @Test func `results make room for as many claims, up to a batch`() async throws {
        let desk = ExchangeDesk(batch: 4, bell: bell)
        let tasks = await handIn(1...6, at: desk)
        let first = try #require(departs(desk, room: -6))
        #expect(first.parcels.count == 4)
        #expect(first.limit == 0)
        let second = try #require(departs(desk, room: 0))
        #expect(second.parcels.count == 2)
        #expect(second.limit == 2)
        desk.arrive(first, .success(Exchange(accepted: [true, true, true, true], claims: [])))
        desk.arrive(second, .success(Exchange(accepted: [false, nil], claims: [])))
        var answers: [Bool?] = []
        for task in tasks { answers.append(try await task.value.get()) }
        #expect(answers.count { $0 == true } == 4)
        #expect(answers.count { $0 == false } == 1)
        #expect(answers.count { $0 == nil } == 1)
    }

    @Test func `trips with bulk jobs are shorter, so that live ones wait for none for long`() async throws {
        let desk = ExchangeDesk(batch: 8, bulkBatch: 2, bell: bell)
        let tasks = await handIn(1...3, at: desk, priority: 3)
        let first = try #require(departs(desk, room: 8))
        #expect(first.parcels.count == 2)
        #expect((first.limit, first.bulk) == (8, 2))
        let second = try #require(departs(desk, room: 8))
        #expect(second.parcels.count == 1)
        desk.arrive(first, .success(Exchange(accepted: [true, true], claims: [])))
        desk.arrive(second, .success(Exchange(accepted: [true], claims: [])))
        for task in tasks { #expect(try await task.value.get() == true) }
    }

    @Test func `a queue that gave all that a short trip takes is not dry`() throws {
        let desk = ExchangeDesk(batch: 8, bulkBatch: 2, bell: bell)
        let trip = try #require(departs(desk, room: 8))
        let bulk = (1...2).map { claim($0, priority: 3) }
        desk.arrive(trip, .success(Exchange(accepted: [], claims: bulk)))
        let next = try #require(departs(desk, room: 6))
        desk.arrive(next, .success(Exchange(accepted: [], claims: [claim(3, priority: 3)])))
        #expect(departs(desk, room: 5) == nil)
    }

    @Test func `a line waits for a batch while another one is under way`() async throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let away = try #require(departs(desk, room: 10))
        let tasks = await handIn(1...4, at: desk)
        #expect(departs(desk, room: 0) == nil)
        desk.arrive(away, .success(Exchange(accepted: [], claims: [])))
        let trip = try #require(departs(desk, room: 0))
        desk.arrive(trip, .success(Exchange(accepted: [true, true, true, true], claims: [])))
        for task in tasks { #expect(try await task.value.get() == true) }
    }

    @Test func `a queue that is away costs no result`() async throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let tasks = await handIn(1...2, at: desk)
        let away = Failure(.databaseUnavailable, "Away.")
        desk.arrive(try #require(departs(desk, room: 0)), .failure(away))
        #expect(desk.count == 2)
        desk.arrive(
            try #require(departs(desk, room: 0)), .success(Exchange(accepted: [true, true], claims: [])))
        for task in tasks { #expect(try await task.value.get() == true) }

        let givenUp = await handIn(3...3, at: desk, givingUp: true)
        desk.arrive(try #require(departs(desk, room: 0)), .failure(away))
        guard case .failure(let failure) = await givenUp[0].value else {
            Issue.record("the owner gave up and was not told")
            return
        }
        #expect(failure == away)
    }

    @Test func `when a batch is refused each result goes alone`() async throws {
        let desk = ExchangeDesk(batch: 10, bell: bell)
        let tasks = await handIn(1...3, at: desk)
        let refused = Failure(.invalidRequest, "The request holds a value that can't be stored.")
        desk.arrive(try #require(departs(desk, room: 0)), .failure(refused))
        for task in tasks { #expect(try await task.value.get() == nil) }
    }
}
