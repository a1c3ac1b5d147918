internal import Synchronization

/// Wakes those who wait for news. It counts, so that nobody misses a stroke between looking and waiting.
final class Bell: Sendable {
    private struct State {
        var strokes: UInt64 = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var strokes: UInt64 { state.withLock { $0.strokes } }

    func ring() {
        let waiting = state.withLock { state in
            state.strokes += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Rings once that time is over.
    func ring(after span: Duration) {
        Task {
            try? await Task.sleep(for: span)
            ring()
        }
    }

    /// Returns when the bell has been rung since it stood at `strokes`.
    func wait(after strokes: UInt64) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.strokes == strokes { state.waiting.append(continuation) }
                return state.strokes != strokes
            }
            if isOver { continuation.resume() }
        }
    }
}
