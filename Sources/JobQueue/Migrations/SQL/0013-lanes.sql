-- Live and bulk work: a worker says how many claims of the bulk lane it has room for, so that places are left for live
-- jobs beside a backfill. And a clock that was set back stops nothing: leases are cut to their length, floors rise.

alter table rundum.worker
    -- Whether a bulk job would be taken at once; `idle` says it of live ones.
    add column idle_bulk boolean not null default true,
    add column lease interval not null default '15 s';

create or replace function rundum.register_worker(
    _host text, _pid integer, _process_start numeric, _lease interval) returns bigint
language sql volatile as $$
    insert into rundum.worker (host, pid, process_start, lease, lease_until)
    values (_host, _pid, _process_start, _lease, now() + _lease) returning id
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
    select j.id, j.fence, j.attempt, j.max_attempts from rundum.job j
    where j.state = 'running' and not exists (select from rundum.worker w where w.id = j.worker_id)
    order by j.worker_id, j.id;
end
$$;

-- Tells workers of a job of this priority, if one of them would take it.
create function rundum.tell_workers(_priority smallint) returns void
language plpgsql volatile as $$
begin
    if exists (
        select from rundum.worker w
        where case when _priority < 3 then w.idle else w.idle_bulk end and w.lease_until > now())
    then
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
    perform rundum.tell_workers(_priority);
    return v_next - v_taken;
end
$$;

drop function rundum.claim(bigint, text[], integer);

-- Takes up to `_limit` jobs in the order of priority and place; bulk ones get what live ones leave of `_bulk`. The
-- attempt is counted and fenced here. A worker without a lease gets none. The plan is pinned: one that was made while
-- the table was empty must not read all of it.
create function rundum.claim(_worker bigint, _kinds text[], _limit integer, _bulk integer)
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
    v_ids uuid[] := '{}';
    v_some uuid[];
begin
    select w.* into v_worker from rundum.worker w where w.id = _worker and w.lease_until > now();
    if not found or _limit < 1 then
        return;
    end if;
    perform rundum.promote(100);
    for v_band in select b.* from rundum.band b where not b.paused order by b.priority loop
        v_room := case when v_band.priority < 3 then _limit else least(_limit, _bulk) end - v_taken;
        continue when v_room < 1;
        select array_agg(r.id), count(*), max(r.vt) into v_some, v_found, v_last
        from (
            select j.id, j.vt from rundum.job j
            where j.state = 'queued' and j.gate <> 1 and j.priority = v_band.priority and j.vt >= v_band.floor
                and j.kind = any (_kinds)
            order by j.vt, j.id limit v_room for update skip locked
        ) r;
        continue when v_found = 0;
        if v_last > rundum.vnow(v_band.priority) then
            perform setval(('rundum.clock_' || v_band.priority)::regclass, v_last);
        end if;
        v_ids := v_ids || v_some;
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
        from unnest(v_ids) with ordinality r(id, n) where j.id = r.id
        returning j.*, r.n
    )
    select t.id, t.fence, n.key, t.workflow_id, t.label, t.attempt, t.kind, t.options, t.inputs, t.resolved, t.subject,
        t.priority, t.run_at, t.max_attempts
    from taken t join rundum.tenant n on n.id = t.tenant_id
    order by t.n;
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
begin
    for v_band in
        select b.* from rundum.band b where b.passed_at not between now() - interval '1 s' and now() order by b.priority
        for update skip locked
    loop
        v_all := v_band.looked_at not between now() - interval '10 s' and now();
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
            where j.state = 'scheduled' and j.due_at <= now()
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
