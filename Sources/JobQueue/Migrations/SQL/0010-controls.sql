-- Limits of tenants, pauses, and what a person decides about a job in review.

-- A tenant's limits. Its queued jobs are parked; as many are let in as may run, when others end or time has brought
-- another one. Nothing of this is on the way of tenants without limits.
create table rundum.tenant_limit (
    tenant_id integer primary key references rundum.tenant (id),
    -- Jobs at one time; 0 stops the tenant.
    max_running integer check (max_running >= 0),
    -- Starts a minute, as a bucket that holds `burst`.
    per_minute double precision check (per_minute > 0),
    burst integer not null default 1 check (burst > 0),
    tokens double precision not null default 0,
    refilled_at timestamptz not null default now(),
    -- When time will let another one in; infinity when only an end can.
    wake_at timestamptz not null default 'infinity'
) with (fillfactor = 50);

create index tenant_limit_wake on rundum.tenant_limit (wake_at) where wake_at < 'infinity';

-- The gate of a job that is queued now: the lane is locked by then, so a limit that was set meanwhile is seen.
create function rundum.gate(_tenant integer) returns smallint
language plpgsql volatile as $$
begin
    return case when exists (select from rundum.tenant_limit l where l.tenant_id = _tenant) then 1 else 0 end;
end
$$;

-- Lets in as many parked jobs of a tenant as its limits have room for. Their places are not before the clock: claims do
-- not look there. Takes the limit's lock, which comes after jobs and lanes in everybody's order.
create function rundum.admit(_tenant integer) returns integer
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
        select j.id from rundum.job j where j.tenant_id = _tenant and j.state = 'queued' and j.gate = 1
        order by j.priority, j.vt, j.id limit greatest(v_room, 0) for update skip locked
    )
    update rundum.job j set gate = 2, vt = greatest(j.vt, rundum.vnow(j.priority)) from chosen c where j.id = c.id;
    get diagnostics v_count = row_count;
    v_left := exists (select from rundum.job j where j.tenant_id = _tenant and j.state = 'queued' and j.gate = 1);
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

-- Sets a tenant's limits; both null takes them away. What waits and runs counts from now on.
create function rundum.set_limit(
    _tenant text, _max_running integer, _per_minute double precision, _burst integer) returns void
language plpgsql volatile as $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
begin
    perform 1 from rundum.lane l where l.tenant_id = v_tenant for no key update;
    if _max_running is null and _per_minute is null then
        delete from rundum.tenant_limit l where l.tenant_id = v_tenant;
        update rundum.job j set gate = 0, vt = greatest(j.vt, rundum.vnow(j.priority))
        where j.tenant_id = v_tenant and j.gate <> 0;
        perform rundum.tell_workers();
        return;
    end if;
    insert into rundum.tenant_limit as l (tenant_id, max_running, per_minute, burst, tokens)
    values (v_tenant, _max_running, _per_minute, coalesce(_burst, 1), coalesce(_burst, 1))
    on conflict (tenant_id) do update
    set max_running = excluded.max_running, per_minute = excluded.per_minute, burst = excluded.burst,
        tokens = least(l.tokens, excluded.burst);
    update rundum.job j set gate = 1 where j.tenant_id = v_tenant and j.state = 'queued' and j.gate <> 1;
    update rundum.job j set gate = 2 where j.tenant_id = v_tenant and j.state = 'running' and j.gate <> 2;
    perform rundum.admit(v_tenant);
end
$$;

-- Stops and starts claims of a lane: `live` is the priorities 0 to 2, `bulk` is 3. What runs goes on.
create function rundum.set_paused(_lane text, _paused boolean) returns void
language plpgsql volatile as $$
begin
    if _lane not in ('live', 'bulk') then
        raise exception 'There is no lane %.', _lane using errcode = 'RU404', hint = 'Lanes are live and bulk.';
    end if;
    perform 1 from rundum.band b order by b.priority for no key update;
    update rundum.band b set paused = _paused where (b.priority = 3) = (_lane = 'bulk') and b.paused <> _paused;
    if not _paused then
        perform rundum.tell_workers();
    end if;
end
$$;

-- What a person says of a job in review: good as it is, or not to be used. Asked again, it answers the job as it is. What
-- followed it has had its outputs, so only the job itself changes; rejected, its outputs are gone from it.
create function rundum.decide(_tenant text, _job uuid, _approved boolean, _failure jsonb) returns setof rundum.any_job
language plpgsql as $$
declare
    v_done rundum.done;
    v_end rundum.job_state := case when _approved then 'succeeded' else 'failed' end;
begin
    select d.* into v_done from rundum.done d join rundum.tenant t on t.id = d.tenant_id
    where d.id = _job and t.key = _tenant for update of d;
    if not found then
        perform 1 from rundum.job j join rundum.tenant t on t.id = j.tenant_id where j.id = _job and t.key = _tenant;
        if found then
            raise exception 'The job has not ended.' using errcode = 'RU409', hint = 'Only a job in review is decided about.';
        end if;
        raise exception 'There is no such job.' using errcode = 'RU404';
    end if;
    if v_done.state = 'review' then
        update rundum.done d set
            state = v_end, revision = d.revision + 1, result = case when _approved then d.result end,
            failure = case when not _approved then rundum.failure_record(_failure, d.attempt) end
        where d.id = _job;
        -- A refused result is no answer to the same question.
        if not _approved then
            delete from rundum.cache c where c.tenant_id = v_done.tenant_id and c.result = v_done.result;
        end if;
    elsif not (_approved and v_done.state = 'succeeded'
        or not _approved and coalesce(v_done.failure #>> '{failure,code}' = _failure ->> 'code', false))
    then
        raise exception 'The job is final: %.', v_done.state
            using errcode = 'RU409', hint = 'Only a job in review is decided about.';
    end if;
    return query select a.* from rundum.any_job a where a.id = _job;
end
$$;

-- Whatever queues a job parks it where its tenant is limited, and lets in what there is room for.

create or replace function rundum.insert_steps(_tenant integer, _workflow uuid, _steps jsonb) returns uuid[]
language plpgsql as $$
declare
    v_micros bigint := extract(epoch from clock_timestamp()) * 1000000;
    v_stride bigint := rundum.stride(_tenant);
    v_first bigint[] := array[0, 0, 0, 0];
    v_ids uuid[];
    v_steps jsonb;
    v_unknown text;
    v_band record;
    v_gate smallint;
begin
    -- One object a step: what the columns need, with `waits`, the distinct labels of its dependencies.
    select jsonb_agg(jsonb_build_object(
        'n', s.n, 'id', rundum.uuid_v7(v_micros + s.n), 'label', s.value -> 'label', 'job', s.value -> 'job',
        'tolerant', coalesce(s.value -> 'toleratesFailure', 'false'), 'waits', w.labels,
        'priority', coalesce((s.value #>> '{job,priority}')::smallint, 1),
        'dueAt', greatest((s.value #>> '{job,runAt}')::timestamptz, now()),
        'state', case
            when jsonb_array_length(w.labels) > 0 then 'blocked'
            when (s.value #>> '{job,runAt}')::timestamptz > now() then 'scheduled'
            else 'queued' end) order by s.n)
    into v_steps
    from jsonb_array_elements(_steps) with ordinality s(value, n)
    cross join lateral (
        select coalesce(jsonb_agg(distinct d.label), '[]') as labels
        from (
            select a.label from jsonb_array_elements_text(s.value -> 'after') a(label)
            union
            select i.value #>> '{source,output,job}' from jsonb_array_elements(s.value #> '{job,inputs}') i
            where i.value #> '{source,output}' is not null
        ) d) w;

    select w.label into v_unknown
    from jsonb_array_elements(v_steps) s, jsonb_array_elements_text(s.value -> 'waits') w(label)
    where not exists (select from jsonb_array_elements(v_steps) p where p.value ->> 'label' = w.label)
    limit 1;
    if found then
        raise exception 'A step waits for %, which is not in the workflow.', v_unknown using errcode = 'RU400';
    end if;

    for v_band in
        select (s.value ->> 'priority')::smallint as priority, count(*) as jobs
        from jsonb_array_elements(v_steps) s where s.value ->> 'state' = 'queued' group by 1 order by 1
    loop
        v_first[v_band.priority + 1] := rundum.take_places(_tenant, v_band.priority, v_band.jobs);
    end loop;

    v_gate := rundum.gate(_tenant);
    insert into rundum.job (
        id, vt, due_at, run_at, workflow_id, tenant_id, max_attempts, deps_left, state, priority, tolerant, kind, label,
        subject, options, inputs, gate)
    select (s.value ->> 'id')::uuid,
        v_first[(s.value ->> 'priority')::integer + 1] + v_stride * (row_number() over (
            partition by s.value ->> 'priority', s.value ->> 'state' order by s.n) - 1),
        (s.value ->> 'dueAt')::timestamptz, (s.value #>> '{job,runAt}')::timestamptz, _workflow, _tenant,
        coalesce((s.value #>> '{job,maxAttempts}')::integer, 5), jsonb_array_length(s.value -> 'waits'),
        (s.value ->> 'state')::rundum.job_state, (s.value ->> 'priority')::smallint,
        (s.value ->> 'tolerant')::boolean, s.value #>> '{job,kind}', s.value ->> 'label', s.value #>> '{job,subject}',
        coalesce(s.value #> '{job,options}', '{}'), coalesce(s.value #> '{job,inputs}', '[]'),
        case when s.value ->> 'state' = 'queued' then v_gate else 0 end
    from jsonb_array_elements(v_steps) with ordinality s(value, n);

    insert into rundum.dependency (parent, child)
    select (p.value ->> 'id')::uuid, (s.value ->> 'id')::uuid
    from jsonb_array_elements(v_steps) s
    cross join lateral jsonb_array_elements_text(s.value -> 'waits') w(label)
    join jsonb_array_elements(v_steps) p on p.value ->> 'label' = w.label;

    select array_agg((s.value ->> 'id')::uuid order by (s.value ->> 'n')::integer) into v_ids
    from jsonb_array_elements(v_steps) s;
    if v_gate = 1 then
        perform rundum.admit(_tenant);
    end if;
    return v_ids;
end
$$;

create or replace function rundum.free_job(_job rundum.job) returns boolean
language plpgsql as $$
declare
    v_inputs record;
    v_failed uuid;
    v_failure jsonb;
    -- The clock, not the transaction's start: a transaction that began earlier may end the last dependency.
    v_place bigint := 0;
    v_gate smallint := 0;
    v_due boolean := _job.due_at <= clock_timestamp();
begin
    select count(*) as total, count(i.sha256) as kept,
        (array_agg(i.step order by i.n) filter (where i.sha256 is null)) [1] as step,
        (array_agg(i.output order by i.n) filter (where i.sha256 is null)) [1] as output,
        coalesce(jsonb_agg(jsonb_build_object('slot', i.slot, 'name', i.name, 'sha256', i.sha256) order by i.n)
            filter (where i.sha256 is not null), '[]') as resolved
    into v_inputs
    from (
        select x.n, x.value ->> 'slot' as slot, x.value ->> 'name' as name,
            x.value #>> '{source,output,job}' as step, x.value #>> '{source,output,name}' as output,
            coalesce(x.value #>> '{source,blob,sha256}',
                d.result #>> array['outputs', x.value #>> '{source,output,name}', 'sha256']) as sha256
        from jsonb_array_elements(_job.inputs) with ordinality x(value, n)
        left join rundum.done d on d.workflow_id = _job.workflow_id and d.label = x.value #>> '{source,output,job}'
    ) i;

    if not _job.tolerant or (v_inputs.total > 0 and v_inputs.kept = 0) then
        select coalesce(d.ended_by, d.id) into v_failed
        from rundum.dependency p join rundum.done d on d.id = p.parent
        where p.child = _job.id and d.result is null order by d.finished_at, d.id limit 1;
        if v_failed is not null then
            v_failure := rundum.dependency_failure(v_failed, 'failed');
        elsif v_inputs.kept < v_inputs.total then
            v_failure := jsonb_build_object('code', 'dependency_failed',
                'summary', format('The step %s gave no output %s.', v_inputs.step, v_inputs.output));
        end if;
    end if;
    if v_failure is not null then
        perform rundum.finish(
            _job.id, 'failed', null, rundum.failure_record(v_failure, _job.attempt), false, v_failed);
        return true;
    end if;
    if v_due then
        v_place := rundum.take_places(_job.tenant_id, _job.priority, 1);
        v_gate := rundum.gate(_job.tenant_id);
    end if;
    update rundum.job j set
        state = case when v_due then 'queued' else 'scheduled' end::rundum.job_state, deps_left = 0,
        resolved = v_inputs.resolved, revision = j.revision + 1,
        vt = v_place, gate = v_gate
    where j.id = _job.id;
    if v_gate = 1 then
        perform rundum.admit(_job.tenant_id);
    end if;
    return false;
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
            state = 'queued', gate = v_gate, vt = v_first + rundum.stride(v_lane.tenant_id) * (o.n - 1), revision = j.revision + 1
        from unnest(v_lane.ids) with ordinality o(id, n) where j.id = o.id;
        v_limited := v_limited || case when v_gate = 1 then v_lane.tenant_id end;
        v_count := v_count + cardinality(v_lane.ids);
    end loop;
    -- Limits come after lanes, in the order of tenants.
    for v_tenant in
        select l.tenant_id from rundum.tenant_limit l
        where l.wake_at <= clock_timestamp() or l.tenant_id = any (v_limited) order by l.tenant_id
    loop
        perform rundum.admit(v_tenant);
    end loop;
    return v_count;
end
$$;

-- Whatever ends a job of a limited tenant makes room for the next.
create or replace function rundum.complete(
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
    if v_job.gate = 2 then
        perform rundum.admit(v_job.tenant_id);
    end if;
    return true;
end
$$;

create or replace function rundum.end_attempt(
    _job uuid, _fence bigint, _failure jsonb, _disposition text, _delay interval, _taken boolean) returns boolean
language plpgsql as $$
declare
    v_job rundum.job;
    v_record jsonb;
    v_place bigint := 0;
    v_gate smallint := 0;
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
        if not v_later then
            v_place := rundum.take_places(v_job.tenant_id, v_job.priority, 1);
            v_gate := rundum.gate(v_job.tenant_id);
        end if;
        update rundum.job j set
            state = case when v_later then 'scheduled' else 'queued' end::rundum.job_state, worker_id = null,
            attempt = case when _disposition = 'release' then j.attempt - 1 else j.attempt end,
            failure = case when _disposition = 'release' then j.failure
                else rundum.failure_record(_failure, j.attempt) end,
            fence = case when _taken then nextval('rundum.fence') else j.fence end,
            due_at = now() + case when v_later then _delay else interval '0' end,
            vt = v_place, gate = v_gate,
            revision = j.revision + 1
        where j.id = _job;
    end if;
    if v_job.workflow_id is not null and not exists (select from rundum.job j where j.id = _job) then
        perform rundum.settle(_job);
    end if;
    if v_job.gate = 2 or v_gate = 1 then
        perform rundum.admit(v_job.tenant_id);
    end if;
    return true;
end
$$;

create or replace function rundum.cancel(_tenant text, _job uuid) returns setof rundum.any_job
language plpgsql as $$
declare
    v_job rundum.any_job;
    v_state rundum.job_state;
    v_gate smallint;
    v_number integer;
begin
    perform rundum.lock_workflow_of(_job);
    -- The lock first: the state that is read after it stays.
    select j.gate, j.tenant_id into v_gate, v_number from rundum.job j where j.id = _job for update;
    select a.* into v_job from rundum.any_job a join rundum.tenant t on t.id = a.tenant_id
    where a.id = _job and t.key = _tenant;
    if not found then
        raise exception 'There is no such job.' using errcode = 'RU404';
    end if;
    v_state := v_job.state;
    if v_state = 'running' then
        update rundum.job j set cancel = true, revision = j.revision + 1 where j.id = _job and not j.cancel;
    elsif v_state in ('blocked', 'scheduled', 'queued') then
        perform rundum.finish(
            _job, 'canceled', null, rundum.failure_record(rundum.cancelled_failure(), v_job.attempt), false, null);
        perform rundum.settle(_job);
        if v_gate = 2 then
            perform rundum.admit(v_number);
        end if;
    elsif v_state <> 'canceled' then
        raise exception 'The job is already final: %.', v_state using errcode = 'RU409';
    end if;
    return query select a.* from rundum.any_job a where a.id = _job;
end
$$;
