internal import Foundation
internal import JobQueue
internal import Pipeline

/// What a backfill would take, from what jobs have cost; changes nothing.
struct BackfillEstimate: Sendable, Encodable {
    /// Jobs of one kind and what they take; without a cost nothing of the kind was measured.
    struct Part: Sendable, Encodable {
        let kind: Kind
        let jobs: Int
        let cost: KindCost?
    }

    let items: Int
    /// Named more than once.
    let repeated: Int
    /// Of files that would be stored.
    let inputBytes: Int
    /// Can't be read, or make no job.
    let unusable: Int
    let parts: [Part]
    /// Nil where some kind was never measured.
    let seconds: Double?
    let outputBytes: Double?
    /// With `--window`, how many of its openings it takes.
    let windows: Int?
    /// With `--dry-run`.
    let first: [String]

    private enum CodingKeys: String, CodingKey {
        case items, repeated, inputBytes, unusable, parts, seconds, outputBytes, windows, first
    }

    private let window: BackfillPace.Window?
    private let rate: Double?

    init(
        _ reader: ItemReader, _ target: BackfillTarget, _ spec: BackfillSpec, _ order: BackfillOrder,
        _ store: PostgresJobStore, _ registry: StageRegistry, first: Int
    ) async throws(Failure) {
        var survey = Survey(target: target, spec: spec, registry: registry, shown: first)
        let findings = try reader.read { (item) throws(Failure) in survey.add(item) }
        var parts: [Part] = []
        for (kind, need) in survey.needs.sorted(by: { $0.key < $1.key }) {
            parts.append(
                Part(kind: kind, jobs: need.jobs, cost: try await store.cost(of: kind, options: need.options)))
        }
        (items, repeated) = (findings.items, findings.repeated)
        (inputBytes, unusable, self.parts, self.first) = (survey.bytes, survey.unusable, parts, survey.first)
        (window, rate) = (order.pace.window, order.pace.perSecond)
        guard parts.allSatisfy({ $0.cost != nil }), !parts.isEmpty else {
            (seconds, outputBytes, windows) = (nil, nil, nil)
            return
        }
        let work = parts.reduce(0) { $0 + Double($1.jobs) * ($1.cost?.seconds ?? 0) / max($1.cost?.abreast ?? 1, 1) }
        let paced = order.pace.perSecond.map { Double(findings.items) / $0 } ?? 0
        let seconds = max(work, paced)
        self.seconds = seconds
        outputBytes = parts.reduce(0) { $0 + Double($1.jobs) * ($1.cost?.bytes ?? 0) }
        windows = order.pace.window.map { Int((seconds / 3600 / $0.hours).rounded(.up)) }
    }

    var text: String {
        var lines = [
            "items    \(BackfillView.grouped(items))"
                + (repeated > 0 ? ", \(BackfillView.grouped(repeated)) more were named again" : "")
                + (unusable > 0 ? ", \(BackfillView.grouped(unusable)) of them can't be used" : "")
        ]
        if inputBytes > 0 { lines.append("stores   \(BackfillView.size(Double(inputBytes))) of pictures") }
        for part in parts {
            let jobs = "\(BackfillView.grouped(part.jobs)) \(part.jobs == 1 ? "job" : "jobs")"
            guard let cost = part.cost else {
                lines.append("work     \(part.kind): \(jobs), nothing was measured")
                continue
            }
            let sort = cost.isSame ? " with these options" : ""
            lines.append(
                "work     \(part.kind): \(jobs) of \(StatsText.seconds(cost.seconds)) and "
                    + "\(BackfillView.size(cost.bytes)), over \(cost.jobs) measured\(sort)")
        }
        if let seconds, let outputBytes {
            let abreast = parts.compactMap { $0.cost?.abreast }.max() ?? 1
            let nights = windows.map { $0 == 1 ? ", within one window" : ", \($0) windows" } ?? ""
            lines.append(
                "time     \(BackfillView.time(seconds)) at \(String(format: "%.1f", abreast)) at one time, as measured\(nights)"
            )
            lines.append("results  \(BackfillView.size(outputBytes))")
        } else if items > 0 {
            let missing = parts.filter { $0.cost == nil }.map(\.kind.rawValue).joined(separator: ", ")
            lines.append("time     can't be told: nothing was measured of \(missing). Do some first: --canary 8")
        }
        if !first.isEmpty { lines += ["first    \(first[0])"] + first.dropFirst().map { "         \($0)" } }
        return lines.joined(separator: "\n")
    }
}

/// Counts what items need, without storing anything.
private struct Survey {
    let target: BackfillTarget
    let spec: BackfillSpec
    let registry: StageRegistry
    /// How many to name.
    let shown: Int
    var bytes = 0
    var unusable = 0
    var first: [String] = []
    var needs: [Kind: (jobs: Int, options: JSONValue)] = [:]
    /// How many jobs of each kind an item of so many pictures makes.
    private var known: [Int: [(Kind, JSONValue)]] = [:]

    init(target: BackfillTarget, spec: BackfillSpec, registry: StageRegistry, shown: Int) {
        (self.target, self.spec, self.registry, self.shown) = (target, spec, registry, shown)
    }

    mutating func add(_ item: BackfillItem) {
        var isUsable = true
        for path in item.source.files.compactMap(\.path) {
            do throws(Failure) {
                _ = try ShowroomRun.readable(URL(filePath: path))
                bytes += (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
            } catch { isUsable = false }
        }
        let jobs = jobs(of: item)
        if !isUsable || jobs.isEmpty { unusable += 1 }
        if first.count < shown {
            first.append(
                "\(item.key)  (\(item.source.files.count) \(item.source.files.count == 1 ? "picture" : "pictures"))")
        }
        for (kind, options) in jobs where isUsable {
            needs[kind] = ((needs[kind]?.jobs ?? 0) + 1, needs[kind]?.options ?? options)
        }
    }

    private mutating func jobs(of item: BackfillItem) -> [(Kind, JSONValue)] {
        let isPlain = item.source.options == nil
        if isPlain, let jobs = known[item.source.files.count] { return jobs }
        let blank = String(repeating: "0", count: 64)
        let inputs = item.source.files.map {
            JobInput(slot: $0.slot, name: $0.slot, source: .blob(sha256: $0.sha256 ?? blank))
        }
        let jobs: [(Kind, JSONValue)]
        switch try? target.entry(inputs, of: item, spec: spec, registry: registry) {
        case .job(let request): jobs = [(request.kind, request.options)]
        case .workflow(let workflow): jobs = workflow.steps.map { ($0.job.kind, $0.job.options) }
        case .failure, nil: jobs = []
        }
        if isPlain { known[item.source.files.count] = jobs }
        return jobs
    }
}
