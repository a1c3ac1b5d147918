internal import Foundation
internal import JobQueue
internal import Pipeline
internal import Synchronization
internal import Worker

/// `rundum backfill`: one kind or workflow on very many things, behind everything that somebody waits for.
struct BackfillCommand: Command {
    static let name = "backfill"
    static let abstract = "One kind or workflow on very many things, in the bulk lane; goes on where it stopped."
    static let usage = "KIND|WORKFLOW SOURCE... [options], or --resume [ID] [options]"
    static let options =
        BackfillWords.sources + BackfillWords.work + BackfillWords.course
        + [
            Option("--executors", "N", "With --work: N jobs at a time (default: one a core, at most 2)."), .tenant,
            .home,
            .json,
        ]
    static let discussion = """
        SOURCE is a file, a folder (with all below it), or a manifest: CSV or JSONL with file or sha256, and, if wished,
        key, subject, slot and name. For a kind that takes a set, and for a workflow, each folder is one thing.
        All items are written down first; then they go into the queue bit by bit, each exactly once, whatever is killed.
        Workers do them: rundum worker, rundum up, or --work. rundum backfill list, show, stop and rollback do the rest.
        """
    static let examples = [
        Example("rundum backfill cutout archive/ --estimate", "how many, how long, how large"),
        Example("rundum backfill cutout archive/ --canary 8", "does 8 of them and shows a page, before and after"),
        Example("rundum backfill --resume --window 22:00-06:00", "goes on with the newest, at night only"),
        Example("rundum backfill showroom cars.csv --recipe studio-dark --rate 100/h", "listings of many cars"),
        Example("rundum backfill plates --from-jobs --since 30d --set treatment=solid", "does last month's again"),
        Example(
            "rundum backfill renditions --sql 'select path as file, stock_no as subject from cars' --failures bad.csv",
            "what a query names"),
    ]

    private let arguments: Arguments
    private let order: BackfillOrder
    private let executors: Int?

    init(_ arguments: Arguments) throws(Failure) {
        self.arguments = arguments
        order = try BackfillOrder(arguments)
        executors = try arguments.integer("--executors", in: 1...64)
    }

    func run() async throws(Failure) -> ExitStatus {
        let registry = try Composition.registry()
        return try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            if arguments.has("--resume") {
                let backfill = try await order.resumed(in: installation.store, tenant: arguments.tenant)
                return try await go(on: backfill, installation, registry)
            }
            let target = try BackfillTarget(order.name, registry)
            let reader = try order.reader(for: target, in: installation)
            let spec = try await target.spec(arguments, in: installation)
            if arguments.has("--estimate") || arguments.has("--dry-run") {
                let estimate = try await BackfillEstimate(
                    reader, target, spec, order, installation.store, registry, first: arguments.has("--dry-run") ? 5 : 0
                )
                Terminal.out(arguments.has("--json") ? try json(estimate) : estimate.text)
                return .ok
            }
            let backfill = try await plan(reader, spec, in: installation.store)
            return try await go(on: backfill, installation, registry)
        }
    }

    private func plan(
        _ reader: ItemReader, _ spec: BackfillSpec, in store: PostgresJobStore
    ) async throws(Failure) -> Backfill {
        let found = Mutex(ItemReader.Findings())
        let id = try await store.plan(
            spec, pace: order.pace, canary: order.canary ?? 0, tenant: arguments.tenant
        ) { emit throws(Failure) in
            let findings = try reader.read(emit)
            guard findings.items > 0 else {
                throw Failure(.invalidInputs, "There is nothing to do: the source names no pictures.")
            }
            found.withLock { $0 = findings }
        }
        let findings = found.withLock(\.self)
        let again = findings.repeated > 0 ? ", \(findings.repeated) more were named again" : ""
        Terminal.say("backfill \(id): \(BackfillView.grouped(findings.items)) items\(again)")
        return try await store.backfill(id, tenant: arguments.tenant)
    }

    /// Feeds it until it is done or something stops it, and says how that was.
    private func go(
        on backfill: Backfill, _ installation: Installation, _ registry: StageRegistry
    ) async throws(Failure) -> ExitStatus {
        let store = installation.store
        let feed = try await store.takeUp(backfill)
        let current = try await store.backfill(backfill.id, tenant: backfill.tenant)
        let loader = BackfillLoader(
            target: try BackfillTarget(current.spec.name, registry), backfill: current, registry: registry,
            store: store,
            blobs: installation.blobs)
        let bars = Mutex(ProgressBars())
        let warned = Mutex(false)
        let feeder = BackfillFeeder(feed, of: current, loader) { () throws(Failure) in
            try await installation.revive()
        } show: { view in
            if view.trouble == BackfillView.noWorker, !arguments.has("--work"), !warned.withLock({ $0.raised() }) {
                Terminal.say("No worker is running: start rundum worker or rundum up, or give --work.")
            }
            bars.withLock { $0.draw([view.bar]) }
        }
        let end: BackfillFeeder.End
        do throws(Failure) { end = try await run(feeder, installation, registry) } catch {
            throw Failure(
                error.code, error.summary, hint: "rundum backfill --resume \(backfill.id) goes on.", slot: error.slot,
                detail: error.detail)
        }
        return try await Interrupt.shielded { () -> Result<ExitStatus, Failure> in
            await BackfillEnding(arguments: arguments, backfill: current, installation: installation).outcome(end)
        }.get()
    }

    private func run(
        _ feeder: BackfillFeeder, _ installation: Installation, _ registry: StageRegistry
    ) async throws(Failure) -> BackfillFeeder.End {
        if arguments.has("--work") {
            let log = Log.file(installation.home.appending(path: "backfill.log"))
            var limits = WorkerLimits()
            if let executors { limits.executors = executors }
            let host = WorkerHost(installation, registry, limits: limits, ahead: false, log: log)
            return try await host.run { () throws(Failure) in try await feeder.run() }
        }
        return try await feeder.run()
    }
}

extension Bool {
    /// Makes it true; answers what it was.
    fileprivate mutating func raised() -> Bool {
        defer { self = true }
        return self
    }
}
