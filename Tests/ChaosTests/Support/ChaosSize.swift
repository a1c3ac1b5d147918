import Foundation

/// How much of everything: a little beside other tests, much for `make chaos`.
struct ChaosSize: Sendable {
    let jobs: Int
    /// Jobs come over this time, and disturbances go on as long.
    let span: Duration
    /// Of workers; 15 s is what `rundum worker` takes when it is not told.
    let lease: Duration
    /// How long an old snapshot is held.
    let hold: Duration
    /// Between two disturbances.
    let pause: Duration
    /// Stretches of time with a full disk; one of 40 s outlasts all attempts at a job.
    let full: [Duration]

    /// A whole one when `CHAOS_JOBS` says how many jobs a wave has.
    static let current: ChaosSize = {
        let environment = ProcessInfo.processInfo.environment
        guard let jobs = environment["CHAOS_JOBS"].flatMap({ Int($0) }) else {
            return ChaosSize(
                jobs: 160, span: .seconds(2), lease: .seconds(2), hold: .seconds(2), pause: .milliseconds(300),
                full: [.seconds(2)])
        }
        let hold = environment["CHAOS_HOLD"].flatMap { Int($0) } ?? 600
        return ChaosSize(
            jobs: jobs, span: .milliseconds(min(max(jobs * 9, 20_000), 90_000)), lease: .seconds(15),
            hold: .seconds(hold), pause: .seconds(1), full: [.seconds(5), .seconds(40), .seconds(5)])
    }()

    var isWhole: Bool { ProcessInfo.processInfo.environment["CHAOS_JOBS"] != nil }
    /// A job that was held when its worker was lost starts again within this.
    static let rescueLimit = 35.0
    /// What is left to do when all has calmed down is done within this.
    var settling: Duration { .seconds(isWhole ? 600 : 60) }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
