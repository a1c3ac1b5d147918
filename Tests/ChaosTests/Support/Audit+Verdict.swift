import Foundation
import JobQueue

extension Audit {
    /// What is wrong, one line each; empty when every promise held.
    ///
    /// - Parameter causes: codes that may end a job in this wave.
    func violations(causes: Set<String>) async throws -> [String] {
        var found: [String] = []
        // A server that ended at once has forgotten what it knew of the tables' sizes.
        _ = try await database.execute("analyze")
        for (wrong, query) in Self.questions {
            let rows = try await database.execute("\(query) limit 5", [])
            let total = try await database.execute("select count(*) from (\(query)) q", [])[0][0] ?? "0"
            guard !rows.isEmpty else { continue }
            let examples = rows.map { $0.map { $0 ?? "-" }.joined(separator: " ") }.joined(separator: "; ")
            found.append("\(total) \(wrong): \(examples)")
        }
        let codes = "{\(causes.sorted().joined(separator: ","))}"
        let strange = try await database.execute(
            """
            select e.state, coalesce(e.code, 'no cause'), count(*) from chaos.ending e
            where (e.state in ('failed', 'canceled') and not coalesce(e.code = any ($1::text[]), false))
                or (e.state = 'succeeded' and e.code is not null) or e.state = 'review'
            group by 1, 2
            """, [codes])
        found += strange.map { "\($0[2] ?? "") ended \($0[0] ?? "") by \($0[1] ?? ""), which has no place here" }
        return found
    }

    /// What must have no rows.
    private static let questions: [(wrong: String, query: String)] = [
        (
            "were enqueued and are not there",
            "select e.job from chaos.enqueued e left join rundum.any_job a on a.id = e.job where a.id is null"
        ),
        (
            "are there twice or were never asked for",
            """
            select a.id from rundum.any_job a left join chaos.enqueued e on e.job = a.id
            group by a.id having count(*) > 1 or count(e.job) = 0
            """
        ),
        ("have not ended", "select j.id, j.state, j.attempt, j.due_at - now() as due from rundum.job j"),
        (
            "were ended more than once",
            "select e.job, count(*) from chaos.ending e group by e.job having count(*) > 1"
        ),
        (
            "ended by another attempt than the last that was started",
            """
            select d.id, d.fence, max(s.fence) as last from rundum.done d left join chaos.start s on s.job = d.id
            group by d.id, d.fence having d.fence <> coalesce(max(s.fence), 0)
            """
        ),
        (
            "have another number of attempts than were started and not handed back",
            """
            select d.id, d.attempt, count(s.fence) as started, r.back from rundum.done d
            left join chaos.start s on s.job = d.id
            cross join lateral (
                select count(*) as back from chaos.stop p join chaos.start t on t.fence = p.fence
                where p.job = d.id and p.attempt < t.attempt) r
            group by d.id, d.attempt, r.back having d.attempt <> count(s.fence) - r.back
            """
        ),
        (
            "attempts were put back without a cause",
            """
            select p.job, p.fence, p.state from chaos.stop p join chaos.start s on s.fence = p.fence
            where p.attempt = s.attempt and p.code is null
            """
        ),
        (
            "succeeded without a result, or failed without the attempt's cause",
            """
            select d.id, d.state, d.attempt from rundum.done d
            where (d.state = 'succeeded' and (d.result is null or d.failure is not null))
                or (d.state <> 'succeeded' and coalesce((d.failure ->> 'attempt')::integer <> d.attempt, true))
            """
        ),
        (
            "results were accepted by two attempts, as their workers say",
            "select a.job from chaos.accepted a group by a.job having count(distinct a.fence) > 1"
        ),
        (
            "results were called accepted that are not the job's",
            """
            select a.job, a.fence, d.fence as kept, d.state from chaos.accepted a left join rundum.done d on d.id = a.job
            where d.id is null or d.fence <> a.fence or d.state <> 'succeeded'
            """
        ),
        (
            "were held by a worker that was cut off and never went on",
            "select h.job from (\(held)) h where h.waited is null"
        ),
    ]

    /// Attempts that a worker held when it was cut off, with the seconds until their jobs started again or ended.
    private static let held = """
        with span as materialized (
            select s.fence, s.job, s.worker, s.at, least(
                (select min(p.at) from chaos.stop p where p.fence = s.fence),
                (select min(e.at) from chaos.ending e where e.job = s.job)) as until
            from chaos.start s
        )
        select s.job, least(
            (select min(n.at) from chaos.start n where n.job = s.job and n.fence > s.fence),
            (select min(e.at) from chaos.ending e where e.job = s.job and e.at >= b.at)) - b.at as waited
        from chaos.blow b join chaos.worker w on w.pid = b.pid and w.at <= b.at
        join span s on s.worker = w.id and b.at between s.at and coalesce(s.until, 'infinity')
        """

    /// Every wait of a job that lost its attempt: from the blow, or from the end of an attempt that crashed.
    private static let rescues = """
        select h.waited from (\(held)) h where h.waited is not null
        union all
        select n.at - p.at from chaos.stop p cross join lateral (
            select least(
                (select min(x.at) from chaos.start x where x.job = p.job and x.fence > p.fence),
                (select min(e.at) from chaos.ending e where e.job = p.job and e.at >= p.at)) as at) n
        where p.code in ('worker_crashed', 'worker_lost')
        """

    func tally() async throws -> WaveTally {
        func numbers(_ query: String) async throws -> [Double] {
            try await database.execute(query, []).first?.map { $0.flatMap { Double($0) } ?? 0 } ?? []
        }
        let rescued = try await numbers("select count(*), max(r.waited) from (\(Self.rescues)) r(waited)")
        let attempts = try await numbers(
            """
            select count(*), max(least(
                (select min(p.at) from chaos.stop p where p.fence = s.fence),
                (select min(e.at) from chaos.ending e where e.fence = s.fence)) - s.at)
            from chaos.start s
            """)
        let ends = try await database.execute(
            """
            select case when e.state = 'succeeded' then e.state else coalesce(e.code, e.state) end, count(*)
            from chaos.ending e group by 1 order by 1
            """, [])
        return WaveTally(
            attempts: Int(attempts[0]), longestAttempt: attempts[1], rescued: Int(rescued[0]),
            longestRescue: rescued[1],
            ends: ends.reduce(into: [:]) { $0[$1[0] ?? ""] = $1[1].flatMap { Int($0) } ?? 0 })
    }
}

/// What a wave's tables add up to; times in seconds.
struct WaveTally: Sendable {
    let attempts: Int
    /// From the claim to whatever ended it.
    let longestAttempt: Double
    let rescued: Int
    let longestRescue: Double
    /// By state, failed ones by code.
    let ends: [String: Int]
}
