/// The SQL of `PostgresJobStore`'s workers' side.
enum ClaimStatements {
    static let register = Statement(
        "claims.register", "select rundum.register_worker($1, $2, $3, $4) as worker")
    static let heartbeat = Statement(
        "claims.heartbeat", "select h.expired, h.job, h.lost from rundum.heartbeat($1, $2, $3, $4, $5, $6) h")
    static let held = Statement(
        "claims.held", "select j.id, j.fence from rundum.job j where j.worker_id = $1 and j.state = 'running'")
    static let deregister = Statement("claims.deregister", "delete from rundum.worker w where w.id = $1")
    static let claim = Statement(
        "claims.claim",
        """
        select c.job, c.fence, c.tenant, c.workflow, c.label, c.attempt, c.kind, c.options, c.inputs, c.resolved,
            c.subject, c.priority, c.max_attempts, (extract(epoch from c.run_at) * 1000000)::bigint as run_at
        from rundum.claim($1, $2, $3) c
        """)
    static let complete = Statement(
        "claims.complete", "select rundum.complete($1, $2, $3, $4, $5) as accepted")
    static let end = Statement(
        "claims.end", "select rundum.end_attempt($1, $2, $3, $4, $5, $6) as accepted")
    static let cached = Statement(
        "claims.cached",
        """
        select c.result from rundum.cache c join rundum.tenant t on t.id = c.tenant_id
        where t.key = $1 and c.key = $2
        """)
    static let neighbours = Statement(
        "claims.neighbours", "select w.id, w.pid, w.process_start from rundum.worker w where w.host = $1")
    static let lost = Statement(
        "claims.lost", "select l.job, l.fence, l.attempt, l.max_attempts from rundum.lost_attempts($1) l")
    static let promote = Statement("claims.promote", "select rundum.promote(1000) as promoted")
}
