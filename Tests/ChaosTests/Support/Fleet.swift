import Foundation
import Pipeline
import Synchronization
import TestKit

/// The workers of a wave, each in a place of its own; one that was killed is followed by another.
final class Fleet: Sendable {
    typealias Start = @Sendable () throws -> Program

    private struct State {
        var places: [Program] = []
        var all: [Program] = []
    }

    private let start: Start
    private let state = Mutex(State())

    init(_ count: Int, start: @escaping Start) throws {
        self.start = start
        for _ in 0..<count {
            let program = try start()
            state.withLock {
                $0.places.append(program)
                $0.all.append(program)
            }
        }
    }

    var count: Int { state.withLock { $0.places.count } }
    func worker(_ place: Int) -> Program { state.withLock { $0.places[place] } }
    var pids: [Int32] { state.withLock { $0.places.map(\.pid) } }

    /// Puts a new worker into a place whose own has ended.
    func replace(_ place: Int) throws {
        let program = try start()
        state.withLock {
            $0.places[place] = program
            $0.all.append(program)
        }
    }

    /// Whether every worker has joined the queue at least once.
    func haveJoined() -> Bool {
        state.withLock { $0.places }.allSatisfy { $0.err.contains("Joined the queue") || !$0.isRunning }
    }

    /// Has every worker drain; what it says of those that did not end well.
    func drain() async -> [String] {
        let places = state.withLock { $0.places }
        for worker in places { worker.signal(SIGTERM) }
        var complaints: [String] = []
        for worker in places {
            if await eventually(within: .seconds(60), { !worker.isRunning }) {
                let status = await worker.outcome().status
                if status == 0 { continue }
                complaints.append("a worker ended with \(status) when it drained: \(worker.err.suffix(300))")
            } else {
                worker.signal(SIGKILL)
                complaints.append("a worker did not drain within 60 s: \(worker.err.suffix(300))")
            }
        }
        return complaints
    }

    /// Ends what still runs, also what was stopped.
    func kill() { for worker in state.withLock({ $0.all }) { worker.signal(SIGKILL) } }

    /// Jobs and fences of attempts that workers were told to be accepted.
    func accepted() -> [(job: String, fence: Int)] {
        state.withLock { $0.all }.flatMap { worker in
            worker.err.split(separator: "\n").compactMap { line -> (String, Int)? in
                guard line.contains("Ended an attempt"),
                    let said = try? JSON.decode(JSONValue.self, from: Data(line.utf8)),
                    let outcome = said["outcome"]?.stringValue, ["succeeded", "cached"].contains(outcome),
                    let job = said["job.id"]?.stringValue, let fence = said["fence"]?.intValue
                else { return nil }
                return (job, fence)
            }
        }
    }
}
