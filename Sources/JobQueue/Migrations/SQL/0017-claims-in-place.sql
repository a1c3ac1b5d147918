-- A claim changes a row where it is: no index speaks of what it changes, so PostgreSQL writes the new version into the
-- same page and nothing else (a heap-only tuple). Running jobs are found by their places: a claim moves the clock, so they
-- stand between the band's `low` and the clock.

alter table rundum.job
    -- Where a job stands: 0 queued or running, 1 parked, 2 waiting for its time, 3 waiting for others. A claim leaves it.
    add column shelf smallint not null generated always as (
        case state when 'blocked' then 3 when 'scheduled' then 2 else case gate when 1 then 1 else 0 end end) stored;

-- Half of each page is kept for the versions that claims write.
alter table rundum.job set (fillfactor = 50);

drop index rundum.job_ready, rundum.job_parked, rundum.job_due, rundum.job_owner;
create index job_ready on rundum.job (priority, vt, id) where shelf = 0;
create index job_parked on rundum.job (tenant_id, priority, vt, id) where shelf = 1;
create index job_due on rundum.job (due_at) where shelf = 2;

alter table rundum.band
    -- No running job stands before it; nor does the floor.
    add column low bigint not null default 0,
    add constraint band_low check (low <= floor);

-- Moves a band's clock to `_to` unless it stands there or beyond; never back, however many claims do so at once. The lock is
-- given back with the subtransaction that takes it, not at the end of the claim, and a sequence forgets no rollback.
create function rundum.raise_clock(_priority smallint, _to bigint) returns void
language plpgsql as $$
begin
    if _to <= rundum.vnow(_priority) then
        return;
    end if;
    perform pg_advisory_xact_lock('rundum.band'::regclass::oid::integer, _priority);
    if _to > rundum.vnow(_priority) then
        perform setval(('rundum.clock_' || _priority)::regclass, _to);
    end if;
    raise exception 'done' using errcode = 'RU000';
exception when sqlstate 'RU000' then
    null;
end
$$;

-- Jobs that run.
create function rundum.running() returns setof rundum.job
language plpgsql stable set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
    v_band rundum.band;
    v_clock bigint;
begin
    for v_band in select b.* from rundum.band b order by b.priority loop
        v_clock := rundum.vnow(v_band.priority);
        return query
        select j.* from rundum.job j
        where j.shelf = 0 and j.state = 'running' and j.priority = v_band.priority
            and j.vt >= v_band.low and j.vt <= v_clock;
    end loop;
end
$$;

create or replace function rundum.lost_attempts(_dead bigint[])
returns table (job uuid, fence bigint, attempt integer, max_attempts integer)
language plpgsql as $$
begin
    -- A lease never ends later than its length from now, unless the clock was set back.
    update rundum.worker w set lease_until = now() + w.lease
    where w.id in (select x.id from rundum.worker x where x.lease_until > now() + x.lease for update skip locked);
    delete from rundum.worker w where w.id in (
        select x.id from rundum.worker x where x.lease_until < now() or x.id = any (_dead) for update skip locked);
    return query
    select j.id, j.fence, j.attempt, j.max_attempts from rundum.running() j
    where not exists (select from rundum.worker w where w.id = j.worker_id)
    order by j.worker_id, j.id;
end
$$;

-- Raises the floors, once a second however many workers ask. Every ten seconds it looks at all of a priority: a
-- transaction that was open for longer may have queued jobs before the floor, which then comes down to them. Times that
-- are to come mean that the clock was set back.
create or replace function rundum.raise_floors() returns void
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
    v_band rundum.band;
    v_all boolean;
    v_first bigint;
    v_floor bigint;
    v_low bigint;
begin
    for v_band in
        select b.* from rundum.band b where b.passed_at not between now() - interval '1 s' and now() order by b.priority
        for update skip locked
    loop
        v_all := v_band.looked_at not between now() - interval '10 s' and now();
        select j.vt into v_first from rundum.job j
        where j.shelf = 0 and j.state = 'queued' and j.priority = v_band.priority
            and j.vt >= case when v_all then 0 else v_band.floor end
        order by j.vt limit 1;
        v_floor := least(coalesce(v_first, v_band.seen), v_band.seen);
        select j.vt into v_low from rundum.job j
        where j.shelf = 0 and j.state = 'running' and j.priority = v_band.priority
            and j.vt >= case when v_all then 0 else v_band.low end and j.vt < v_floor
        order by j.vt limit 1;
        update rundum.band b set
            floor = v_floor, low = coalesce(v_low, v_floor), seen = rundum.vnow(v_band.priority),
            passed_at = now(), looked_at = case when v_all then now() else v_band.looked_at end
        where b.priority = v_band.priority;
    end loop;
end
$$;

-- Takes up to `_limit` jobs in the order of priority and place; bulk ones get what live ones leave of `_bulk`. The
-- attempt is counted and fenced here. A worker without a lease gets none. The plan is pinned: one that was made while
-- the table was empty must not read all of it. Rows that are locked stay where they are until they are updated, in the
-- same page where it has room and without a word to any index.
create or replace function rundum.claim(_worker bigint, _kinds text[], _limit integer, _bulk integer)
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
    v_taken integer := 0;
    v_room integer;
    v_found integer;
    v_last bigint;
    v_rows tid[] := '{}';
    v_some tid[];
begin
    select w.* into v_worker from rundum.worker w where w.id = _worker and w.lease_until > now();
    if not found or _limit < 1 then
        return;
    end if;
    perform rundum.promote(100);
    for v_band in select b.* from rundum.band b where not b.paused order by b.priority loop
        v_room := case when v_band.priority < 3 then _limit else least(_limit, _bulk) end - v_taken;
        continue when v_room < 1;
        select array_agg(r.ctid), count(*), max(r.vt) into v_some, v_found, v_last
        from (
            select j.ctid, j.vt from rundum.job j
            where j.shelf = 0 and j.state = 'queued' and j.priority = v_band.priority and j.vt >= v_band.floor
                and j.kind = any (_kinds)
            order by j.vt, j.id limit v_room for update skip locked
        ) r;
        continue when v_found = 0;
        perform rundum.raise_clock(v_band.priority, v_last);
        v_rows := v_rows || v_some;
        v_taken := v_taken + v_found;
    end loop;
    if v_worker.idle <> (v_taken < _limit) or v_worker.idle_bulk <> (v_taken < least(_limit, _bulk)) then
        update rundum.worker w set idle = v_taken < _limit, idle_bulk = v_taken < least(_limit, _bulk)
        where w.id = _worker;
    end if;
    if v_taken = 0 then
        return;
    end if;
    return query
    with taken as (
        update rundum.job j set
            state = 'running', worker_id = _worker, fence = nextval('rundum.fence'), attempt = j.attempt + 1,
            started_at = now(), revision = j.revision + 1
        from unnest(v_rows) with ordinality r(place, n) where j.ctid = r.place and j.state = 'queued'
        returning j.*, r.n
    )
    select t.id, t.fence, n.key, t.workflow_id, t.label, t.attempt, t.kind, t.options, t.inputs, t.resolved, t.subject,
        t.priority, t.run_at, t.max_attempts
    from taken t join rundum.tenant n on n.id = t.tenant_id
    order by t.n;
end
$$;

-- Lets in as many parked jobs of a tenant as its limits have room for. Their places are not before the clock: claims do
-- not look there. Takes the limit's lock, which comes after jobs and lanes in everybody's order.
create or replace function rundum.admit(_tenant integer) returns integer
language plpgsql volatile set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
    v_limit rundum.tenant_limit;
    v_tokens double precision;
    v_room integer := 1000;
    v_count integer;
    v_left boolean;
begin
    select l.* into v_limit from rundum.tenant_limit l where l.tenant_id = _tenant for no key update;
    if not found then
        return 0;
    end if;
    if v_limit.max_running is not null then
        select v_limit.max_running - count(*) into v_room from rundum.job j where j.tenant_id = _tenant and j.gate = 2;
    end if;
    v_tokens := v_limit.tokens;
    if v_limit.per_minute is not null then
        v_tokens := least(v_limit.burst, v_limit.tokens + v_limit.per_minute
            * greatest(extract(epoch from clock_timestamp() - v_limit.refilled_at)::double precision, 0) / 60);
        v_room := least(v_room, floor(v_tokens)::integer);
    end if;
    with chosen as materialized (
        select j.id from rundum.job j where j.tenant_id = _tenant and j.shelf = 1
        order by j.priority, j.vt, j.id limit greatest(v_room, 0) for update skip locked
    )
    update rundum.job j set gate = 2, vt = greatest(j.vt, rundum.vnow(j.priority)) from chosen c where j.id = c.id;
    get diagnostics v_count = row_count;
    v_left := exists (select from rundum.job j where j.tenant_id = _tenant and j.shelf = 1);
    update rundum.tenant_limit l set
        tokens = v_tokens - case when v_limit.per_minute is null then 0 else v_count end,
        refilled_at = clock_timestamp(),
        wake_at = case when v_left and v_limit.per_minute is not null
            then clock_timestamp() + make_interval(
                secs => greatest(1 - (v_tokens - v_count), 0.01) * 60 / v_limit.per_minute)
            else 'infinity' end
    where l.tenant_id = _tenant;
    if v_count > 0 then
        perform rundum.tell_workers();
    end if;
    return v_count;
end
$$;

-- Queues scheduled jobs whose time has come, and lets in what rates have made room for.
create or replace function rundum.promote(_limit integer) returns integer
language plpgsql as $$
declare
    v_lane record;
    v_first bigint;
    v_count integer := 0;
    v_gate smallint;
    v_tenant integer;
    v_limited integer[] := '{}';
begin
    for v_lane in
        select d.tenant_id, d.priority, array_agg(d.id order by d.due_at, d.id) as ids
        from (
            select j.id, j.tenant_id, j.priority, j.due_at from rundum.job j
            where j.shelf = 2 and j.due_at <= now()
            order by j.due_at limit _limit for update skip locked
        ) d
        group by d.tenant_id, d.priority order by d.tenant_id, d.priority
    loop
        v_first := rundum.take_places(v_lane.tenant_id, v_lane.priority, cardinality(v_lane.ids));
        v_gate := rundum.gate(v_lane.tenant_id);
        update rundum.job j set
            state = 'queued', gate = v_gate, vt = v_first + rundum.stride(v_lane.tenant_id) * (o.n - 1),
            revision = j.revision + 1
        from unnest(v_lane.ids) with ordinality o(id, n) where j.id = o.id;
        v_limited := v_limited || case when v_gate = 1 then v_lane.tenant_id end;
        v_count := v_count + cardinality(v_lane.ids);
    end loop;
    -- Limits come after lanes, in the order of tenants.
    for v_tenant in
        select l.tenant_id from rundum.tenant_limit l
        where l.wake_at <= clock_timestamp() or l.tenant_id = any (v_limited)
            -- The clock was set back: what was reckoned by the old one would come too late.
            or l.refilled_at > clock_timestamp() + interval '10 s'
        order by l.tenant_id
    loop
        perform rundum.admit(v_tenant);
    end loop;
    return v_count;
end
$$;
