internal import JobQueue
internal import Pipeline
internal import Storage

extension Worker {
    /// Claims while slots are free, and returns when the worker is to stop and every attempt has ended.
    func dispatch(_ scratch: ScratchSpace) async {
        var hint: (task: Task<Void, Never>, isOver: OneShot<Bool>)?
        await withDiscardingTaskGroup { attempts in
            var bell = state.bell.makeAsyncIterator()
            while !state.isStopping {
                let claims = await claim()
                for claim in claims {
                    let attempt = state.hold(claim)
                    attempts.addTask { await self.work(on: attempt, scratch) }
                }
                if !claims.isEmpty { continue }
                if hint?.isOver.value ?? true { hint = listenForWork() }
                await bell.next()
            }
        }
        hint?.task.cancel()
        await hint?.task.value
    }

    /// Up to as many claims as slots are free; none while the queue is away or in doubt about this worker.
    private func claim() async -> [Claim] {
        let free = configuration.executors - state.held.count
        guard free > 0, !state.hasDoubtfulClaim else { return [] }
        do throws(Failure) {
            return try await store.claim(state.worker, kinds: kinds, limit: free)
        } catch {
            // The queue may have handed jobs out in an answer that never came; the heartbeat clears that up.
            state.noteDoubtfulClaim()
            if error.kind == .unavailable {
                await link.recover(from: error)
            } else {
                log.error("Could not claim", error.logData)
            }
            return []
        }
    }

    /// Rings the bell when there may be work, and in any case after a poll's time.
    private func listenForWork() -> (task: Task<Void, Never>, isOver: OneShot<Bool>) {
        let isOver = OneShot<Bool>()
        let timeout = configuration.poll * (0.75 + 0.5 * configuration.jitter())
        let task = Task { [store, state] in
            await store.waitForWork(timeout: timeout)
            isOver.set(true)
            state.ring()
        }
        return (task, isOver)
    }
}
