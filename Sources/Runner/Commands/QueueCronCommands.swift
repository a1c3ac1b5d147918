internal import Foundation
internal import JobQueue
internal import Pipeline

/// `rundum queue cron add`: a job that comes again.
struct QueueCronAddCommand: Command {
    static let name = "queue cron add"
    static let abstract = "Enqueues a job again and again, by the clock of a place."
    static let usage = "NAME --schedule 'M H D MONTH WEEKDAY' (--kind KIND | --request JSON) [options]"
    static let options = [
        Option("--schedule", "TEXT", "Minute, hour, day, month, weekday as cron writes them, or @daily and the like."),
        Option("--zone", "ZONE", "Whose clocks the schedule goes by (default: Europe/Berlin)."),
        Option("--kind", "KIND", "What the job does, with all its options as they are by default."),
        Option("--request", "JSON", "The job in full, as rundum.enqueue takes it: see docs/enqueue.md."),
        .tenant, .home, .json,
    ]
    static let discussion = """
        A time that the clocks skip runs at the first one after it; one that they show twice runs once, the first time, \
        unless the hour is *. What was missed while no worker ran is made up for by one job.
        """
    static let examples = [
        Example(
            "rundum queue cron add night --schedule '30 2 * * *' --request '{\"kind\":\"spin\",\"priority\":3}'",
            "at 2:30 each night, in the bulk lane"),
        Example("rundum queue cron add mornings --schedule '0 6 * * MON-FRI' --kind renditions", "on workdays at six"),
    ]

    private let arguments: Arguments
    private let entry: String
    private let schedule: String
    private let request: JSONValue

    init(_ arguments: Arguments) throws(Failure) {
        guard arguments.operands.count == 1 else {
            throw Failure(.invalidRequest, "One name is needed for the entry.")
        }
        (self.arguments, entry) = (arguments, arguments.operands[0])
        schedule = try arguments.require(Self.options[0])
        switch (arguments.value("--kind"), arguments.value("--request")) {
        case (let kind?, nil): request = ["kind": .string(kind)]
        case (nil, let text?):
            guard let json = try? JSON.decode(JSONValue.self, from: Data(text.utf8)), json.objectValue != nil else {
                throw Failure(.invalidRequest, "--request is not a JSON object.", hint: "docs/enqueue.md has examples.")
            }
            request = json
        default: throw Failure(.invalidRequest, "One of --kind and --request is needed.")
        }
    }

    func run() async throws(Failure) -> ExitStatus {
        // What a worker would refuse every night is refused now.
        let stage = try Composition.registry().stage(Kind(rawValue: request["kind"]?.stringValue ?? ""))
        _ = try stage.complete(request["options"] ?? [:])
        let made = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.setCron(
                entry, schedule: schedule, zone: arguments.value("--zone") ?? PostgresJobStore.defaultZone,
                request: request, tenant: arguments.tenant)
        }
        if arguments.has("--json") {
            Terminal.out(String(decoding: try JSON.encode(made), as: UTF8.self))
        } else {
            Terminal.say("\(made.name) comes next at \(made.nextAt.formatted(.iso8601)).")
        }
        return .ok
    }
}

/// `rundum queue cron list`: the jobs that come again.
struct QueueCronListCommand: Command {
    static let name = "queue cron list"
    static let abstract = "The jobs that come again, of all tenants unless one is named."
    static let usage = "[--tenant NAME] [--json]"
    static let options = [Option("--tenant", "NAME", "Only this tenant's."), .home, .json]
    static let examples = [Example("rundum queue cron list", "shows when each comes next, and what went wrong")]

    private let arguments: Arguments

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        let entries = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.cron(tenant: arguments.value("--tenant"))
        }
        if arguments.has("--json") {
            Terminal.out(String(decoding: try JSON.encode(entries), as: UTF8.self))
            return .ok
        }
        var table = TextTable("NAME", "TENANT", "SCHEDULE", "ZONE", "KIND", "NEXT", "LAST", "FAILED")
        table.rows = entries.map {
            [
                $0.name, $0.tenant, $0.schedule, $0.zone, $0.request["kind"]?.stringValue ?? "-",
                $0.nextAt.formatted(.iso8601), $0.lastAt?.formatted(.iso8601) ?? "-", $0.failure ?? "-",
            ]
        }
        Terminal.out(entries.isEmpty ? "No job comes again." : table.text)
        return .ok
    }
}

/// `rundum queue cron remove`: ends a job that comes again.
struct QueueCronRemoveCommand: Command {
    static let name = "queue cron remove"
    static let abstract = "Ends a job that comes again; those that it has enqueued stay."
    static let usage = "NAME [--tenant NAME]"
    static let options = [Option.tenant, .home]
    static let examples = [Example("rundum queue cron remove night", "it comes no more")]

    private let arguments: Arguments

    init(_ arguments: Arguments) throws(Failure) {
        guard arguments.operands.count == 1 else { throw Failure(.invalidRequest, "One name is needed.") }
        self.arguments = arguments
    }

    func run() async throws(Failure) -> ExitStatus {
        try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.removeCron(arguments.operands[0], tenant: arguments.tenant)
        }
        Terminal.say("\(arguments.operands[0]) comes no more.")
        return .ok
    }
}

/// `rundum queue keep`: how long ended jobs are kept.
struct QueueKeepCommand: Command {
    static let name = "queue keep"
    static let abstract = "How long ended jobs are kept, and what is older removed at once."
    static let usage = "(--days N | --for-ever | --as-all) [--tenant NAME]"
    static let options = [
        Option("--days", "N", "At least N days after their end."), Option("--for-ever", "Never removed; the default."),
        Option("--as-all", "The tenant has no number of its own any more."),
        Option("--tenant", "NAME", "Only this tenant's jobs (default: all that have no number of their own)."), .home,
    ]
    static let discussion = "Their blobs stay: rundum erase removes what shows a subject."
    static let examples = [
        Example("rundum queue keep --days 400", "a year and a bit"),
        Example("rundum queue keep --days 30 --tenant trial", "less for one tenant"),
    ]

    private let arguments: Arguments
    private let days: Int?

    init(_ arguments: Arguments) throws(Failure) {
        try arguments.refuseOperands()
        self.arguments = arguments
        let given = try arguments.integer("--days", in: 1...36500)
        let words = [given != nil, arguments.has("--for-ever"), arguments.has("--as-all")]
        guard words.count(where: { $0 }) == 1 else {
            throw Failure(.invalidRequest, "One of --days, --for-ever and --as-all is needed.")
        }
        guard !arguments.has("--as-all") || arguments.has("--tenant") else {
            throw Failure(.invalidRequest, "--as-all goes with --tenant.")
        }
        days = arguments.has("--for-ever") ? 0 : given
    }

    func run() async throws(Failure) -> ExitStatus {
        let report = try await Installation.with(home: arguments.value("--home")) { installation throws(Failure) in
            try await installation.store.keep(days: days, tenant: arguments.value("--tenant"))
            return try await installation.store.keepHouse()
        }
        Terminal.say("Removed \(report.jobsDeleted) ended jobs, \(report.weeksDropped) weeks as a whole.")
        return .ok
    }
}
