-- Batches: many completions and a claim are one statement, and what a claim costs depends neither on how many jobs wait
-- nor on how many dead versions of rows a long snapshot keeps.

-- How far claims of each priority have come, as sequences: a row would leave a dead version for each claim.
create sequence rundum.clock_0 minvalue 0;
create sequence rundum.clock_1 minvalue 0;
create sequence rundum.clock_2 minvalue 0;
create sequence rundum.clock_3 minvalue 0;

select setval(('rundum.clock_' || b.priority)::regclass, b.vnow) from rundum.band b where b.vnow > 0;

create function rundum.vnow(_priority smallint) returns bigint
language sql volatile as $$
    select coalesce(pg_sequence_last_value(('rundum.clock_' || _priority)::regclass), 0)
$$;

-- Every queued job of a priority that can be seen stands at `floor` or later, so a claim need not look at what is before
-- it: mostly dead entries of jobs that were claimed. `seen` is where the clock stood one pass ago; the floor never
-- passes it, so that whoever took places and has not committed yet is not overtaken within that time.
alter table rundum.band
    drop column vnow,
    add column floor bigint not null default 0,
    add column seen bigint not null default 0,
    add column passed_at timestamptz not null default '-infinity',
    add column paused boolean not null default false,
    add column looked_at timestamptz not null default '-infinity',
    add constraint band_floor check (floor <= seen);

-- What a limited tenant may not start yet is queued but parked: `gate` is 1 then, 2 when it was let in and counts, 0 for
-- tenants without limits, who pay nothing for those of others.
alter table rundum.job
    add column gate smallint not null default 0,
    add constraint job_gate check (gate = 0 or (gate = 1 and state = 'queued')
        or (gate = 2 and state in ('queued', 'running')));

drop index rundum.job_ready;
create index job_ready on rundum.job (priority, vt, id) where state = 'queued' and gate <> 1;
create index job_parked on rundum.job (tenant_id, priority, vt, id) where state = 'queued' and gate = 1;
create index job_open on rundum.job (tenant_id) where gate = 2;

-- Raises the floors, once a second however many workers ask. Every ten seconds it looks at all of a priority: a
-- transaction that was open for longer may have queued jobs before the floor, which then comes down to them.
create function rundum.raise_floors() returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
    v_band rundum.band;
    v_all boolean;
    v_first bigint;
begin
    for v_band in
        select b.* from rundum.band b where b.passed_at < now() - interval '1 s' order by b.priority
        for update skip locked
    loop
        v_all := v_band.looked_at < now() - interval '10 s';
        select j.vt into v_first from rundum.job j
        where j.state = 'queued' and j.gate <> 1 and j.priority = v_band.priority
            and j.vt >= case when v_all then 0 else v_band.floor end
        order by j.vt limit 1;
        update rundum.band b set
            floor = least(coalesce(v_first, v_band.seen), v_band.seen), seen = rundum.vnow(v_band.priority),
            passed_at = now(), looked_at = case when v_all then now() else v_band.looked_at end
        where b.priority = v_band.priority;
    end loop;
end
$$;

-- Whether the worker waits for news. Telling takes a lock that the whole server shares until the commit is on disk, so
-- nobody is told who would not listen.
alter table rundum.worker add column idle boolean not null default true;

create function rundum.tell_workers() returns void
language plpgsql volatile as $$
begin
    if exists (select from rundum.worker w where w.idle and w.lease_until > now()) then
        perform pg_notify('rundum_work', '');
    end if;
end
$$;

create or replace function rundum.take_places(_tenant integer, _priority smallint, _count bigint) returns bigint
language plpgsql as $$
declare
    v_taken bigint := _count * rundum.stride(_tenant);
    v_next bigint;
begin
    -- The lane first: whoever waited for it sees how far the clock has come meanwhile.
    perform 1 from rundum.lane l where l.tenant_id = _tenant for no key update;
    update rundum.lane l set
        vnext[_priority + 1] = greatest(l.vnext[_priority + 1], rundum.vnow(_priority)) + v_taken
    where l.tenant_id = _tenant
    returning l.vnext[_priority + 1] into strict v_next;
    perform rundum.tell_workers();
    return v_next - v_taken;
end
$$;

-- Takes up to `_limit` jobs in the order of priority and place; the attempt is counted and fenced here. A worker
-- without a lease gets none. The plan is pinned: one that was made while the table was empty must not read all of it.
create or replace function rundum.claim(_worker bigint, _kinds text[], _limit integer)
returns table (
    job uuid, fence bigint, tenant text, workflow uuid, label text, attempt integer, kind text, options jsonb,
    inputs jsonb, resolved jsonb, subject text, priority smallint, run_at timestamptz, max_attempts integer)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_worker rundum.worker;
    v_band rundum.band;
    v_left integer := _limit;
    v_found integer;
    v_last bigint;
    v_ids uuid[] := '{}';
    v_some uuid[];
begin
    select w.* into v_worker from rundum.worker w where w.id = _worker and w.lease_until > now();
    if not found or _limit < 1 then
        return;
    end if;
    perform rundum.promote(100);
    for v_band in select b.* from rundum.band b where not b.paused order by b.priority loop
        select array_agg(r.id), count(*), max(r.vt) into v_some, v_found, v_last
        from (
            select j.id, j.vt from rundum.job j
            where j.state = 'queued' and j.gate <> 1 and j.priority = v_band.priority and j.vt >= v_band.floor
                and j.kind = any (_kinds)
            order by j.vt, j.id limit v_left for update skip locked
        ) r;
        continue when v_found = 0;
        if v_last > rundum.vnow(v_band.priority) then
            perform setval(('rundum.clock_' || v_band.priority)::regclass, v_last);
        end if;
        v_ids := v_ids || v_some;
        v_left := v_left - v_found;
        exit when v_left = 0;
    end loop;
    if v_worker.idle <> (v_left > 0) then
        update rundum.worker w set idle = v_left > 0 where w.id = _worker;
    end if;
    if v_left = _limit then
        return;
    end if;
    return query
    with taken as (
        update rundum.job j set
            state = 'running', worker_id = _worker, fence = nextval('rundum.fence'), attempt = j.attempt + 1,
            started_at = now(), revision = j.revision + 1
        from unnest(v_ids) with ordinality r(id, n) where j.id = r.id
        returning j.*, r.n
    )
    select t.id, t.fence, n.key, t.workflow_id, t.label, t.attempt, t.kind, t.options, t.inputs, t.resolved, t.subject,
        t.priority, t.run_at, t.max_attempts
    from taken t join rundum.tenant n on n.id = t.tenant_id
    order by t.n;
end
$$;

-- Ends many running attempts with their results, in one go. Answers only what did not simply succeed: `accepted` as
-- `complete` says it, or null for a job that was canceled, that others wait for, or whose tenant is limited; those are for `complete`, one by one.
create function rundum.complete_many(
    _jobs uuid[], _fences bigint[], _results text[], _keys text[], _cached boolean[])
returns table (job uuid, accepted boolean)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    v_ended uuid[];
    v_outputs boolean;
    v_keys boolean;
begin
    -- In the order of ids, as everybody locks who takes several jobs.
    with given as materialized (
        select x.id, x.fence, x.result::jsonb as result, x.key, x.cached
        from unnest(_jobs, _fences, _results, _keys, _cached) x(id, fence, result, key, cached) order by x.id
    ),
    gone as (
        delete from rundum.job j using given g
        where j.id = g.id and j.fence = g.fence and j.state = 'running' and not j.cancel and j.gate = 0
            and (j.workflow_id is null or not exists (select from rundum.dependency p where p.parent = j.id))
        returning j.*, g.result, g.key, g.cached
    ),
    kept as (
        insert into rundum.done (
            id, run_at, created_at, started_at, fence, revision, workflow_id, progress, tenant_id, attempt,
            max_attempts, state, priority, tolerant, cached, kind, step, label, subject, options, inputs, result)
        select id, run_at, created_at, started_at, fence, revision + 1, workflow_id, 1, tenant_id, attempt,
            max_attempts,
            case when jsonb_array_length(result -> 'review') > 0 then 'review' else 'succeeded' end::rundum.job_state,
            priority, tolerant, cached, kind, '', label, subject, options, inputs, result
        from gone
    )
    select array_agg(id), coalesce(bool_or(result -> 'outputs' <> '{}'), false),
        coalesce(bool_or(key <> '' and not cached), false)
    into v_ended, v_outputs, v_keys from gone;

    if v_outputs then
        insert into rundum.blob_owner (tenant_id, sha256, bytes)
        select distinct on (1, 2) d.tenant_id, decode(o.value ->> 'sha256', 'hex'), (o.value ->> 'bytes')::bigint
        from rundum.done d, jsonb_each(d.result -> 'outputs') o where d.id = any (v_ended) order by 1, 2
        on conflict do nothing;
    end if;
    if v_keys then
        insert into rundum.cache as c (tenant_id, key, job_id, result)
        select distinct on (1, 2) d.tenant_id, x.key, d.id, d.result
        from unnest(_jobs, _keys) x(id, key) join rundum.done d on d.id = x.id
        where x.id = any (v_ended) and x.key <> '' and not d.cached order by 1, 2
        on conflict (tenant_id, key) do update
        set job_id = excluded.job_id, result = excluded.result, created_at = excluded.created_at;
    end if;
    if cardinality(v_ended) = cardinality(_jobs) then
        return;
    end if;
    return query
    select x.id, case
        when exists (select from rundum.job j where j.id = x.id and j.fence = x.fence and j.state = 'running') then null
        else exists (select from rundum.done d where d.id = x.id and d.fence = x.fence and d.state <> 'failed') end
    from unnest(_jobs, _fences) x(id, fence) where v_ended is null or x.id <> all (v_ended);
end
$$;
