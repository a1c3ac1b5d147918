/// The SQL of `PostgresJobStore`'s backfills.
enum BackfillStatements {
    /// What `Backfill.init(row:)` reads, of a row of `rundum.backfill` called `b` with its tenant `t`.
    private static let columns = """
        b.id, t.key as tenant, b.spec, b.pace, b.state, b.total, b.canary, b.fed, b.host, b.pid, b.process_start, \
        extract(epoch from clock_timestamp() - b.beat_at) as silence, \
        (extract(epoch from b.created_at) * 1000000)::bigint as created_at, \
        (extract(epoch from b.finished_at) * 1000000)::bigint as finished_at
        """
    private static let itemColumns = "i.n, i.key, i.source, i.previous"

    static let create = Statement(
        "backfill.create",
        """
        insert into rundum.backfill (tenant_id, name, spec, pace, canary, state)
        values (rundum.tenant_number($1), $2, $3, $4, $5, 'stopped') returning id
        """)
    static let copyItems = Statement(
        "backfill.copy-items", "copy rundum.backfill_item (backfill_id, n, key, source, previous) from stdin")
    static let planned = Statement(
        "backfill.planned",
        "update rundum.backfill b set total = $2::integer, canary = least(b.canary, $2::integer) where b.id = $1")

    static let one = Statement(
        "backfill.one",
        """
        select \(columns) from rundum.backfill b join rundum.tenant t on t.id = b.tenant_id
        where t.key = $1 and b.id = $2
        """)
    static let all = Statement(
        "backfill.all",
        """
        select \(columns) from rundum.backfill b join rundum.tenant t on t.id = b.tenant_id
        where t.key = $1 order by b.id desc limit $2
        """)
    static let takeUp = Statement("backfill.take-up", "select rundum.take_up_backfill($1, $2, $3, $4, $5) as feeder")
    static let setPace = Statement("backfill.set-pace", "update rundum.backfill b set pace = $2 where b.id = $1")

    /// Also the sign of life; no row when somebody else has taken over or it was stopped.
    static let lockFeeder = Statement(
        "backfill.lock-feeder",
        """
        update rundum.backfill b set beat_at = clock_timestamp()
        where b.id = $1 and b.feeder = $2 and b.state = 'feeding' returning b.id
        """, isPrepared: true)
    static let collect = Statement(
        "backfill.collect", "select c.outcome, c.items from rundum.collect_backfill($1, $2) c", isPrepared: true)
    static let tally = Statement(
        "backfill.tally",
        """
        select case when i.outcome is not null then i.outcome
            when i.job_id is not null or i.workflow_id is not null then 'underWay' else 'waiting' end as outcome,
            count(*) as items
        from rundum.backfill_item i where i.backfill_id = $1 group by 1
        """)

    /// Items without a job after a place.
    static let next = Statement(
        "backfill.next",
        """
        select \(itemColumns) from rundum.backfill_item i
        where i.backfill_id = $1 and i.n > $2 and i.outcome is null and i.job_id is null and i.workflow_id is null
        order by i.n limit $3
        """)
    static let numbered = Statement(
        "backfill.numbered",
        """
        select \(itemColumns) from rundum.backfill_item i
        where i.backfill_id = $1 and i.n = any ($2::bigint[]) and i.outcome is null and i.job_id is null
            and i.workflow_id is null
        order by i.n
        """)
    static let own = Statement(
        "backfill.own",
        """
        insert into rundum.blob_owner (tenant_id, sha256, bytes)
        select rundum.tenant_number($1), decode(b.sha256, 'hex'), max(b.bytes)
        from unnest($2::text[], $3::bigint[]) b(sha256, bytes) group by 2 order by 2 on conflict do nothing
        """)
    /// No join with the numbers: for a table that was filled just now the planner may go through all items for each of them.
    static let setJobs = Statement(
        "backfill.set-jobs",
        """
        update rundum.backfill_item i set job_id = ($3::uuid[])[array_position($2::bigint[], i.n)]
        where i.backfill_id = $1 and i.n = any ($2::bigint[]) and i.outcome is null and i.job_id is null
            and i.workflow_id is null
        returning i.n
        """)
    /// So that no plan is made for an empty table; does nothing for a role that does not own it.
    static let analyze = Statement("backfill.analyze", "analyze rundum.backfill_item")
    static let setWorkflow = Statement(
        "backfill.set-workflow",
        """
        update rundum.backfill_item i set workflow_id = $3
        where i.backfill_id = $1 and i.n = $2 and i.outcome is null and i.job_id is null and i.workflow_id is null
        returning i.n
        """)
    static let setFailure = Statement(
        "backfill.set-failure",
        """
        update rundum.backfill_item i set outcome = 'failed', failure = $3
        where i.backfill_id = $1 and i.n = $2 and i.outcome is null and i.job_id is null and i.workflow_id is null
        returning i.n
        """)
    static let checkpoint = Statement(
        "backfill.checkpoint", "update rundum.backfill b set fed = greatest(b.fed, $2) where b.id = $1")

    static let end = Statement(
        "backfill.end",
        """
        update rundum.backfill b set
            state = $3, finished_at = case when $3 = 'done' then now() end
        where b.id = $1 and b.feeder = $2 and b.state = 'feeding' returning b.id
        """)
    static let stop = Statement(
        "backfill.stop",
        "update rundum.backfill b set state = 'stopped' where b.id = $1 and b.state in ('feeding', 'waiting')")
    static let rollBack = Statement("backfill.roll-back", "select rundum.roll_back_backfill($1, $2)")

    /// Those that did not succeed, with the first cause.
    static let troubles = Statement(
        "backfill.troubles",
        """
        select i.n, i.key, i.source ->> 'subject' as subject, i.outcome, coalesce(d.id, i.job_id, i.workflow_id) as job,
            coalesce(d.failure -> 'failure', i.failure) as failure, coalesce(d.attempt, 0) as attempt,
            d.result -> 'review' as review
        from rundum.backfill_item i
        left join lateral (
            select d.id, d.failure, d.attempt, d.result from rundum.done d
            where d.id = i.job_id
                or (i.workflow_id is not null and d.workflow_id = i.workflow_id and d.state::text = i.outcome)
            order by d.ended_by is not null, d.finished_at, d.id limit 1) d on true
        where i.backfill_id = $1 and i.outcome <> 'succeeded' and i.n > $2
        order by i.n limit $3
        """)
    /// The items of a canary, with their jobs.
    static let seen = Statement(
        "backfill.seen",
        """
        select \(itemColumns), i.outcome, i.job_id, i.workflow_id, i.failure from rundum.backfill_item i
        where i.backfill_id = $1 and i.n = any ($2::bigint[]) order by i.n
        """)
    /// What an earlier backfill made of the same thing.
    static let before = Statement(
        "backfill.before",
        """
        select coalesce(i.job_id, i.workflow_id) as id
        from rundum.backfill_item i join rundum.backfill b on b.id = i.backfill_id
        join rundum.backfill mine on mine.id = $1 and mine.tenant_id = b.tenant_id and mine.name = b.name
        where i.key = $2 and b.id < $1 and i.outcome = 'succeeded' and b.state <> 'rolledBack'
        order by b.id desc limit 1
        """)
    static let workers = Statement(
        "backfill.workers", "select count(*) as workers from rundum.worker w where w.lease_until > now()")
}
