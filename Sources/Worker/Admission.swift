internal import Pipeline
internal import Synchronization

/// Lets attempts start while their budgets fit together: live ones first, each lane in the order of its coming.
///
/// One that is larger than the whole machine's share still runs, alone: its own ceiling holds it.
final class Admission: Sendable {
    private struct State {
        var bytes: Int
        var threads: Int
        var nextTicket = 0
        /// Live ones, then bulk ones.
        var waiting: [[Int]] = [[], []]
        var running: [Int: Budget] = [:]

        var first: Int? { waiting[0].first ?? waiting[1].first }
    }

    private let state: Mutex<State>

    init(bytes: Int, threads: Int) { state = Mutex(State(bytes: bytes, threads: threads)) }

    /// Changes what fits together; what runs goes on.
    func resize(bytes: Int, threads: Int) { state.withLock { ($0.bytes, $0.threads) = (bytes, threads) } }

    /// A place in the line; every ticket is given back by `leave`.
    func enter(isBulk: Bool = false) -> Int {
        state.withLock { state in
            state.nextTicket += 1
            state.waiting[isBulk ? 1 : 0].append(state.nextTicket)
            return state.nextTicket
        }
    }

    /// True when the ticket is the first that waits and its budget fits beside what runs.
    func admit(_ ticket: Int, _ budget: Budget) -> Bool {
        state.withLock { state in
            guard state.first == ticket else { return false }
            let usedBytes = state.running.values.reduce(0) { $0 + $1.bytes }
            let usedThreads = state.running.values.reduce(0) { $0 + $1.threads }
            let fits = usedBytes + budget.bytes <= state.bytes && usedThreads + budget.threads <= state.threads
            guard fits || state.running.isEmpty else { return false }
            state.waiting[state.waiting[0].isEmpty ? 1 : 0].removeFirst()
            state.running[ticket] = budget
            return true
        }
    }

    func leave(_ ticket: Int) {
        state.withLock { state in
            for lane in state.waiting.indices { state.waiting[lane].removeAll { $0 == ticket } }
            state.running[ticket] = nil
        }
    }
}
