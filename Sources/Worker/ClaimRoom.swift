/// How many claims of each lane a worker has room for.
///
/// Live attempts fill up to `executors` places, and so do bulk ones. Beside bulk ones live ones have `liveExtra` places more,
/// so that a backfill never keeps them waiting for one of its own jobs to end.
struct ClaimRoom: Sendable, Equatable {
    private var live: Int
    private var bulk: Int
    private let executors: Int
    private let liveExtra: Int

    /// - Parameters:
    ///   - live: held attempts of the live lane.
    ///   - bulk: held attempts of the bulk lane.
    init(live: Int, bulk: Int, under limits: WorkerLimits) {
        (self.live, self.bulk) = (live, bulk)
        (executors, liveExtra) = (limits.executors, limits.liveExtra)
    }

    /// Claims of both lanes together.
    var limit: Int { max(0, min(executors - live, executors + liveExtra - live - bulk)) }

    /// Of those, claims of the bulk lane: what live ones take of the limit is taken from this first.
    var bulkLimit: Int { max(0, executors - live - bulk) }

    /// Keeps room for attempts that may come.
    mutating func keep(live: Int, bulk: Int) {
        self.live += live
        self.bulk += bulk
    }

    /// Makes room for an attempt that ends.
    mutating func leave(isBulk: Bool) {
        if isBulk { bulk -= 1 } else { live -= 1 }
    }
}
