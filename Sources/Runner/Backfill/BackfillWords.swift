internal import Foundation
internal import JobQueue
internal import Pipeline

/// The options of `rundum backfill`.
enum BackfillWords {
    static let sources = [
        Option("--from-jobs", "Do ended jobs of the kind again, or workflows; see the four that follow."),
        Option("--state", "STATE", "With --from-jobs: that ended so (default: succeeded,review)."),
        Option("--of-kind", "KIND", "With --from-jobs: jobs of another kind, for their inputs."),
        Option("--since", "SPAN", "With --from-jobs: that ended within 90s, 15m, 2h, 30d."),
        Option("--of-subject", "NAME", "With --from-jobs: about this subject."),
        Option("--sql", "QUERY", "What a query names, with the columns of a manifest."),
        Option("--sql-url", "URL", "Of the database that the query is for (default: the queue's own)."),
    ]
    static let work = [
        Option("--set", "KEY=VALUE", "Set an option of the kind or workflow; may be given again."),
        Option("--options", "FILE", "Take the options of a kind from a JSON file; --set goes before it."),
        Option("--with", "SLOT=FILE", "A file for an extra slot of the kind, the same for all; may be given again."),
        Option("--recipe", "FILE|NAME", "Of a workflow: a JSON file, or a name such as studio-dark@1."),
        Option("--background", "FILE", "Of a workflow: set the cars on this picture."),
        Option("--plates", "HOW", "Of a workflow: blur, pixelate, solid, logo or keep."),
        Option("--plate-name", "NAME", "Of a workflow: hang a dealer's plate with this name."),
        Option("--plate-logo", "FILE", "Of a workflow: hang this picture in each plate's place."),
        Option("--plate-colour", "#RRGGBB", "Of --plates solid."),
        Option("--subject", "NAME", "What all the pictures show (default: as the source says)."),
        Option("--max-attempts", "N", "Tries of each job (default: 5)."),
    ]
    static let course = [
        Option("--estimate", "Say how many, how long and how large, and do nothing."),
        Option("--dry-run", "The same, with the first items."),
        Option("--canary", "N", "Do N of them first, spread over all, write a page to look at, and wait for --resume."),
        Option("--canary-out", "DIR", "Where that page goes (default: backfill-ID-canary)."),
        Option("--max-in-flight", "N", "At most N in the queue at one time (default: what ends in half a minute)."),
        Option("--rate", "N/s", "At most so many a second; N/m and N/h are a minute and an hour."),
        Option("--window", "FROM-TO", "Only then, such as 22:00-06:00; what is in the queue by its end is finished."),
        Option("--time-zone", "NAME", "Of the window (default: this machine's)."),
        Option("--resume", "Go on with the newest that is not done, or with the one whose ID follows."),
        Option("--failures", "FILE", "Write what did not succeed as CSV, at each end."),
        Option("--work", "Work here too, and not only for other workers."),
    ]
}

/// What a `rundum backfill` is asked to do, as far as its words alone say it.
struct BackfillOrder: Sendable {
    /// Of a kind or a workflow; empty with `--resume`.
    let name: String
    let places: [URL]
    let pace: BackfillPace
    let canary: Int?
    /// With `--resume`; nil for the newest.
    let id: Int64?
    private let arguments: Arguments
    private let states: Set<JobState>
    private let span: Duration?

    init(_ arguments: Arguments) throws(Failure) {
        self.arguments = arguments
        canary = try arguments.integer("--canary", in: 1...1000)
        pace = try Self.pace(arguments)
        span = try arguments.span("--since")
        states = try Self.states(arguments)
        let isResumed = arguments.has("--resume")
        let sources = [arguments.has("--from-jobs"), arguments.has("--sql"), arguments.operands.count > 1].count { $0 }
        guard isResumed else {
            guard let name = arguments.operands.first, sources == 1 else {
                throw Failure(
                    .invalidRequest,
                    sources > 1 ? "One source is taken." : "A kind or workflow and a source are needed.",
                    hint: "A source is files and folders, a manifest, --from-jobs, or --sql.")
            }
            guard
                arguments.has("--from-jobs")
                    || !["--state", "--of-kind", "--since", "--of-subject"].contains(where: arguments.has)
            else {
                throw Failure(.invalidRequest, "--state, --of-kind, --since and --of-subject go with --from-jobs.")
            }
            (self.name, id) = (name, nil)
            places = arguments.operands.dropFirst().map { URL(filePath: $0).standardizedFileURL }
            return
        }
        let fixed = (BackfillWords.sources + BackfillWords.work).map(\.name) + ["--canary", "--estimate", "--dry-run"]
        if let word = fixed.first(where: arguments.has) {
            throw Failure(.invalidRequest, "\(word) was settled when the backfill began.", hint: "Begin a new one.")
        }
        let id = arguments.operands.first.flatMap { Int64($0) }
        guard arguments.operands.count < 2, (id == nil) == arguments.operands.isEmpty else {
            throw Failure(.invalidRequest, "--resume takes the ID of one backfill.", hint: "rundum backfill list")
        }
        (name, places, self.id) = ("", [], id)
    }

    private static func states(_ arguments: Arguments) throws(Failure) -> Set<JobState> {
        var states: Set<JobState> = []
        for word in arguments.all("--state").flatMap({ $0.split(separator: ",") }) {
            guard let state = JobState(rawValue: String(word)), state.isFinal else {
                throw Failure(
                    .invalidRequest, "No job ends \(word).", hint: "Ends are: succeeded, review, failed, canceled.")
            }
            states.insert(state)
        }
        return states.isEmpty ? [.succeeded, .review] : states
    }

    private static func pace(_ arguments: Arguments) throws(Failure) -> BackfillPace {
        var pace = BackfillPace(maxInFlight: try arguments.integer("--max-in-flight", in: 1...100_000))
        if let text = arguments.value("--rate") {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let seconds: [Substring: Double] = ["s": 1, "m": 60, "h": 3600]
            guard parts.count == 2, let number = Double(parts[0]), number > 0, number.isFinite,
                let unit = seconds[parts[1]]
            else { throw Failure(.invalidRequest, "\(text) is no rate.", hint: "Write it as 10/s, 30/m or 200/h.") }
            pace.perSecond = number / unit
        }
        if let text = arguments.value("--window") {
            let zone = arguments.value("--time-zone") ?? TimeZone.current.identifier
            pace.window = try BackfillPace.Window(text, timeZone: zone)
        } else if arguments.has("--time-zone") {
            throw Failure(.invalidRequest, "--time-zone goes with --window.")
        }
        return pace
    }

    /// The backfill to go on with, with the pace that is asked for now over its own.
    func resumed(in store: PostgresJobStore, tenant: String) async throws(Failure) -> Backfill {
        let backfill: Backfill
        if let id {
            backfill = try await store.backfill(id, tenant: tenant)
        } else {
            let all = try await store.backfills(tenant: tenant)
            guard let newest = all.first(where: { [.feeding, .waiting, .stopped].contains($0.state) }) else {
                throw Failure(.notFound, "No backfill is left to go on with.", hint: "rundum backfill list shows all.")
            }
            backfill = newest
        }
        guard pace != BackfillPace() else { return backfill }
        var merged = backfill.pace
        merged.maxInFlight = pace.maxInFlight ?? merged.maxInFlight
        merged.perSecond = pace.perSecond ?? merged.perSecond
        merged.window = pace.window ?? merged.window
        try await store.setPace(merged, ofBackfill: backfill.id)
        return backfill
    }

    /// Reads the items of what is asked for.
    func reader(for target: BackfillTarget, in installation: Installation) throws(Failure) -> ItemReader {
        ItemReader(
            source: try source(for: target, in: installation), takesSets: target.takesSets, store: installation.store,
            subject: arguments.value("--subject"))
    }

    private func source(for target: BackfillTarget, in installation: Installation) throws(Failure) -> ItemSource {
        if let sql = arguments.value("--sql") {
            return .query(QuerySource(url: arguments.value("--sql-url") ?? installation.databaseURL, sql: sql))
        }
        guard arguments.has("--from-jobs") else { return .files(places) }
        let kind = Kind(rawValue: arguments.value("--of-kind") ?? name)
        let selection = JobSelection(
            tenant: arguments.tenant, kind: kind, states: states, span: span, subject: arguments.value("--of-subject"))
        guard case .kind(let stage) = target else { return .workflows(selection, name) }
        return .jobs(
            selection, keepsOptions: kind == stage.kind,
            given: try BackfillTarget.given(arguments, schema: stage.schema))
    }
}
