internal import JobQueue
internal import Pipeline
internal import Storage

extension Worker {
    /// Claims while slots are free, and returns when the worker is to stop and every attempt has ended.
    func dispatch(_ scratch: ScratchSpace) async {
        await withDiscardingTaskGroup { lines in
            for _ in 0..<configuration.lines { lines.addTask { await self.line(scratch) } }
        }
        await hint.stop()
    }

    /// One line to the queue: results go there, claims come back.
    private func line(_ scratch: ScratchSpace) async {
        await withDiscardingTaskGroup { attempts in
            while true {
                let strokes = state.bell.strokes
                if state.isStopping, state.heldCount == 0 { break }
                let trip = desk.depart(
                    room: { state.room }, claims: !state.isStopping, strokes: strokes)
                guard let trip else {
                    await state.bell.wait(after: strokes)
                    continue
                }
                let (claimed, answers) = await travel(trip)
                for attempt in claimed { attempts.addTask { await self.work(on: attempt, scratch) } }
                for (parcel, answer) in answers {
                    if case .success(let isAccepted?) = answer {
                        note(parcel, isAccepted: isAccepted)
                    } else {
                        attempts.addTask { await self.conclude(alone: parcel, answer) }
                    }
                }
            }
        }
        // The others may be waiting for what will not come.
        state.ring()
    }

    /// One exchange with the queue: the attempts that it gave, none while the queue is away or in doubt about this worker,
    /// and what became of the results that went along.
    private func travel(
        _ trip: ExchangeDesk.Trip
    ) async -> (claimed: [RunningAttempt], answers: [ExchangeDesk.Answer]) {
        let answer: Exchange
        do throws(Failure) {
            answer = try await store.exchange(
                trip.parcels.map(\.completion), for: state.worker, kinds: kinds, limit: trip.limit, bulk: trip.bulk)
        } catch {
            // The queue may have handed jobs out in an answer that never came; the heartbeat clears that up.
            if trip.limit > 0 { state.noteDoubtfulClaim() }
            if error.kind == .unavailable {
                await link.recover(from: error)
                try? await Task.sleep(for: .milliseconds(50))
            } else {
                log.error("Could not claim", error.logData)
            }
            return ([], desk.arrive(trip, .failure(error), givingUp: { givesUp($0.attempt) }))
        }
        if answer.claims.count(where: { $0.request.lane == .live }) < trip.limit { listenForWork() }
        var claimed: [RunningAttempt] = []
        let answers = desk.arrive(
            trip, .success(answer),
            settling: {
                // Those that go alone are held until they have been told.
                state.release(
                    zip(trip.parcels, answer.accepted).compactMap { $1 == nil ? nil : $0.completion.claim.fence })
                claimed = state.hold(answer.claims)
            })
        return (claimed, answers)
    }

    /// Rings the bell when there may be work, and in any case after a poll's time.
    private func listenForWork() {
        let timeout = configuration.poll * (0.75 + 0.5 * configuration.jitter())
        hint.start({ [store] in await store.waitForWork(timeout: timeout) }, then: { [desk] in desk.noteNews() })
    }
}
