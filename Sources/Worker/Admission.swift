internal import Pipeline
internal import Synchronization

/// Lets attempts start while their budgets fit together, in the order of their coming.
///
/// One that is larger than the whole machine's share still runs, alone: its own ceiling holds it.
final class Admission: Sendable {
    private struct State {
        var nextTicket = 0
        var waiting: [Int] = []
        var running: [Int: Budget] = [:]
    }

    private let bytes: Int
    private let threads: Int
    private let state = Mutex(State())

    init(bytes: Int, threads: Int) { (self.bytes, self.threads) = (bytes, threads) }

    /// A place in the line; every ticket is given back by `leave`.
    func enter() -> Int {
        state.withLock { state in
            state.nextTicket += 1
            state.waiting.append(state.nextTicket)
            return state.nextTicket
        }
    }

    /// True when the ticket is the first that waits and its budget fits beside what runs.
    func admit(_ ticket: Int, _ budget: Budget) -> Bool {
        state.withLock { state in
            guard state.waiting.first == ticket else { return false }
            let usedBytes = state.running.values.reduce(0) { $0 + $1.bytes }
            let usedThreads = state.running.values.reduce(0) { $0 + $1.threads }
            let fits = usedBytes + budget.bytes <= bytes && usedThreads + budget.threads <= threads
            guard fits || state.running.isEmpty else { return false }
            state.waiting.removeFirst()
            state.running[ticket] = budget
            return true
        }
    }

    func leave(_ ticket: Int) {
        state.withLock { state in
            state.waiting.removeAll { $0 == ticket }
            state.running[ticket] = nil
        }
    }
}
