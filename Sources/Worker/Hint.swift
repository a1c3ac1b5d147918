internal import Synchronization

/// A wait for news of work, one at a time.
final class Hint: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isStopped = false
    }

    private let state = Mutex(State())

    /// Waits and then says so, unless a wait is going on.
    func start(_ wait: @escaping @Sendable () async -> Void, then say: @escaping @Sendable () -> Void) {
        state.withLock { state in
            guard state.task == nil, !state.isStopped else { return }
            state.task = Task {
                await wait()
                self.state.withLock { $0.task = nil }
                say()
            }
        }
    }

    /// Ends the wait and all later ones.
    func stop() async {
        let task = state.withLock { state in
            state.isStopped = true
            return state.task
        }
        task?.cancel()
        await task?.value
    }
}
