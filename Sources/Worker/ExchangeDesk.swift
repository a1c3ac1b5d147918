internal import JobQueue
internal import Pipeline
internal import Synchronization

/// Where attempts hand in their results and lines to the queue take them along, many at a time.
///
/// A line that could go waits while another one is under way and there is little to take: what comes meanwhile makes one
/// batch instead of many. The last line at home never waits, so nothing lies here for longer than one trip.
final class ExchangeDesk: Sendable {
    /// A result that waits for the queue's answer; its attempt is over and holds nothing but its place.
    struct Parcel: Sendable {
        let attempt: RunningAttempt
        let completion: Completion
        let spent: Spent

        var isBulk: Bool { completion.claim.request.lane == .bulk }
    }

    /// What became of a parcel: accepted, stale, nil for one that has to go alone, or the failure with which its owner gave up.
    typealias Answer = (parcel: Parcel, answer: Result<Bool?, Failure>)

    /// What one line takes along: results, and how many claims it asks for.
    struct Trip: Sendable {
        let parcels: [Parcel]
        let limit: Int
        /// Of those, how many of the bulk lane at most.
        let bulk: Int
        /// There is room for more bulk ones than one trip takes.
        fileprivate let isBulkCut: Bool
        fileprivate let strokes: UInt64

        /// By how much it may raise what is held, in each lane.
        fileprivate let gain: (live: Int, bulk: Int)

        fileprivate init(parcels: [Parcel], limit: Int, bulk: Int, isBulkCut: Bool, strokes: UInt64) {
            (self.parcels, self.limit, self.bulk) = (parcels, limit, bulk)
            (self.isBulkCut, self.strokes) = (isBulkCut, strokes)
            let leaving = parcels.count(where: \.isBulk)
            gain = (
                max(0, limit - bulk - (parcels.count - leaving)), max(0, min(bulk - leaving, limit - parcels.count))
            )
        }

        /// Whether the queue had no more than these claims.
        fileprivate func isDry(_ claims: [Claim]) -> Bool {
            guard claims.count < limit else { return false }
            return !isBulkCut || claims.count { $0.request.lane == .bulk } < bulk
        }
    }

    private struct State {
        var parcels: [Parcel] = []
        var away = 0
        /// What the trips that are away may gain together.
        var gain = (live: 0, bulk: 0)
        /// The bell's strokes when the queue was last asked and had no more.
        var dryAt: UInt64?
    }

    private let batch, bulkBatch: Int
    private let bell: Bell
    private let state = Mutex(State())

    /// - Parameters:
    ///   - batch: the most results and the most claims of one trip.
    ///   - bulkBatch: the same where bulk jobs are among them; nil for no difference.
    init(batch: Int, bulkBatch: Int? = nil, bell: Bell) {
        (self.batch, self.bulkBatch, self.bell) = (batch, min(bulkBatch ?? batch, batch), bell)
    }

    /// Results that lie here.
    var count: Int { state.withLock { $0.parcels.count } }

    /// Leaves a result here; the line that brings its answer learns of it from `arrive`.
    func handIn(_ parcel: Parcel) {
        let isWorthATrip = state.withLock { state in
            state.parcels.append(parcel)
            return state.away == 0 || state.parcels.count >= (parcel.isBulk ? bulkBatch : batch) / 2
        }
        if isWorthATrip { bell.ring() }
    }

    /// Sends a line off, or answers nil when it should wait for the bell.
    ///
    /// - Parameters:
    ///   - room: beside everything that is held, also by the results that lie here. It is read where no trip arrives, and
    ///     what those that are away ask for is kept free.
    ///   - claims: whether claims are wanted at all.
    ///   - strokes: of the bell, read before anything else was looked at.
    func depart(room: () -> ClaimRoom, claims: Bool, strokes: UInt64) -> Trip? {
        state.withLock { state in
            var taken = Array(state.parcels.prefix(batch))
            let most = taken.contains(where: \.isBulk) ? bulkBatch : batch
            taken = Array(taken.prefix(most))
            var room = room()
            room.keep(live: state.gain.live, bulk: state.gain.bulk)
            for parcel in taken { room.leave(isBulk: parcel.isBulk) }
            var limit = claims ? min(room.limit, batch) : 0
            if taken.isEmpty, state.dryAt == strokes { limit = 0 }
            guard !taken.isEmpty || limit > 0 else { return nil }
            guard state.away == 0 || max(taken.count, limit) >= most / 2 else { return nil }
            state.parcels.removeFirst(taken.count)
            state.away += 1
            let bulk = min(room.bulkLimit, limit)
            let trip = Trip(
                parcels: taken, limit: limit, bulk: min(bulk, bulkBatch), isBulkCut: bulk > bulkBatch,
                strokes: strokes)
            state.gain = (state.gain.live + trip.gain.live, state.gain.bulk + trip.gain.bulk)
            return trip
        }
    }

    /// Ends a trip, and says what became of its parcels. Those that the queue did not answer to lie here again, unless their
    /// owners gave up.
    ///
    /// - Parameters:
    ///   - givingUp: asked of each parcel when a trip failed; true ends its waiting with that failure.
    ///   - settling: notes what the trip changed of what is held, before another line looks at the room.
    func arrive(
        _ trip: Trip, _ answer: Result<Exchange, Failure>, givingUp: (Parcel) -> Bool = { _ in false },
        settling: () -> Void = {}
    ) -> [Answer] {
        var (answers, back): ([Answer], [Parcel]) = ([], [])
        switch answer {
        case .success(let exchange):
            answers = zip(trip.parcels, exchange.accepted).map { ($0, .success($1)) }
        case .failure(let failure) where failure.kind == .unavailable:
            for parcel in trip.parcels {
                // Asked once: an owner may give up at any moment.
                if givingUp(parcel) { answers.append((parcel, .failure(failure))) } else { back.append(parcel) }
            }
        case .failure:
            // The queue refused something: each one alone will tell which.
            answers = trip.parcels.map { ($0, .success(nil)) }
        }
        let isWorthALook = state.withLock { state in
            settling()
            state.away -= 1
            state.gain = (state.gain.live - trip.gain.live, state.gain.bulk - trip.gain.bulk)
            state.parcels.insert(contentsOf: back, at: 0)
            var isDry = false
            if case .success(let exchange) = answer, trip.isDry(exchange.claims) {
                state.dryAt = trip.strokes
                isDry = true
            }
            return !isDry || !state.parcels.isEmpty
        }
        if isWorthALook { bell.ring() }
        return answers
    }
}
