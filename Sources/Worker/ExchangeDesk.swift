internal import JobQueue
internal import Pipeline
internal import Synchronization

/// Where attempts hand in their results and lines to the queue take them along, many at a time.
///
/// A line that could go waits while another one is under way and there is little to take: what comes meanwhile makes one
/// batch instead of many. The last line at home never waits, so nothing lies here for longer than one trip and a rest.
///
/// While live jobs come, bulk ones leave them most of the queue's time: after a trip with results of theirs the next ones
/// stay for some times as long as that took. Only jobs of no length notice; others take longer than such a rest.
///
/// A queue that refuses to give claims is asked again after a pause, a longer one each time; results do not wait for that.
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
        fileprivate let start: ContinuousClock.Instant
        fileprivate let hasBulkResults: Bool

        /// By how much it may raise what is held, in each lane.
        fileprivate let gain: (live: Int, bulk: Int)

        fileprivate init(
            parcels: [Parcel], limit: Int, bulk: Int, isBulkCut: Bool, strokes: UInt64, start: ContinuousClock.Instant
        ) {
            (self.parcels, self.limit, self.bulk) = (parcels, limit, bulk)
            (self.isBulkCut, self.strokes, self.start) = (isBulkCut, strokes, start)
            let leaving = parcels.count(where: \.isBulk)
            hasBulkResults = leaving > 0
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
        /// When a live job was claimed last.
        var liveAt: ContinuousClock.Instant?
        /// Until when bulk jobs leave the queue to live ones.
        var restEnd: ContinuousClock.Instant?
        /// The queue has not said since the last word of new work that it has no live jobs left.
        var mayHaveLive = true
        /// How often in a row claims were refused, and until when they are not asked for.
        var refusals = 0
        var pauseEnd: ContinuousClock.Instant?

        /// How long claims are not asked for after one more refusal.
        mutating func pause(now: ContinuousClock.Instant) -> Duration {
            let pause = min(ExchangeDesk.shortestPause * (1 << min(refusals, 10)), ExchangeDesk.longestPause)
            refusals += 1
            pauseEnd = now + pause
            return pause
        }

        /// How long bulk jobs rest now; nil where nobody needs them to.
        func rest(after trip: Trip, now: ContinuousClock.Instant) -> Duration? {
            guard trip.hasBulkResults, let liveAt, now - liveAt < ExchangeDesk.liveSpan else { return nil }
            return min((now - trip.start) * ExchangeDesk.restShare, ExchangeDesk.longestRest)
        }
    }

    /// How long bulk jobs rest, in times of their last trip, and at most.
    private static let restShare = 8
    private static let longestRest = Duration.milliseconds(20)
    /// For how long a live job makes them do so.
    private static let liveSpan = Duration.seconds(10)
    /// Between two tries for claims that are refused, at first and at most.
    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(2)

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
            // The end of a rest rings by itself.
            if parcel.isBulk, let end = state.restEnd, .now < end { return false }
            return state.away == 0 || state.parcels.count >= (parcel.isBulk ? bulkBatch : batch) / 2
        }
        if isWorthATrip { bell.ring() }
    }

    /// Says that there may be new work.
    func noteNews() {
        state.withLock { $0.mayHaveLive = true }
        bell.ring()
    }

    /// Sends a line off, or answers nil when it should wait for the bell.
    ///
    /// - Parameters:
    ///   - room: beside everything that is held, also by the results that lie here. It is read where no trip arrives, and
    ///     what those that are away ask for is kept free.
    ///   - claims: whether claims are wanted at all.
    ///   - strokes: of the bell, read before anything else was looked at.
    ///   - now: before the end of a rest nothing of the bulk lane goes.
    func depart(
        room: () -> ClaimRoom, claims: Bool, strokes: UInt64, now: ContinuousClock.Instant = .now
    ) -> Trip? {
        state.withLock { state in
            let rests = state.restEnd.map { now < $0 } ?? false
            let taken = next(of: state.parcels, withBulk: !rests)
            let most = taken.contains(where: \.isBulk) ? bulkBatch : batch
            var room = room()
            room.keep(live: state.gain.live, bulk: state.gain.bulk)
            for parcel in taken { room.leave(isBulk: parcel.isBulk) }
            let isPausing = state.pauseEnd.map { now < $0 } ?? false
            var limit = claims && !isPausing ? min(room.limit, batch) : 0
            let bulk = rests ? 0 : min(room.bulkLimit, limit)
            if taken.isEmpty, bulk == 0 ? !state.mayHaveLive : state.dryAt == strokes { limit = 0 }
            guard !taken.isEmpty || limit > 0 else { return nil }
            guard state.away == 0 || max(taken.count, limit) >= most / 2 else { return nil }
            var leaving = taken.count
            state.parcels.removeAll {
                guard leaving > 0, !(rests && $0.isBulk) else { return false }
                leaving -= 1
                return true
            }
            state.away += 1
            if limit > 0 { state.mayHaveLive = false }
            let trip = Trip(
                parcels: taken, limit: limit, bulk: min(bulk, bulkBatch), isBulkCut: rests || bulk > bulkBatch,
                strokes: strokes, start: now)
            state.gain = (state.gain.live + trip.gain.live, state.gain.bulk + trip.gain.bulk)
            return trip
        }
    }

    /// What goes along next of what lies here.
    private func next(of parcels: [Parcel], withBulk: Bool) -> [Parcel] {
        guard withBulk else { return Array(parcels.lazy.filter { !$0.isBulk }.prefix(batch)) }
        let most = parcels.prefix(batch).contains(where: \.isBulk) ? bulkBatch : batch
        return Array(parcels.prefix(most))
    }

    /// Ends a trip, and says what became of its parcels. Those that the queue did not answer to lie here again, unless their
    /// owners gave up.
    ///
    /// - Parameters:
    ///   - givingUp: asked of each parcel when a trip failed; true ends its waiting with that failure.
    ///   - now: tells how long the trip took.
    ///   - settling: notes what the trip changed of what is held, before another line looks at the room.
    func arrive(
        _ trip: Trip, _ answer: Result<Exchange, Failure>, givingUp: (Parcel) -> Bool = { _ in false },
        now: ContinuousClock.Instant = .now, settling: () -> Void = {}
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
        let (isWorthALook, wait): (Bool, Duration?) = state.withLock { state in
            settling()
            state.away -= 1
            state.gain = (state.gain.live - trip.gain.live, state.gain.bulk - trip.gain.bulk)
            state.parcels.insert(contentsOf: back, at: 0)
            var isDry = false
            if case .success(let exchange) = answer {
                let live = exchange.claims.count { $0.request.lane == .live }
                if live > 0 { state.liveAt = now }
                if trip.limit > 0, live >= trip.limit { state.mayHaveLive = true }
                isDry = trip.isDry(exchange.claims)
                if isDry { state.dryAt = trip.strokes }
                if trip.limit > 0 { (state.refusals, state.pauseEnd) = (0, nil) }
            } else {
                state.mayHaveLive = true
            }
            if case .failure(let failure) = answer, failure.kind != .unavailable, trip.parcels.isEmpty {
                return (!state.parcels.isEmpty, state.pause(now: now))
            }
            let rest = state.rest(after: trip, now: now)
            if let rest { state.restEnd = now + rest }
            return (!isDry || !state.parcels.isEmpty, rest)
        }
        if isWorthALook { bell.ring() }
        if let wait { bell.ring(after: wait) }
        return answers
    }
}
