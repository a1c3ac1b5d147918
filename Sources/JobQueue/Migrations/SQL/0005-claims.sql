-- What workers call: register, heartbeat, claim, complete, end, sweep.

create function rundum.register_worker(_host text, _pid integer, _process_start numeric, _lease interval) returns bigint
language sql volatile as $$
    insert into rundum.worker (host, pid, process_start, lease_until)
    values (_host, _pid, _process_start, now() + _lease) returning id
$$;

-- Extends the lease, writes progress, and answers which of the worker's attempts were canceled or are not its own.
create function rundum.heartbeat(
    _worker bigint, _lease interval, _jobs uuid[], _fences bigint[], _fractions double precision[], _steps text[])
returns table (expired boolean, job uuid, lost boolean)
language plpgsql as $$
begin
    update rundum.worker w set lease_until = now() + _lease where w.id = _worker;
    if not found then
        return query select true, null::uuid, true;
        return;
    end if;
    -- In the order of ids, as everybody locks who takes several jobs that don't share a workflow.
    perform 1 from rundum.job j where j.id = any (_jobs) and j.state = 'running' order by j.id for no key update;
    update rundum.job j set
        progress = greatest(j.progress, r.fraction),
        step = case when r.fraction >= j.progress then r.step else j.step end, revision = j.revision + 1
    from unnest(_jobs, _fences, _fractions, _steps) r(id, fence, fraction, step)
    where j.id = r.id and j.fence = r.fence and j.state = 'running'
        and (r.fraction > j.progress or (r.fraction = j.progress and r.step <> j.step));
    return query
    select false, r.id, j.id is null
    from unnest(_jobs, _fences) r(id, fence)
    left join rundum.job j on j.id = r.id and j.fence = r.fence and j.state = 'running'
    where j.id is null or j.cancel;
end
$$;

-- Queues up to `_limit` scheduled jobs whose time has come.
create function rundum.promote(_limit integer) returns integer
language plpgsql as $$
declare
    v_lane record;
    v_first bigint;
    v_count integer := 0;
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
        update rundum.job j set
            state = 'queued', vt = v_first + rundum.stride(v_lane.tenant_id) * (o.n - 1), revision = j.revision + 1
        from unnest(v_lane.ids) with ordinality o(id, n) where j.id = o.id;
        v_count := v_count + cardinality(v_lane.ids);
    end loop;
    return v_count;
end
$$;

-- Takes up to `_limit` jobs in the order of priority and place; the attempt is counted and fenced here. A worker
-- without a lease gets none.
create function rundum.claim(_worker bigint, _kinds text[], _limit integer)
returns table (
    job uuid, fence bigint, tenant text, workflow uuid, label text, attempt integer, kind text, options jsonb,
    inputs jsonb, resolved jsonb, subject text, priority smallint, run_at timestamptz, max_attempts integer)
language plpgsql as $$
#variable_conflict use_column
begin
    if not exists (select from rundum.worker w where w.id = _worker and w.lease_until > now()) then
        return;
    end if;
    perform rundum.promote(100);
    return query
    with ready as materialized (
        select j.id from rundum.job j where j.state = 'queued' and j.kind = any (_kinds)
        order by j.priority, j.vt, j.id limit _limit for update skip locked
    ),
    taken as (
        update rundum.job j set
            state = 'running', worker_id = _worker, fence = nextval('rundum.fence'), attempt = j.attempt + 1,
            started_at = now(), revision = j.revision + 1
        from ready r where j.id = r.id
        returning j.*
    ),
    clock as (
        update rundum.band b set vnow = greatest(b.vnow, f.vt)
        from (
            select l.priority, m.vt
            from (select t.priority, max(t.vt) as vt from taken t group by t.priority) m
            join rundum.band l on l.priority = m.priority and l.vnow < m.vt
            for update of l skip locked
        ) f
        where b.priority = f.priority
    )
    select t.id, t.fence, n.key, t.workflow_id, t.label, t.attempt, t.kind, t.options, t.inputs, t.resolved, t.subject,
        t.priority, t.run_at, t.max_attempts
    from taken t join rundum.tenant n on n.id = t.tenant_id
    order by t.priority, t.vt, t.id;
end
$$;

-- Ends a running attempt with its result. False when the fence is stale; true again for the one that was accepted, so
-- that a caller who lost the answer may ask once more. A job whose cancellation was asked for ends canceled.
create function rundum.complete(
    _job uuid, _fence bigint, _result jsonb, _cache_key text, _cached boolean) returns boolean
language plpgsql as $$
declare
    v_job rundum.job;
begin
    perform rundum.lock_workflow_of(_job);
    select j.* into v_job from rundum.job j
    where j.id = _job and j.fence = _fence and j.state = 'running' for update;
    if not found then
        return exists (select from rundum.done d where d.id = _job and d.fence = _fence and d.state <> 'failed');
    end if;
    insert into rundum.blob_owner (tenant_id, sha256, bytes)
    select distinct on (1, 2) v_job.tenant_id, decode(o.value ->> 'sha256', 'hex'), (o.value ->> 'bytes')::bigint
    from jsonb_each(_result -> 'outputs') o order by 1, 2
    on conflict do nothing;
    if _cache_key <> '' and not _cached then
        insert into rundum.cache as c (tenant_id, key, job_id, result)
        values (v_job.tenant_id, _cache_key, _job, _result)
        on conflict (tenant_id, key) do update
        set job_id = excluded.job_id, result = excluded.result, created_at = excluded.created_at;
    end if;
    if v_job.cancel then
        perform rundum.finish(
            _job, 'canceled', null, rundum.failure_record(rundum.cancelled_failure(), v_job.attempt), false, null);
    else
        perform rundum.finish(
            _job,
            case when jsonb_array_length(_result -> 'review') > 0 then 'review' else 'succeeded' end::rundum.job_state,
            _result, null, _cached, null);
    end if;
    if v_job.workflow_id is not null then
        perform rundum.settle(_job);
    end if;
    return true;
end
$$;

-- Ends a running attempt without a result, as `_disposition` says: retry (after `_delay`), release, cancel or discard.
-- With `_taken` the attempt is taken from its worker, whose fence goes stale; else that worker may ask twice.
create function rundum.end_attempt(
    _job uuid, _fence bigint, _failure jsonb, _disposition text, _delay interval, _taken boolean) returns boolean
language plpgsql as $$
declare
    v_job rundum.job;
    v_record jsonb;
    v_later boolean := _disposition = 'retry' and _delay > interval '0';
begin
    perform rundum.lock_workflow_of(_job);
    select j.* into v_job from rundum.job j
    where j.id = _job and j.fence = _fence and j.state = 'running' for update;
    if not found then
        return exists (select from rundum.done d where d.id = _job and d.fence = _fence and d.result is null)
            or exists (select from rundum.job j where j.id = _job and j.fence = _fence and j.state <> 'running');
    end if;
    if v_job.cancel or _disposition = 'cancel' then
        v_record := rundum.failure_record(rundum.cancelled_failure(), v_job.attempt);
        perform rundum.finish(_job, 'canceled', null, v_record, false, null);
    elsif _disposition = 'discard' then
        perform rundum.finish(_job, 'failed', null, rundum.failure_record(_failure, v_job.attempt), false, null);
    else
        update rundum.job j set
            state = case when v_later then 'scheduled' else 'queued' end::rundum.job_state, worker_id = null,
            attempt = case when _disposition = 'release' then j.attempt - 1 else j.attempt end,
            failure = case when _disposition = 'release' then j.failure
                else rundum.failure_record(_failure, j.attempt) end,
            fence = case when _taken then nextval('rundum.fence') else j.fence end,
            due_at = now() + case when v_later then _delay else interval '0' end,
            vt = case when v_later then 0 else rundum.take_places(j.tenant_id, j.priority, 1) end,
            revision = j.revision + 1
        where j.id = _job;
        return true;
    end if;
    if v_job.workflow_id is not null then
        perform rundum.settle(_job);
    end if;
    return true;
end
$$;

-- Forgets workers whose lease ran out and those of `_dead`; answers every running attempt that has no worker.
create function rundum.lost_attempts(_dead bigint[])
returns table (job uuid, fence bigint, attempt integer, max_attempts integer)
language plpgsql as $$
begin
    delete from rundum.worker w where w.id in (
        select x.id from rundum.worker x where x.lease_until < now() or x.id = any (_dead) for update skip locked);
    return query
    select j.id, j.fence, j.attempt, j.max_attempts from rundum.job j
    where j.state = 'running' and not exists (select from rundum.worker w where w.id = j.worker_id)
    order by j.worker_id, j.id;
end
$$;
