internal import Foundation
public import Pipeline

/// What jobs of a kind have cost, as measured on those that ran last.
public struct KindCost: Sendable, Equatable, Codable {
    public let kind: Kind
    /// How many were measured.
    public let jobs: Int
    /// From start to end, on average.
    public let seconds: Double
    /// Of a job's outputs, on average.
    public let bytes: Double
    /// How many ran at one time, on average while any did.
    public let abreast: Double
    /// They had the very options that were asked for.
    public let isSame: Bool
}

extension PostgresJobStore {
    /// - Parameter options: complete; jobs with these are preferred to others of the kind.
    /// - Returns: nil when no job of the kind has ended with a result of its own making.
    public func cost(of kind: Kind, options: JSONValue) async throws(Failure) -> KindCost? {
        if let same = try await cost(of: kind, with: .json(JSON.encode(options)), isSame: true),
            same.jobs >= Self.enough
        {
            return same
        }
        return try await cost(of: kind, with: .null, isSame: false)
    }

    /// With fewer, those with other options tell more.
    private static let enough = 20

    private func cost(of kind: Kind, with options: Parameter, isSame: Bool) async throws(Failure) -> KindCost? {
        let rows = try await database.query(CostStatements.cost, [.text(kind.rawValue), options])
        guard let row = rows.first else { return nil }
        let jobs: Int = try row.int("jobs")
        guard jobs > 0 else { return nil }
        return KindCost(
            kind: kind, jobs: jobs, seconds: try row.double("seconds"), bytes: try row.double("bytes"),
            abreast: try row.double("abreast"), isSame: isSame)
    }
}

private enum CostStatements {
    /// Over the newest: the union of their run times is when any ran.
    static let cost = Statement(
        "backfill.cost",
        """
        with newest as (
            select d.started_at as s, d.finished_at as f, d.result from rundum.done d
            where d.kind = $1 and d.state in ('succeeded', 'review') and not d.cached and d.started_at is not null
                and ($2::jsonb is null or d.options = $2::jsonb)
            order by d.id desc limit 500
        ),
        runs as (
            select extract(epoch from n.f - n.s)::double precision as run, n.s, n.f,
                max(n.f) over (order by n.s rows between unbounded preceding and 1 preceding) as busy_until,
                (select coalesce(sum((o.value ->> 'bytes')::bigint), 0) from jsonb_each(n.result -> 'outputs') o) as bytes
            from newest n
        )
        select count(*) as jobs, coalesce(avg(r.run), 0) as seconds, coalesce(avg(r.bytes), 0) as bytes,
            coalesce(sum(r.run) / nullif(sum(greatest(extract(epoch from r.f - greatest(r.s, r.busy_until)), 0)), 0), 1)
                as abreast
        from runs r
        """)
}
