/// The SQL of `PostgresJobStore`'s workers' side.
enum ClaimStatements {
    /// What `Claim.init(row:)` reads, of a row of `rundum.claim` called `c`.
    private static let columns = """
        c.job, c.fence, c.tenant, c.workflow, c.label, c.attempt, c.kind, c.options, c.inputs, c.resolved, \
        c.subject, c.priority, c.max_attempts, (extract(epoch from c.run_at) * 1000000)::bigint as run_at
        """

    static let register = Statement(
        "claims.register", "select rundum.register_worker($1, $2, $3, $4) as worker")
    static let heartbeat = Statement(
        "claims.heartbeat", "select h.expired, h.job, h.lost from rundum.heartbeat($1, $2, $3, $4, $5, $6) h",
        isPrepared: true)
    static let held = Statement(
        "claims.held",
        """
        select j.id, j.fence from rundum.running() j
        where j.worker_id = $1 and j.started_at <= now() - $2::interval
        """)
    static let deregister = Statement("claims.deregister", "delete from rundum.worker w where w.id = $1")
    static let claim = Statement(
        "claims.claim",
        """
        select \(columns)
        from rundum.claim($1, $2, $3, $4) c
        """, isPrepared: true)
    /// Completions and a claim in one transaction; rows of the first kind have an `ended`, those of the second a `job`.
    static let exchange = Statement(
        "claims.exchange",
        """
        select m.job as ended, m.accepted, null::uuid as job, null::bigint as fence, null as tenant,
            null::uuid as workflow, null as label, null::integer as attempt, null as kind, null::jsonb as options,
            null::jsonb as inputs, null::jsonb as resolved, null as subject, null::smallint as priority,
            null::integer as max_attempts, null::bigint as run_at
        from rundum.complete_many($4, $5, $6, $7, $8) m
        union all
        select null::uuid, null::boolean, \(columns)
        from rundum.claim($1, $2, $3, $9) c
        """, isPrepared: true)
    static let complete = Statement(
        "claims.complete", "select rundum.complete($1, $2, $3, $4, $5) as accepted", isPrepared: true)
    static let end = Statement(
        "claims.end", "select rundum.end_attempt($1, $2, $3, $4, $5, $6) as accepted")
    static let cached = Statement(
        "claims.cached",
        """
        select c.result from rundum.cache c join rundum.tenant t on t.id = c.tenant_id
        where t.key = $1 and c.key = $2
        """, isPrepared: true)
    static let neighbours = Statement(
        "claims.neighbours", "select w.id, w.pid, w.process_start from rundum.worker w where w.host = $1")
    static let lost = Statement(
        "claims.lost", "select l.job, l.fence, l.attempt, l.max_attempts from rundum.lost_attempts($1) l")
    static let promote = Statement("claims.promote", "select rundum.promote(1000) as promoted")
    static let raiseFloors = Statement("claims.raise-floors", "select rundum.raise_floors()")
}
