-- Backfills: many jobs of one kind or workflow, fed into the queue bit by bit by a process that may stop at any time. What is
-- to be done is written down first, an item a row; a job and the word that its item has it are one transaction.

create table rundum.backfill (
    id bigint generated always as identity primary key,
    tenant_id integer not null references rundum.tenant (id),
    -- A kind or a workflow.
    name text not null check (name <> ''),
    -- What is said of all items, and how fast they go in; only the command line knows their shapes.
    spec jsonb not null,
    pace jsonb not null,
    state text not null default 'feeding'
        check (state in ('feeding', 'waiting', 'stopped', 'done', 'rolledBack')),
    total bigint not null default 0,
    -- Items that go in first, spread over all, for a person to look at; 0 when there are none or they were seen.
    canary integer not null default 0 check (canary >= 0),
    -- The checkpoint: every item up to this one has a job or a failure.
    fed bigint not null default 0,
    -- Fences the process that feeds: whoever takes up raises it.
    feeder bigint not null default 0,
    host text,
    pid integer,
    process_start numeric(20),
    beat_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    finished_at timestamptz
);

create index backfill_tenant on rundum.backfill (tenant_id, id);

create table rundum.backfill_item (
    backfill_id bigint not null,
    -- From 1, in the order of the source.
    n bigint not null,
    -- Names the item in this backfill, and the same thing in later ones.
    key text not null check (octet_length(key) between 1 and 1000),
    source jsonb not null,
    job_id uuid,
    workflow_id uuid,
    -- The job or workflow whose result this one's is to replace.
    previous uuid,
    -- Null while it waits or runs; `gone` when its job was erased.
    outcome text check (outcome in ('succeeded', 'review', 'failed', 'canceled', 'gone')),
    -- Why it never became a job.
    failure jsonb,
    primary key (backfill_id, n),
    constraint backfill_item_is_one check (job_id is null or workflow_id is null),
    constraint backfill_item_has_a_cause check (
        outcome is null or (failure is null) = (job_id is not null or workflow_id is not null))
);

create unique index backfill_item_key on rundum.backfill_item (key, backfill_id);
create unique index backfill_item_job on rundum.backfill_item (job_id) where job_id is not null;
create unique index backfill_item_workflow on rundum.backfill_item (workflow_id) where workflow_id is not null;
-- What is under way.
create index backfill_item_open on rundum.backfill_item (backfill_id, n)
    where outcome is null and (job_id is not null or workflow_id is not null);

-- How a workflow of an item ended; null while it runs, `gone` when nothing is left of it.
create function rundum.workflow_outcome(_workflow uuid) returns text
language sql stable as $$
    select case
        when exists (select from rundum.job j where j.workflow_id = _workflow) then null
        else coalesce((
            select d.state::text from rundum.done d where d.workflow_id = _workflow
            order by array_position(array['failed', 'canceled', 'review', 'succeeded'], d.state::text) limit 1), 'gone')
        end
$$;

-- Notes which items have ended; `_again` looks also at those that a person or a retry may have changed since. Answers what
-- changed: null are those that run again.
create function rundum.collect_backfill(_backfill bigint, _again boolean) returns table (outcome text, items bigint)
language sql volatile as $$
    with open as materialized (
        select i.n, i.job_id, i.workflow_id from rundum.backfill_item i
        where i.backfill_id = _backfill and i.outcome is null and (i.job_id is not null or i.workflow_id is not null)
        union all
        select i.n, i.job_id, i.workflow_id from rundum.backfill_item i
        where _again and i.backfill_id = _backfill and i.outcome in ('review', 'failed', 'canceled')
            and (i.job_id is not null or i.workflow_id is not null)
    ),
    now as (
        select o.n, case
            when d.id is not null then d.state::text
            when exists (select from rundum.job j where j.id = o.job_id) then null
            else 'gone' end as outcome
        from open o left join rundum.done d on d.id = o.job_id where o.job_id is not null
        union all
        select o.n, rundum.workflow_outcome(o.workflow_id) from open o where o.workflow_id is not null
    ),
    changed as (
        update rundum.backfill_item i set outcome = w.outcome from now w
        where i.backfill_id = _backfill and i.n = w.n and i.outcome is distinct from w.outcome
        returning i.outcome
    )
    select c.outcome, count(*) from changed c group by 1
$$;

-- Takes a backfill up for a process, which is the only one that feeds it from then on. `_alive` is what the caller knows of
-- the last one: false when its process is gone.
create function rundum.take_up_backfill(
    _backfill bigint, _alive boolean, _host text, _pid integer, _process_start numeric) returns bigint
language plpgsql volatile as $$
declare
    v_backfill rundum.backfill;
begin
    select b.* into v_backfill from rundum.backfill b where b.id = _backfill for update;
    if v_backfill.state in ('done', 'rolledBack') then
        raise exception 'The backfill % is over.', _backfill
            using errcode = 'RU409', hint = 'rundum backfill list shows those that can go on.';
    end if;
    if _alive and v_backfill.state = 'feeding' and v_backfill.beat_at > clock_timestamp() - interval '15 seconds' then
        raise exception 'Another process goes on with the backfill %.', _backfill
            using errcode = 'RU409', hint = format('It has pid %s. rundum backfill stop %s stops it.', v_backfill.pid, _backfill);
    end if;
    update rundum.backfill b set
        feeder = b.feeder + 1, host = _host, pid = _pid, process_start = _process_start, beat_at = clock_timestamp(),
        -- Whoever goes on has seen the first items.
        canary = case when b.state = 'waiting' then 0 else b.canary end, state = 'feeding', finished_at = null
    where b.id = _backfill;
    return v_backfill.feeder + 1;
end
$$;

-- The jobs of items that have not ended are canceled, and what the backfill made is not current any more: what was before
-- it is again. Cached results of its jobs are forgotten.
create function rundum.roll_back_backfill(_tenant text, _backfill bigint) returns void
language plpgsql volatile as $$
declare
    v_job uuid;
begin
    perform 1 from rundum.backfill b where b.id = _backfill for update;
    update rundum.backfill b set state = 'rolledBack', feeder = b.feeder + 1, finished_at = coalesce(b.finished_at, now())
    where b.id = _backfill;
    for v_job in
        select j.id from rundum.backfill_item i join rundum.job j on j.id = i.job_id
        where i.backfill_id = _backfill and i.outcome is null
        union all
        select j.id from rundum.backfill_item i join rundum.job j on j.workflow_id = i.workflow_id
        where i.backfill_id = _backfill and i.outcome is null
    loop
        -- One that ended meanwhile, by itself or by another of these, needs nothing.
        begin
            perform rundum.cancel(_tenant, v_job);
        exception when sqlstate 'RU404' or sqlstate 'RU409' then null;
        end;
    end loop;
    delete from rundum.cache c using rundum.backfill b
    where b.id = _backfill and c.tenant_id = b.tenant_id and c.job_id in (
        select i.job_id from rundum.backfill_item i where i.backfill_id = _backfill
        union all
        select d.id from rundum.backfill_item i join rundum.done d on d.workflow_id = i.workflow_id
        where i.backfill_id = _backfill);
end
$$;

-- The current result of each thing that a backfill was about: of the newest that succeeded and was not rolled back, else
-- what it was to replace.
create view rundum.current_result as
    select distinct on (r.tenant_id, r.name, r.key)
        t.key as tenant, r.name, r.key, r.id, r.is_workflow, r.backfill_id
    from (
        select b.tenant_id, b.name, i.key, coalesce(i.job_id, i.workflow_id) as id, i.workflow_id is not null as is_workflow,
            b.id as backfill_id
        from rundum.backfill b join rundum.backfill_item i on i.backfill_id = b.id
        left join rundum.done d on d.id = i.job_id
        where b.state <> 'rolledBack'
            and case when i.job_id is null then i.outcome = 'succeeded' else d.state = 'succeeded' end
        union all
        select b.tenant_id, b.name, i.key, i.previous, b.spec ->> 'isWorkflow' = 'true', null
        from rundum.backfill b join rundum.backfill_item i on i.backfill_id = b.id
        where (
                exists (select from rundum.done p where p.id = i.previous and p.state = 'succeeded')
                or exists (
                    select from rundum.workflow w
                    where w.id = i.previous and rundum.workflow_outcome(w.id) = 'succeeded'))
            -- One that was rolled back itself is no way back.
            and not exists (
                select from rundum.backfill_item o join rundum.backfill ob on ob.id = o.backfill_id
                where (o.job_id = i.previous or o.workflow_id = i.previous) and ob.state = 'rolledBack')
    ) r join rundum.tenant t on t.id = r.tenant_id
    order by r.tenant_id, r.name, r.key, r.backfill_id desc nulls last, r.id;
