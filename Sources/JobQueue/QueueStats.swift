public import Foundation
public import Pipeline

/// What the queue looks like now, and how it went lately; over all tenants, for operators.
public struct QueueStats: Sendable, Equatable, Codable {
    /// Jobs of one kind, tenant and state that are not final.
    public struct Depth: Sendable, Equatable, Codable {
        public let kind: Kind
        public let tenant: String
        /// A state, or `parked` for what is queued and waits for its tenant's limits.
        public let state: String
        public let jobs: Int
        /// Seconds that the oldest has been due; 0 for what is not due yet.
        public let oldestSeconds: Double
    }

    /// Jobs of one kind that ended within the span.
    public struct Pace: Sendable, Equatable, Codable {
        public let kind: Kind
        public let jobs: Int
        /// From being due (or enqueued) to the last start, and from there to the end, in seconds.
        public let waitP50, waitP95, runP50, runP95: Double
    }

    public struct Failures: Sendable, Equatable, Codable {
        public let code: String
        public let kind: Kind
        public let jobs: Int
    }

    public struct WorkerFacts: Sendable, Equatable, Codable {
        public let id: WorkerID
        public let host: String
        public let pid: Int32
        public let attempts: Int
        /// Seconds until the lease runs out; negative when it has.
        public let leaseSeconds: Double
    }

    public let depths: [Depth]
    public let paces: [Pace]
    public let failures: [Failures]
    public let workers: [WorkerFacts]
    /// Lanes that are paused.
    public let paused: [String]
}

/// A failed job that a retry would put back.
public struct FailedJob: Sendable, Equatable, Codable {
    public let id: UUID
    public let kind: Kind
    public let subject: String?
    public let code: String
    public let summary: String
    public let finishedAt: Date
}

extension PostgresJobStore {
    /// - Parameter span: how far back ends are counted.
    public func stats(over span: Duration) async throws(Failure) -> QueueStats {
        let depths = try await database.query(StatsStatements.depths)
        let paces = try await database.query(StatsStatements.paces, [.interval(span)])
        let failures = try await database.query(StatsStatements.failures, [.interval(span)])
        let workers = try await database.query(StatsStatements.workers)
        let paused = try await pausedLanes().map(\.rawValue).sorted()
        return QueueStats(
            depths: try depths.map { row throws(Failure) in
                QueueStats.Depth(
                    kind: Kind(rawValue: try row.text("kind")), tenant: try row.text("tenant"),
                    state: try row.text("state"), jobs: try row.int("jobs"), oldestSeconds: try row.double("oldest"))
            },
            paces: try paces.map { row throws(Failure) in
                QueueStats.Pace(
                    kind: Kind(rawValue: try row.text("kind")), jobs: try row.int("jobs"),
                    waitP50: try row.double("wait_p50"), waitP95: try row.double("wait_p95"),
                    runP50: try row.double("run_p50"), runP95: try row.double("run_p95"))
            },
            failures: try failures.map { row throws(Failure) in
                QueueStats.Failures(
                    code: try row.text("code"), kind: Kind(rawValue: try row.text("kind")),
                    jobs: try row.int("jobs"))
            },
            workers: try workers.map { row throws(Failure) in
                QueueStats.WorkerFacts(
                    id: try row.int("id"), host: try row.text("host"), pid: try row.int("pid"),
                    attempts: try row.int("attempts"), leaseSeconds: try row.double("lease"))
            },
            paused: paused)
    }

    /// A tenant's failed jobs that a retry can put back, oldest first; those that ended by another job follow it.
    ///
    /// - Parameters:
    ///   - code: only those that failed with it.
    ///   - span: only those that ended so recently.
    public func failed(
        code: String?, within span: Duration?, limit: Int = 10_000, tenant: String
    ) async throws(Failure) -> [FailedJob] {
        let rows = try await database.query(
            StatsStatements.failed,
            [.text(tenant), .text(code), span.map { .interval($0) } ?? .null, .int(limit)])
        return try rows.map { row throws(Failure) in
            FailedJob(
                id: try row.uuid("id"), kind: Kind(rawValue: try row.text("kind")),
                subject: try row.optional("subject"), code: try row.text("code"), summary: try row.text("summary"),
                finishedAt: try row.optionalDate("finished_at") ?? Date(timeIntervalSince1970: 0))
        }
    }
}

private enum StatsStatements {
    static let depths = Statement(
        "stats.depths",
        """
        select j.kind, t.key as tenant, case when j.gate = 1 then 'parked' else j.state::text end as state,
            count(*) as jobs, greatest(extract(epoch from now() - min(j.due_at)), 0) as oldest
        from rundum.job j join rundum.tenant t on t.id = j.tenant_id
        group by 1, 2, 3 order by 1, 2, 3
        """)
    static let paces = Statement(
        "stats.paces",
        """
        select d.kind, count(*) as jobs,
            percentile_cont(0.5) within group (order by d.wait) as wait_p50,
            percentile_cont(0.95) within group (order by d.wait) as wait_p95,
            percentile_cont(0.5) within group (order by d.run) as run_p50,
            percentile_cont(0.95) within group (order by d.run) as run_p95
        from (
            select d.kind, extract(epoch from d.finished_at - d.started_at) as run,
                extract(epoch from d.started_at - greatest(d.created_at, coalesce(d.run_at, d.created_at))) as wait
            from rundum.done d where d.finished_at > now() - $1::interval and d.started_at is not null
        ) d
        group by 1 order by 1
        """)
    static let failures = Statement(
        "stats.failures",
        """
        select coalesce(d.failure #>> '{failure,code}', 'unknown') as code, d.kind, count(*) as jobs
        from rundum.done d where d.finished_at > now() - $1::interval and d.state = 'failed'
        group by 1, 2 order by 3 desc, 1, 2
        """)
    static let workers = Statement(
        "stats.workers",
        """
        select w.id, w.host, w.pid, extract(epoch from w.lease_until - now()) as lease,
            count(j.id) as attempts
        from rundum.worker w left join rundum.running() j on j.worker_id = w.id
        group by w.id order by w.id
        """)
    static let failed = Statement(
        "stats.failed",
        """
        select d.id, d.kind, d.subject, d.failure #>> '{failure,code}' as code,
            d.failure #>> '{failure,summary}' as summary,
            (extract(epoch from d.finished_at) * 1000000)::bigint as finished_at
        from rundum.done d
        where d.tenant_id = (select t.id from rundum.tenant t where t.key = $1) and d.state = 'failed'
            and d.ended_by is null and ($2::text is null or d.failure #>> '{failure,code}' = $2)
            and ($3::interval is null or d.finished_at > now() - $3::interval)
        order by d.id limit $4
        """)
}
