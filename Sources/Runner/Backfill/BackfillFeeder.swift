internal import Foundation
internal import JobQueue
internal import Pipeline

/// Feeds one backfill into the queue until all its items have ended, or until something stops it.
struct BackfillFeeder: Sendable {
    enum End: Sendable, Equatable {
        case done
        /// The canary has ended, and somebody has to look.
        case canary
        /// Ctrl-C or SIGTERM.
        case interrupted
        /// Another process took it up, or somebody stopped it.
        case taken
    }

    let feed: BackfillFeed
    let backfill: Backfill
    let loader: BackfillLoader
    /// Starts the private database again.
    let revive: @Sendable () async throws(Failure) -> Void
    let show: @Sendable (BackfillView) -> Void
    private let chunk = 50
    private static let patience = Duration.seconds(60)
    private static let pause = Duration.milliseconds(200)

    init(
        _ feed: BackfillFeed, of backfill: Backfill, _ loader: BackfillLoader,
        revive: @escaping @Sendable () async throws(Failure) -> Void, show: @escaping @Sendable (BackfillView) -> Void
    ) {
        (self.feed, self.backfill, self.loader, self.revive, self.show) = (feed, backfill, loader, revive, show)
    }

    /// - Throws: `databaseUnavailable` when it is away for a minute; what the blob store throws. What was fed stays.
    func run() async throws(Failure) -> End {
        var patience = ContinuousClock.now + Self.patience
        while true {
            do throws(Failure) {
                let end = try await go(&patience)
                if end == .interrupted {
                    _ = await Interrupt.shielded { [feed] in try? await feed.end(as: .stopped) }
                }
                return end
            } catch {
                // What was sent when the database went may have been written or not: everything is read anew.
                guard error.code == .databaseUnavailable, ContinuousClock.now < patience, !Task.isCancelled else {
                    throw error
                }
                try? await revive()
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func go(_ patience: inout ContinuousClock.Instant) async throws(Failure) -> End {
        var state = FeedState(
            tally: try await loader.store.tally(feed.id),
            place: try await loader.store.backfill(feed.id, tenant: feed.tenant).fed)
        if backfill.canary > 0 {
            let first = try await feed.items(Self.spread(backfill.canary, over: backfill.total))
            if !first.isEmpty {
                guard try await send(first, checkpoint: nil, &state) else { return .taken }
            }
        }
        var workers = 1
        // A worker of this process needs a moment to come.
        var looked = ContinuousClock.now
        while true {
            if Task.isCancelled { return .interrupted }
            guard try await feed.collect(into: &state.tally) else { return .taken }
            patience = .now + Self.patience
            if ContinuousClock.now - looked > (workers > 0 ? .seconds(3) : .seconds(1)) {
                workers = try await loader.store.workerCount()
                looked = .now
            }
            state.meter.note(state.tally.ended)
            let isOpen = backfill.pace.window?.contains(.now) ?? true
            show(BackfillView(backfill, state, isOpen: isOpen, hasWorkers: workers > 0))
            if backfill.canary > 0 {
                if state.tally.underWay == 0 { return try await feed.end(as: .waiting) ? .canary : .taken }
            } else {
                if state.tally.waiting == 0, state.tally.underWay == 0 {
                    return try await feed.end(as: .done) ? .done : .taken
                }
                let room = state.room(backfill.pace, chunk: chunk)
                if isOpen, state.tally.waiting > 0, room > 0 {
                    let items = try await feed.next(after: state.place, limit: room)
                    guard try await send(items, checkpoint: items.last?.number ?? backfill.total, &state) else {
                        return .taken
                    }
                    if items.count == chunk { continue }
                }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func send(_ items: [BackfillItem], checkpoint: Int?, _ state: inout FeedState) async throws(Failure) -> Bool
    {
        let load = try await loader.load(items)
        guard try await feed.feed(load.entries, blobs: load.blobs, checkpoint: checkpoint) else { return false }
        state.sent(load, checkpoint: checkpoint)
        return true
    }

    /// The numbers of `count` items spread over 1...total.
    static func spread(_ count: Int, over total: Int) -> [Int] {
        let count = min(count, total)
        return (0..<count).map { (2 * $0 + 1) * total / (2 * count) + 1 }
    }
}

/// How far the feeding is.
struct FeedState {
    var tally: BackfillTally
    /// Items up to here have been sent.
    var place: Int
    var meter: PaceMeter
    private var bucket = RateBucket()

    init(tally: BackfillTally, place: Int) {
        (self.tally, self.place) = (tally, place)
        meter = PaceMeter(ended: tally.ended)
    }

    mutating func room(_ pace: BackfillPace, chunk: Int) -> Int {
        let room = min(chunk, pace.room(underWay: tally.underWay, endedPerSecond: meter.perSecond))
        guard let perSecond = pace.perSecond else { return room }
        return min(room, bucket.whole(perSecond))
    }

    mutating func sent(_ load: BackfillLoader.Load, checkpoint: Int?) {
        let failed = load.entries.count { if case .failure = $0.entry { true } else { false } }
        tally.failed += failed
        tally.underWay += load.entries.count - failed
        tally.waiting -= load.entries.count
        bucket.take(load.entries.count)
        guard let checkpoint else { return }
        place = checkpoint
        if load.entries.isEmpty { tally.waiting = 0 }
    }
}

/// Counts what a rate allows; what was allowed and not used is lost after a second.
struct RateBucket {
    private var tokens = 1.0
    private var at = ContinuousClock.now

    /// Whole items that may go in now.
    mutating func whole(_ perSecond: Double, now: ContinuousClock.Instant = .now) -> Int {
        tokens = min(tokens + perSecond * ((now - at) / .seconds(1)), max(perSecond, 1))
        at = now
        return Int(tokens)
    }

    mutating func take(_ count: Int) { tokens -= Double(count) }
}

/// How many items end a second, over the last minute.
struct PaceMeter {
    private var marks: [(at: ContinuousClock.Instant, ended: Int)]

    init(ended: Int, now: ContinuousClock.Instant = .now) { marks = [(now, ended)] }

    mutating func note(_ ended: Int, now: ContinuousClock.Instant = .now) {
        marks.append((now, ended))
        while marks.count > 2, now - marks[1].at > .seconds(60) { marks.removeFirst() }
    }

    /// 0 while nothing is known.
    var perSecond: Double {
        guard let first = marks.first, let last = marks.last, last.at - first.at > .milliseconds(100) else { return 0 }
        return Double(last.ended - first.ended) / ((last.at - first.at) / .seconds(1))
    }
}
