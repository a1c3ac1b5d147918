internal import Pipeline

/// The SQL of `PostgresJobStore`'s callers' side.
enum IntakeStatements {
    static let enqueue = Statement(
        "intake.enqueue",
        """
        select e.replayed, e.workflow, \(Job.columns)
        from rundum.enqueue_steps($1, $2, $3, $4, $5, $6) e cross join lateral (select (e.job).*) j
        """, isPrepared: true)

    static let job = Statement(
        "intake.job",
        """
        select \(Job.columns) from rundum.any_job j
        where j.id = $2 and j.tenant_id = (select t.id from rundum.tenant t where t.key = $1)
        """)

    static let jobs = Statement(
        "intake.jobs",
        """
        select \(Job.columns) from rundum.any_job j
        where j.id = any ($2::uuid[]) and j.tenant_id = (select t.id from rundum.tenant t where t.key = $1)
        """)

    static let workflow = Statement(
        "intake.workflow",
        """
        select \(Job.columns) from rundum.any_job j
        where j.workflow_id = $2 and j.tenant_id = (select t.id from rundum.tenant t where t.key = $1)
        order by j.id
        """)

    static let workflowRecipe = Statement(
        "intake.workflow-recipe",
        """
        select w.recipe from rundum.workflow w
        where w.id = $2 and w.tenant_id = (select t.id from rundum.tenant t where t.key = $1)
        """)

    /// Newest first. A parameter that is null does not filter.
    static let list = Statement(
        "intake.list",
        """
        select \(Job.columns) from rundum.any_job j
        where j.tenant_id = (select t.id from rundum.tenant t where t.key = $1)
            and ($2::rundum.job_state[] is null or j.state = any ($2::rundum.job_state[]))
            and ($3::text is null or j.kind = $3) and ($4::text is null or j.subject = $4)
            and ($5::uuid is null or j.workflow_id = $5) and ($6::uuid is null or j.id < $6)
        order by j.id desc limit $7
        """)

    static let cancel = Statement("intake.cancel", "select \(Job.columns) from rundum.cancel($1, $2) j")
    static let retry = Statement("intake.retry", "select \(Job.columns) from rundum.retry($1, $2) j")

    static let own = Statement(
        "intake.own",
        """
        insert into rundum.blob_owner (tenant_id, sha256, bytes)
        values (rundum.tenant_number($1), decode($2, 'hex'), $3) on conflict do nothing
        """)

    /// Those of the hashes that the tenant owns.
    static let owned = Statement(
        "intake.owned",
        """
        select b.sha256 from unnest($2::text[]) b(sha256)
        join rundum.blob_owner o on o.sha256 = decode(b.sha256, 'hex')
        join rundum.tenant t on t.id = o.tenant_id and t.key = $1
        """)

    static let owns = Statement(
        "intake.owns",
        """
        select exists (
            select from rundum.blob_owner o join rundum.tenant t on t.id = o.tenant_id
            where t.key = $1 and o.sha256 = decode($2, 'hex')) as found
        """)
}
