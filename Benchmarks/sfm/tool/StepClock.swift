import Foundation
import Synchronization

/// Seconds of processor time (user and system) of each step.
final class StepClock: Sendable {
    private struct State {
        var step: String?
        var since = 0.0
        var steps: [String: Double] = [:]
    }

    private let state = Mutex(State())

    func begin(_ step: String) {
        state.withLock { state in
            Self.close(&state)
            state.step = step
        }
    }

    func end() { state.withLock { Self.close(&$0) } }

    var steps: [String: Double] { state.withLock(\.steps) }

    private static func close(_ state: inout State) {
        let now = spent()
        if let step = state.step { state.steps[step, default: 0] += now - state.since }
        state.since = now
    }

    private static func spent() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let micro = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + micro / 1e6
    }
}
