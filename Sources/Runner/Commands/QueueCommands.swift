internal import Foundation
internal import JobQueue
internal import Pipeline

/// `rundum queue pause`: stops claims of a lane.
struct QueuePauseCommand: Command {
    static let name = "queue pause"
    static let abstract = "Starts no more jobs of a lane; what runs goes on."
    static let usage = "live|bulk"
    static let options = [Option.home]
    static let examples = [Example("rundum queue pause bulk", "holds backfills back")]

    private let call: LaneCall
    init(_ arguments: Arguments) throws(Failure) { call = try LaneCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run("paused") { store, lane throws(Failure) in try await store.pause(lane) }
    }
}

/// `rundum queue resume`: starts claims of a lane again.
struct QueueResumeCommand: Command {
    static let name = "queue resume"
    static let abstract = "Starts jobs of a lane again."
    static let usage = "live|bulk"
    static let options = [Option.home]
    static let examples = [Example("rundum queue resume bulk", "lets backfills go on")]

    private let call: LaneCall
    init(_ arguments: Arguments) throws(Failure) { call = try LaneCall(arguments) }

    func run() async throws(Failure) -> ExitStatus {
        try await call.run("open") { store, lane throws(Failure) in try await store.resume(lane) }
    }
}

private struct LaneCall {
    let lane: QueueLane
    let home: String?

    init(_ arguments: Arguments) throws(Failure) {
        guard arguments.operands.count == 1, let lane = QueueLane(rawValue: arguments.operands[0]) else {
            throw Failure(
                .invalidRequest, "One lane is needed: live or bulk.",
                hint: "live is the priorities 0 to 2, bulk is 3.")
        }
        (self.lane, home) = (lane, arguments.value("--home"))
    }

    func run(
        _ end: String, _ body: (PostgresJobStore, QueueLane) async throws(Failure) -> Void
    ) async throws(Failure) -> ExitStatus {
        try await Installation.with(home: home) { installation throws(Failure) in
            try await body(installation.store, lane)
        }
        Terminal.say("The lane \(lane.rawValue) is \(end).")
        return .ok
    }
}

/// `rundum queue limit`: how much of the workers a tenant may have.
struct QueueLimitCommand: Command {
    static let name = "queue limit"
    static let abstract = "Limits how many jobs of a tenant run at one time, and how many start a minute."
    static let usage = "--tenant NAME [--running N] [--per-minute N [--burst N]]"
    static let options = [
        Option("--tenant", "NAME", "Whose limits."),
        Option("--running", "N", "At most N at one time; 0 stops the tenant."),
        Option("--per-minute", "N", "At most N starts a minute."),
        Option("--burst", "N", "So many of them at once after a quiet time (default: 1)."), .home,
    ]
    static let discussion = "Without --running and --per-minute the tenant's limits are taken away."
    static let examples = [
        Example("rundum queue limit --tenant shop --running 2", "two at one time"),
        Example("rundum queue limit --tenant shop", "no limit any more"),
    ]

    private let arguments: Arguments
    private let tenant: String
    private let limits: TenantLimits?

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
        // Said in so many words: leaving everything out must not free whoever is the default.
        tenant = try arguments.require(Self.options[0])
        let running = try arguments.integer("--running", in: 0...1_000_000)
        let rate = try arguments.integer("--per-minute", in: 1...1_000_000)
        let burst = try arguments.integer("--burst", in: 1...1_000_000)
        guard burst == nil || rate != nil else {
            throw Failure(.invalidRequest, "--burst goes with --per-minute.")
        }
        limits =
            running == nil && rate == nil
            ? nil : TenantLimits(maxRunning: running, perMinute: rate.map(Double.init), burst: burst ?? 1)
    }

    func run() async throws(Failure) -> ExitStatus {
        try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.limit(tenant, to: limits)
        }
        Terminal.say("The tenant \(tenant) is \(limits == nil ? "not limited" : "limited").")
        return .ok
    }
}

/// `rundum queue limits`: which tenants are limited, and how.
struct QueueLimitsCommand: Command {
    static let name = "queue limits"
    static let abstract = "The tenants that are limited, and how."
    static let usage = "[--json]"
    static let options = [Option.home, .json]
    static let examples = [Example("rundum queue limits", "lists them by name")]

    private let arguments: Arguments

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        let limits = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.tenantLimits()
        }
        if arguments.has("--json") {
            Terminal.out(String(decoding: try JSON.encode(limits), as: UTF8.self))
            return .ok
        }
        var table = TextTable("TENANT", "RUNNING", "PER MINUTE", "BURST")
        table.rows = limits.sorted { $0.key < $1.key }.map { tenant, limits in
            [
                tenant, limits.maxRunning.map { "\($0)" } ?? "-",
                limits.perMinute.map { String(format: "%g", $0) } ?? "-",
                limits.perMinute == nil ? "-" : "\(limits.burst)",
            ]
        }
        Terminal.out(limits.isEmpty ? "No tenant is limited." : table.text)
        return .ok
    }
}

/// `rundum queue stats`: what waits, how fast it goes, what fails, and who works.
struct QueueStatsCommand: Command {
    static let name = "queue stats"
    static let abstract = "What waits, how fast it goes, what fails, and who works; over all tenants."
    static let usage = "[--since SPAN] [--watch] [--json]"
    static let options = [
        Option("--since", "SPAN", "Count ends of this long: 90s, 15m, 2h, 1d (default: 1h)."),
        Option("--watch", "Show it anew every two seconds, until Ctrl-C."), .home, .json,
    ]
    static let examples = [Example("rundum queue stats --watch", "a live view in the terminal")]

    private let arguments: Arguments
    private let span: Duration

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
        span = try arguments.span("--since") ?? .seconds(3600)
    }

    func run() async throws(Failure) -> ExitStatus {
        try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            repeat {
                let stats = try await installation.store.stats(over: span)
                if arguments.has("--json") {
                    Terminal.out(String(decoding: try JSON.encode(stats), as: UTF8.self))
                } else {
                    // Up and left, and the rest of the screen cleared: ECMA-48's CUP and ED.
                    if arguments.has("--watch") { Terminal.out("\u{1B}[H\u{1B}[2J") }
                    let local = stats.workers.filter { $0.host == WorkerDescription.thisHost }.map(\.pid)
                    Terminal.out(StatsText.text(stats, memory: ProcessTree.resident(local)))
                }
                guard arguments.has("--watch") else { break }
                try? await Task.sleep(for: .seconds(2))
            } while !Task.isCancelled
            return .ok
        }
    }
}

/// The queue as a person reads it.
enum StatsText {
    /// - Parameter memory: of this machine's workers with their executors, in bytes.
    static func text(_ stats: QueueStats, memory: [Int32: Int] = [:]) -> String {
        var depths = TextTable("KIND", "TENANT", "STATE", "JOBS", "OLDEST")
        depths.rows = stats.depths.map {
            [$0.kind.rawValue, $0.tenant, $0.state, "\($0.jobs)", seconds($0.oldestSeconds)]
        }
        var paces = TextTable("KIND", "ENDED", "WAIT P50", "P95", "RUN P50", "P95")
        paces.rows = stats.paces.map {
            [
                $0.kind.rawValue, "\($0.jobs)", seconds($0.waitP50), seconds($0.waitP95), seconds($0.runP50),
                seconds($0.runP95),
            ]
        }
        var failures = TextTable("FAILED WITH", "KIND", "JOBS")
        failures.rows = stats.failures.map { [$0.code, $0.kind.rawValue, "\($0.jobs)"] }
        var workers = TextTable("WORKER", "PID", "ATTEMPTS", "LEASE", "MEMORY", "HOST")
        workers.rows = stats.workers.map {
            let host = $0.host.split(separator: " ").first.map(String.init) ?? $0.host
            let bytes = $0.host == WorkerDescription.thisHost ? memory[$0.pid] : nil
            let held = bytes.map { BackfillView.size(Double($0)) } ?? "-"
            return ["\($0.id)", "\($0.pid)", "\($0.attempts)", seconds($0.leaseSeconds), held, host]
        }
        var parts = [depths, paces, failures, workers].filter { !$0.rows.isEmpty }.map(\.text)
        if !stats.paused.isEmpty { parts.append("Paused: \(stats.paused.joined(separator: ", ")).") }
        return parts.isEmpty ? "Nothing waits and nobody works." : parts.joined(separator: "\n\n")
    }

    /// In the largest unit that keeps two digits.
    static func seconds(_ value: Double) -> String {
        switch abs(value) {
        case ..<1: "\(Int((value * 1000).rounded())) ms"
        case ..<100: "\((value * 10).rounded() / 10) s"
        case ..<6000: "\(Int((value / 60).rounded())) min"
        case ..<172_800: "\(Int((value / 3600).rounded())) h"
        default: "\(Int((value / 86400).rounded())) d"
        }
    }
}

extension Arguments {
    /// A length of time such as `90s`, `15m`, `2h`, `1d`, or nil when the option was not given.
    func span(_ option: String) throws(Failure) -> Duration? {
        guard let text = value(option) else { return nil }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()),
            (1...1_000_000).contains(number)
        else {
            throw Failure(.invalidRequest, "\(option) must be a span such as 90s, 15m, 2h or 1d, not \(text).")
        }
        return .seconds(number * unit)
    }
}
