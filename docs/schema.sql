CREATE SCHEMA rundum;

CREATE TYPE rundum.job_state AS ENUM (
    'blocked',
    'scheduled',
    'queued',
    'running',
    'succeeded',
    'review',
    'failed',
    'canceled'
);

CREATE FUNCTION rundum.admit(_tenant integer) RETURNS integer
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
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

CREATE TABLE rundum.done (
    id uuid NOT NULL,
    run_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint NOT NULL,
    revision bigint NOT NULL,
    workflow_id uuid,
    progress double precision NOT NULL,
    ended_by uuid,
    tenant_id integer NOT NULL,
    attempt integer NOT NULL,
    max_attempts integer NOT NULL,
    state rundum.job_state NOT NULL,
    priority smallint NOT NULL,
    tolerant boolean NOT NULL,
    cached boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    label text,
    subject text,
    options jsonb NOT NULL,
    inputs jsonb NOT NULL,
    result jsonb,
    failure jsonb,
    CONSTRAINT done_by_another_did_not_succeed CHECK (((ended_by IS NULL) OR (state = ANY (ARRAY['failed'::rundum.job_state, 'canceled'::rundum.job_state])))),
    CONSTRAINT done_cached_has_result CHECK (((NOT cached) OR (result IS NOT NULL))),
    CONSTRAINT done_has_failure CHECK (((state = ANY (ARRAY['failed'::rundum.job_state, 'canceled'::rundum.job_state])) = (failure IS NOT NULL))),
    CONSTRAINT done_has_result CHECK (((state = ANY (ARRAY['succeeded'::rundum.job_state, 'review'::rundum.job_state])) = (result IS NOT NULL))),
    CONSTRAINT done_state_is_final CHECK ((state = ANY (ARRAY['succeeded'::rundum.job_state, 'review'::rundum.job_state, 'failed'::rundum.job_state, 'canceled'::rundum.job_state])))
)
PARTITION BY RANGE (id);

CREATE TABLE rundum.job (
    id uuid NOT NULL,
    vt bigint DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    run_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    worker_id bigint,
    fence bigint DEFAULT 0 NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    workflow_id uuid,
    progress double precision DEFAULT 0 NOT NULL,
    tenant_id integer NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 5 NOT NULL,
    deps_left integer DEFAULT 0 NOT NULL,
    state rundum.job_state NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    cancel boolean DEFAULT false NOT NULL,
    tolerant boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    step text DEFAULT ''::text NOT NULL,
    label text,
    subject text,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    inputs jsonb DEFAULT '[]'::jsonb NOT NULL,
    resolved jsonb,
    failure jsonb,
    gate smallint DEFAULT 0 NOT NULL,
    shelf smallint GENERATED ALWAYS AS (
CASE state
    WHEN 'blocked'::rundum.job_state THEN 3
    WHEN 'scheduled'::rundum.job_state THEN 2
    ELSE
    CASE gate
        WHEN 1 THEN 1
        ELSE 0
    END
END) STORED NOT NULL,
    CONSTRAINT job_attempts CHECK (((attempt >= 0) AND ((max_attempts >= 1) AND (max_attempts <= 1000)))),
    CONSTRAINT job_blocked_has_dependencies CHECK (((state = 'blocked'::rundum.job_state) = (deps_left > 0))),
    CONSTRAINT job_cancel_is_running CHECK (((NOT cancel) OR (state = 'running'::rundum.job_state))),
    CONSTRAINT job_gate CHECK (((gate = 0) OR ((gate = 1) AND (state = 'queued'::rundum.job_state)) OR ((gate = 2) AND (state = ANY (ARRAY['queued'::rundum.job_state, 'running'::rundum.job_state]))))),
    CONSTRAINT job_kind CHECK ((kind <> ''::text)),
    CONSTRAINT job_label_in_workflow CHECK (((label IS NULL) = (workflow_id IS NULL))),
    CONSTRAINT job_priority CHECK (((priority >= 0) AND (priority <= 3))),
    CONSTRAINT job_progress CHECK (((progress >= (0)::double precision) AND (progress <= (1)::double precision))),
    CONSTRAINT job_running_has_worker CHECK (((state = 'running'::rundum.job_state) = (worker_id IS NOT NULL))),
    CONSTRAINT job_running_was_claimed CHECK (((state <> 'running'::rundum.job_state) OR ((started_at IS NOT NULL) AND (attempt > 0) AND (fence > 0)))),
    CONSTRAINT job_shapes CHECK (((jsonb_typeof(options) = 'object'::text) AND (jsonb_typeof(inputs) = 'array'::text))),
    CONSTRAINT job_state_is_live CHECK ((state = ANY (ARRAY['blocked'::rundum.job_state, 'scheduled'::rundum.job_state, 'queued'::rundum.job_state, 'running'::rundum.job_state])))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='100000', fillfactor='50');

CREATE VIEW rundum.live_job AS
 SELECT job.id,
    job.tenant_id,
    job.workflow_id,
    job.label,
    job.state,
    job.kind,
    job.options,
    job.inputs,
    job.subject,
    job.priority,
    job.run_at,
    job.max_attempts,
    job.attempt,
    job.progress,
    job.step,
    job.failure,
    NULL::jsonb AS result,
    false AS cached,
    job.created_at,
    job.started_at,
    NULL::timestamp with time zone AS finished_at,
    job.revision
   FROM rundum.job;

CREATE VIEW rundum.any_job AS
 SELECT live_job.id,
    live_job.tenant_id,
    live_job.workflow_id,
    live_job.label,
    live_job.state,
    live_job.kind,
    live_job.options,
    live_job.inputs,
    live_job.subject,
    live_job.priority,
    live_job.run_at,
    live_job.max_attempts,
    live_job.attempt,
    live_job.progress,
    live_job.step,
    live_job.failure,
    live_job.result,
    live_job.cached,
    live_job.created_at,
    live_job.started_at,
    live_job.finished_at,
    live_job.revision
   FROM rundum.live_job
UNION ALL
 SELECT done.id,
    done.tenant_id,
    done.workflow_id,
    done.label,
    done.state,
    done.kind,
    done.options,
    done.inputs,
    done.subject,
    done.priority,
    done.run_at,
    done.max_attempts,
    done.attempt,
    done.progress,
    done.step,
    done.failure,
    done.result,
    done.cached,
    done.created_at,
    done.started_at,
    done.finished_at,
    done.revision
   FROM rundum.done;

CREATE FUNCTION rundum.cancel(_tenant text, _job uuid) RETURNS SETOF rundum.any_job
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.cancelled_failure() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
    select '{"code": "cancelled", "summary": "The job was cancelled."}'::jsonb
$$;

CREATE FUNCTION rundum.claim(_worker bigint, _kinds text[], _limit integer, _bulk integer) RETURNS TABLE(job uuid, fence bigint, tenant text, workflow uuid, label text, attempt integer, kind text, options jsonb, inputs jsonb, resolved jsonb, subject text, priority smallint, run_at timestamp with time zone, max_attempts integer)
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
    v_worker rundum.worker;
    v_taken integer := 0;
    v_live integer := 0;
    v_room integer;
    v_found integer;
    v_last bigint[];
    v_rows tid[] := '{}';
    v_some tid[];
begin
    select w.* into v_worker from rundum.worker w where w.id = _worker and w.lease_until > now();
    if not found or _limit < 1 then
        return;
    end if;
    if exists (select from rundum.job j where j.shelf = 2 and j.due_at <= now())
        or exists (
            select from rundum.tenant_limit l
            where l.wake_at <= clock_timestamp() or l.refilled_at > clock_timestamp() + interval '10 s')
    then
        perform rundum.promote(100);
    end if;
    for v_lane in 0..1 loop
        v_room := case v_lane when 0 then _limit else least(_limit, _bulk) end - v_taken;
        continue when v_room < 1;
        select array_agg(r.place), count(*), array[
                max(r.vt) filter (where r.priority = 0), max(r.vt) filter (where r.priority = 1),
                max(r.vt) filter (where r.priority = 2), max(r.vt) filter (where r.priority = 3)]
        into v_some, v_found, v_last
        from (
            select b.priority, q.place, q.vt
            from (
                select n.priority, n.floor from rundum.band n
                where not n.paused and (n.priority = 3) = (v_lane = 1) order by n.priority
            ) b
            cross join lateral (
                select j.ctid as place, j.vt from rundum.job j
                where j.shelf = 0 and j.state = 'queued' and j.priority = b.priority and j.vt >= b.floor
                    and j.kind = any (_kinds)
                order by j.vt, j.id limit v_room for update skip locked
            ) q
            limit v_room
        ) r;
        continue when v_found = 0;
        for n in 1..4 loop
            if v_last [n] is not null then
                perform rundum.raise_clock((n - 1)::smallint, v_last [n]);
            end if;
        end loop;
        v_rows := v_rows || v_some;
        v_taken := v_taken + v_found;
        v_live := v_live + case v_lane when 0 then v_found else 0 end;
    end loop;
    if v_worker.idle <> (v_live < _limit) or v_worker.idle_bulk <> (v_taken < least(_limit, _bulk)) then
        update rundum.worker w set idle = v_live < _limit, idle_bulk = v_taken < least(_limit, _bulk)
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

CREATE FUNCTION rundum.collect_backfill(_backfill bigint, _again boolean) RETURNS TABLE(outcome text, items bigint)
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    return query
    with open as materialized (
        select i.n, i.job_id, i.workflow_id from rundum.backfill_item i
        where i.backfill_id = _backfill and i.outcome is null and (i.job_id is not null or i.workflow_id is not null)
            and not exists (select from rundum.job j where j.id = i.job_id)
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
    select c.outcome, count(*) from changed c group by 1;
end
$$;

CREATE FUNCTION rundum.complete(_job uuid, _fence bigint, _result jsonb, _cache_key text, _cached boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.complete_many(_jobs uuid[], _fences bigint[], _results text[], _keys text[], _cached boolean[]) RETURNS TABLE(job uuid, accepted boolean)
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

CREATE FUNCTION rundum.cron_field(_field text, _least integer, _most integer, _names text[]) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
declare
    v_part text;
    v_match text[];
    v_ends text[];
    v_from integer;
    v_to integer;
    v_step integer;
    v_all integer[] := '{}';
begin
    foreach v_part in array string_to_array(coalesce(_field, ''), ',') loop
        v_match := regexp_match(upper(v_part), '^(\*|[0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?(?:/([0-9]{1,2}))?$');
        v_ends := array[v_match [1], coalesce(v_match [2], v_match [1])];
        for n in 1..2 loop
            if v_ends [n] ~ '^[A-Z]' then
                v_ends [n] := (array_position(_names, v_ends [n]) - 1 + _least)::text;
            end if;
        end loop;
        if v_match [1] = '*' and v_match [2] is null then
            v_from := _least;
            v_to := _most;
        elsif v_match [1] <> '*' and v_ends [2] ~ '^[0-9]+$' then
            v_from := v_ends [1]::integer;
            v_to := case when v_match [2] is null and v_match [3] is not null then _most else v_ends [2]::integer end;
        else
            return null;
        end if;
        v_step := coalesce(v_match [3], '1')::integer;
        if v_from is null or v_step < 1 or v_from < _least or v_to > _most or v_from > v_to then
            return null;
        end if;
        v_all := v_all || array(select generate_series(v_from, v_to, v_step));
    end loop;
    return (select array_agg(distinct n order by n) from unnest(v_all) n);
end
$_$;

CREATE FUNCTION rundum.cron_next(_schedule text, _zone text, _after timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_months constant text[] := '{JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC}';
    v_days constant text[] := '{SUN,MON,TUE,WED,THU,FRI,SAT}';
    v_text text := case lower(btrim(_schedule))
        when '@hourly' then '0 * * * *' when '@daily' then '0 0 * * *' when '@midnight' then '0 0 * * *'
        when '@weekly' then '0 0 * * 0' when '@monthly' then '0 0 1 * *' when '@yearly' then '0 0 1 1 *'
        else btrim(_schedule) end;
    v_fields text[] := regexp_split_to_array(v_text, '\s+');
    v_minutes integer[] := rundum.cron_field(v_fields [1], 0, 59, '{}');
    v_hours integer[] := rundum.cron_field(v_fields [2], 0, 23, '{}');
    v_of_month integer[] := rundum.cron_field(v_fields [3], 1, 31, '{}');
    v_in_months integer[] := rundum.cron_field(v_fields [4], 1, 12, v_months);
    v_of_week integer[] := rundum.cron_field(v_fields [5], 0, 7, v_days);
    v_day date := (_after at time zone _zone)::date;
    v_either boolean;
    v_month_day boolean;
    v_week_day boolean;
    v_found timestamptz;
begin
    if cardinality(v_fields) <> 5 or v_minutes is null or v_hours is null or v_of_month is null or v_in_months is null
        or v_of_week is null
    then
        raise exception 'The schedule is not one of cron''s: %.', _schedule
            using errcode = 'RU400',
            hint = 'Five fields: minute, hour, day of the month, month, day of the week; 30 6 * * MON-FRI is 6:30 on workdays.';
    end if;
    -- Cron's rule: two days that are both named mean either.
    v_either := v_fields [3] !~ '^\*' and v_fields [5] !~ '^\*';
    -- The day before too: where clocks go back over midnight, its end comes again.
    v_day := v_day - 1;
    -- February 29 comes after eight years at the latest.
    for n in 0..3000 loop
        v_month_day := extract(day from v_day)::integer = any (v_of_month);
        -- Sunday is 0 and 7.
        v_week_day := extract(dow from v_day)::integer = any (v_of_week)
            or extract(isodow from v_day)::integer = any (v_of_week);
        if extract(month from v_day)::integer = any (v_in_months)
            and (v_month_day and v_week_day or v_either and (v_month_day or v_week_day))
        then
            select min(i.instant) into v_found
            from (select v_day + make_interval(hours => h, mins => m) as shown from unnest(v_hours) h, unnest(v_minutes) m) t
            cross join lateral rundum.instants(t.shown, _zone, v_fields [2] = '*') i
            where i.instant > _after;
            if v_found is not null then
                return v_found;
            end if;
        end if;
        v_day := v_day + 1;
    end loop;
    raise exception 'The schedule never comes: %.', _schedule using errcode = 'RU400', hint = 'Is there such a day?';
end
$$;

CREATE FUNCTION rundum.decide(_tenant text, _job uuid, _approved boolean, _failure jsonb, _answer text) RETURNS SETOF rundum.any_job
    LANGUAGE plpgsql
    AS $$
declare
    v_done rundum.done;
    v_end rundum.job_state := case when _approved then 'succeeded' else 'failed' end;
    v_options jsonb;
    v_known text;
begin
    perform 1 from rundum.workflow w
    where w.id = (select a.workflow_id from rundum.any_job a where a.id = _job) for no key update;
    select d.* into v_done from rundum.done d join rundum.tenant t on t.id = d.tenant_id
    where d.id = _job and t.key = _tenant for update of d;
    if not found then
        perform 1 from rundum.job j join rundum.tenant t on t.id = j.tenant_id where j.id = _job and t.key = _tenant;
        if found then
            raise exception 'The job has not ended.' using errcode = 'RU409', hint = 'Only a job in review is decided about.';
        end if;
        raise exception 'There is no such job.' using errcode = 'RU404';
    end if;
    if _approved and v_done.state = 'review' then
        select f.value #> array['answers', _answer],
            (select string_agg(k, ', ' order by k) from jsonb_object_keys(f.value -> 'answers') k)
        into v_options, v_known
        from jsonb_array_elements(v_done.result -> 'review') f where f.value ? 'answers' limit 1;
    end if;
    if v_options is not null then
        update rundum.done d set options = d.options || v_options where d.id = _job;
        perform rundum.put_back(_job, v_done.workflow_id);
    elsif _approved and (v_known is not null or _answer <> 'approve') then
        raise exception 'The job does not ask for the answer %.', _answer
            using errcode = 'RU409', hint = 'Answers are: ' || coalesce(v_known, 'approve') || '.';
    elsif v_done.state = 'review' then
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

CREATE FUNCTION rundum.dependency_failure(_root uuid, _state rundum.job_state) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    select case when _state = 'canceled' then
        jsonb_build_object('code', 'cancelled', 'summary', format('The step %s was cancelled.', d.label))
    else
        jsonb_strip_nulls(jsonb_build_object(
            'code', 'dependency_failed',
            'summary', format('The step %s failed: %s', d.label, d.failure #>> '{failure,summary}'),
            'hint', d.failure #> '{failure,hint}', 'slot', d.failure #> '{failure,slot}',
            'detail', d.failure #>> '{failure,code}'))
    end
    from rundum.done d where d.id = _root
$$;

CREATE FUNCTION rundum.drop_week(_now timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET lock_timeout TO '2s'
    AS $_$
declare
    v_keep integer := (select h.keep_days from rundum.history h);
    v_cutoff timestamptz := _now - v_keep * interval '24 h';
    v_name text;
    v_from timestamptz;
    v_open boolean;
    v_all bigint;
    v_kept bigint;
begin
    for v_name in
        select c.relname from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where v_keep > 0 and i.inhparent = 'rundum.done'::regclass and c.relname ~ '^done_[0-9]{8}$' order by 1
    loop
        v_from := to_date(right(v_name, 8), 'YYYYMMDD')::timestamp at time zone 'UTC';
        exit when v_from + interval '168 h' > v_cutoff;
        execute format('select exists (select from rundum.%I d where d.finished_at > $1) or exists (
            select from rundum.job j where j.workflow_id is not null and j.id < $2)', v_name)
        into v_open using v_cutoff, rundum.first_id(v_from + interval '168 h');
        continue when v_open;
        execute format('alter table rundum.done detach partition rundum.%I', v_name);
        execute format('select count(*) from rundum.%I', v_name) into v_all;
        execute format('insert into rundum.done select d.* from rundum.%I d join rundum.tenant t on t.id = d.tenant_id
            where t.keep_days = 0 or t.keep_days > $1', v_name) using v_keep;
        get diagnostics v_kept = row_count;
        execute format('drop table rundum.%I', v_name);
        delete from rundum.dependency p
        where p.parent >= rundum.first_id(v_from) and p.parent < rundum.first_id(v_from + interval '168 h')
            and not exists (select from rundum.done d where d.id = p.parent);
        delete from rundum.workflow w
        where w.id >= rundum.first_id(v_from) and w.id < rundum.first_id(v_from + interval '168 h')
            and not exists (select from rundum.done d where d.workflow_id = w.id)
            and not exists (select from rundum.job j where j.workflow_id = w.id);
        return v_all - v_kept;
    end loop;
    return null;
end
$_$;

CREATE FUNCTION rundum.end_attempt(_job uuid, _fence bigint, _failure jsonb, _disposition text, _delay interval, _taken boolean) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.enqueue(_request jsonb) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
    if rundum.is_plain(_request) then
        return (rundum.insert_plain(
            rundum.tenant_number(coalesce(_request ->> 'tenant', 'default')), array[_request])) [1];
    end if;
    return (rundum.enqueue_many(array[_request])) [1];
end
$$;

CREATE FUNCTION rundum.enqueue_many(_requests jsonb[]) RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_ids uuid[] := array_fill(null::uuid, array[coalesce(cardinality(_requests), 0)]);
    v_many boolean := cardinality(_requests) > 1;
    v_group record;
    v_new uuid[];
begin
    -- The tenants first: their numbers are the order in which everybody locks who takes places.
    perform rundum.tenant_number(t.key)
    from (select distinct coalesce(r.request ->> 'tenant', 'default') as key from unnest(_requests) r(request)) t
    where t.key <> '' order by t.key;
    for v_group in
        select t.id, t.key as tenant, r.plain, case when not r.plain then r.request ->> 'key' end as key,
            array_agg(r.n order by r.n) as places, array_agg(r.request order by r.n) as requests
        from (
            select u.request, u.n, rundum.is_plain(u.request) as plain
            from unnest(_requests) with ordinality u(request, n)
        ) r
        left join rundum.tenant t on t.key = coalesce(r.request ->> 'tenant', 'default')
        group by 1, 2, 3, 4 order by 1, 3 desc, 4
    loop
        if v_group.plain then
            v_new := rundum.insert_plain(v_group.id, v_group.requests);
        else
            v_new := rundum.enqueue_odd(v_group.id, v_group.tenant, v_group.key, v_group.requests, v_group.places, v_many);
        end if;
        if cardinality(v_new) = cardinality(v_ids) then
            return v_new;
        end if;
        for n in 1..cardinality(v_group.places) loop
            v_ids [v_group.places [n]] := v_new [n];
        end loop;
    end loop;
    return v_ids;
end
$$;

CREATE FUNCTION rundum.enqueue_odd(_tenant integer, _tenant_key text, _key text, _requests jsonb[], _places bigint[], _many boolean) RETURNS uuid[]
    LANGUAGE plpgsql
    AS $$
declare
    v_steps jsonb;
    v_new uuid[];
begin
    select jsonb_agg(rundum.request_step(
        r.request, case when _many then format('Request %s: ', r.place) else '' end) order by r.n)
    into v_steps
    from unnest(_requests, _places) with ordinality r(request, place, n);
    if _key is null then
        perform rundum.refuse_foreign_blobs(_tenant, v_steps);
        return rundum.insert_steps(_tenant, null, v_steps);
    end if;
    -- Those of one key are one job, or a mistake that `enqueue_steps` tells.
    select array_agg(n.id order by s.n) into v_new
    from jsonb_array_elements(v_steps) with ordinality s(step, n)
    cross join lateral (
        select (e.job).id as id
        from rundum.enqueue_steps(_tenant_key, null, jsonb_build_array(s.step), _key) e) n;
    return v_new;
end
$$;

CREATE FUNCTION rundum.enqueue_steps(_tenant text, _name text, _steps jsonb, _key text, _recipe jsonb DEFAULT NULL::jsonb, _asked text DEFAULT NULL::text) RETURNS TABLE(replayed boolean, workflow uuid, job rundum.any_job)
    LANGUAGE plpgsql
    AS $_$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_hash bytea := sha256(convert_to(coalesce(_asked, jsonb_build_array(_name, _steps)::text), 'UTF8'));
    v_alone boolean := _name is null and jsonb_array_length(_steps) = 1 and _steps #>> '{0,job,runAt}' is null
        and not jsonb_path_exists(_steps, '$[0].after[*]')
        and not jsonb_path_exists(_steps, '$[0].job.inputs[*].source.output');
    v_first rundum.idempotency;
    v_workflow uuid;
    v_ids uuid[];
begin
    if _key is not null then
        insert into rundum.idempotency (tenant_id, key, request_hash) values (v_tenant, _key, v_hash)
        on conflict do nothing;
        if not found then
            select i.* into strict v_first from rundum.idempotency i where i.tenant_id = v_tenant and i.key = _key;
            if v_first.request_hash <> v_hash then
                raise exception 'The idempotency key was used with another request.'
                    using errcode = 'RU422', hint = 'Use a new key for a new request.';
            end if;
            return query
            select true, v_first.workflow_id, j from rundum.any_job j where j.id = any (v_first.jobs) order by j.id;
            return;
        end if;
    end if;
    perform rundum.refuse_foreign_blobs(v_tenant, _steps);
    if _name is not null then
        v_workflow := rundum.uuid_v7((extract(epoch from clock_timestamp()) * 1000000)::bigint);
        insert into rundum.workflow (id, tenant_id, name, recipe) values (v_workflow, v_tenant, _name, _recipe);
    end if;
    v_ids := case when v_alone then array[rundum.insert_one(v_tenant, _steps #> '{0,job}')]
        else rundum.insert_steps(v_tenant, v_workflow, _steps) end;
    if _key is not null then
        update rundum.idempotency i set workflow_id = v_workflow, jobs = v_ids
        where i.tenant_id = v_tenant and i.key = _key;
    end if;
    return query
    select false, v_workflow, row(j.*)::rundum.any_job from rundum.live_job j where j.id = any (v_ids) order by j.id;
end
$_$;

CREATE FUNCTION rundum.failure_record(_failure jsonb, _attempt integer) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    select jsonb_build_object('failure', _failure, 'attempt', _attempt,
        'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
$$;

CREATE FUNCTION rundum.finish(_job uuid, _state rundum.job_state, _result jsonb, _failure jsonb, _cached boolean, _ended_by uuid) RETURNS void
    LANGUAGE sql
    AS $$
    with gone as (delete from rundum.job where id = _job returning *)
    insert into rundum.done (
        id, run_at, created_at, started_at, fence, revision, workflow_id, progress, ended_by, tenant_id, attempt,
        max_attempts, state, priority, tolerant, cached, kind, step, label, subject, options, inputs, result, failure)
    select id, run_at, created_at, started_at, fence, revision + 1, workflow_id,
        case when _result is null then progress else 1 end, _ended_by, tenant_id, attempt, max_attempts, _state,
        priority, tolerant, _cached, kind, case when _result is null then step else '' end, label, subject, options,
        inputs, _result, _failure
    from gone
$$;

CREATE FUNCTION rundum.fire_cron(_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
    v_entry rundum.cron;
    v_job uuid;
    v_failure text;
    v_count integer := 0;
begin
    -- In the order of tenants, as everybody locks who takes places.
    for v_entry in
        select c.* from rundum.cron c where c.next_at <= _now order by c.tenant_id, c.name limit 1000
        for update skip locked
    loop
        v_job := null;
        v_failure := null;
        begin
            v_job := rundum.enqueue(v_entry.request
                || jsonb_build_object('tenant', (select t.key from rundum.tenant t where t.id = v_entry.tenant_id)));
            v_count := v_count + 1;
        exception when others then
            -- One that can't be must not hold up the others; it is said where entries are listed.
            v_failure := sqlerrm;
        end;
        update rundum.cron c set
            next_at = rundum.cron_next(c.schedule, c.zone, _now), last_at = _now, failure = v_failure,
            last_job = coalesce(v_job, c.last_job)
        where c.tenant_id = v_entry.tenant_id and c.name = v_entry.name;
    end loop;
    return v_count;
end
$$;

CREATE FUNCTION rundum.first_id(_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
    select (lpad(to_hex(floor(extract(epoch from _at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

CREATE FUNCTION rundum.free_job(_job rundum.job) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    v_inputs record;
    v_failed uuid;
    v_failure jsonb;
    -- The clock, not the transaction's start: a transaction that began earlier may end the last dependency.
    v_place bigint := 0;
    v_gate smallint := 0;
    -- Who asked for no time is due now, also when the clock was set back since it was enqueued.
    v_due boolean := _job.run_at is null or _job.due_at <= clock_timestamp();
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
            -- An answer to what it asks brings both back.
            select d.id into v_failed from rundum.done d
            where d.workflow_id = _job.workflow_id and d.label = v_inputs.step and d.state = 'review';
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

CREATE FUNCTION rundum.gate(_tenant integer) RETURNS smallint
    LANGUAGE plpgsql
    AS $$
begin
    return case when exists (select from rundum.tenant_limit l where l.tenant_id = _tenant) then 1 else 0 end;
end
$$;

CREATE FUNCTION rundum.heartbeat(_worker bigint, _lease interval, _jobs uuid[], _fences bigint[], _fractions double precision[], _steps text[]) RETURNS TABLE(expired boolean, job uuid, lost boolean)
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
begin
    -- Jobs before their worker, in the order of ids, as everybody locks who takes several jobs that don't share a workflow.
    perform 1
    from unnest(_jobs, _fences, _fractions, _steps) r(id, fence, fraction, step)
    join rundum.job j on j.id = r.id
    where j.fence = r.fence and j.state = 'running'
        and (r.fraction > j.progress or (r.fraction = j.progress and r.step <> j.step))
    order by j.id for no key update of j;
    update rundum.worker w set lease_until = now() + _lease where w.id = _worker;
    if not found then
        return query select true, null::uuid, true;
        return;
    end if;
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

CREATE FUNCTION rundum.insert_one(_tenant integer, _job jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
    v_micros bigint := extract(epoch from clock_timestamp()) * 1000000;
    v_id uuid := rundum.uuid_v7(v_micros);
    v_priority smallint := coalesce((_job ->> 'priority')::smallint, 1);
    v_place bigint := rundum.take_places(_tenant, v_priority, 1);
    v_gate smallint := rundum.gate(_tenant);
begin
    insert into rundum.job (
        id, vt, tenant_id, max_attempts, state, priority, kind, subject, options, inputs, gate)
    values (
        v_id, v_place, _tenant, coalesce((_job ->> 'maxAttempts')::integer, 5), 'queued', v_priority, _job ->> 'kind',
        _job ->> 'subject', coalesce(_job -> 'options', '{}'), coalesce(_job -> 'inputs', '[]'), v_gate);
    if v_gate = 1 then
        perform rundum.admit(_tenant);
    end if;
    return v_id;
end
$$;

CREATE FUNCTION rundum.insert_plain(_tenant integer, _requests jsonb[]) RETURNS uuid[]
    LANGUAGE plpgsql
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_micros bigint := extract(epoch from clock_timestamp()) * 1000000;
    v_stride bigint := rundum.stride(_tenant);
    v_first bigint[] := array[0, 0, 0, 0];
    v_slot text;
    v_band record;
    v_gate smallint;
    v_ids uuid[];
begin
    select i.value ->> 'slot' into v_slot
    from unnest(_requests) r(request), jsonb_array_elements(r.request -> 'inputs') i
    where not exists (
        select from rundum.blob_owner o
        where o.tenant_id = _tenant and o.sha256 = decode(i.value ->> 'sha256', 'hex'))
    limit 1;
    if found then
        raise exception 'The input % is not stored.', v_slot
            using errcode = 'RU410', hint = 'Upload the file first.', column = v_slot;
    end if;
    v_ids := array(select rundum.uuid_v7(v_micros + n) from generate_series(1, cardinality(_requests)) n);
    for v_band in
        select coalesce(r.request ->> 'priority', '1')::smallint as priority, count(*) as jobs
        from unnest(_requests) r(request) group by 1 order by 1
    loop
        v_first[v_band.priority + 1] := rundum.take_places(_tenant, v_band.priority, v_band.jobs);
    end loop;
    v_gate := rundum.gate(_tenant);
    insert into rundum.job (
        id, vt, tenant_id, max_attempts, state, priority, kind, subject, options, inputs, gate)
    select x.id,
        v_first[x.priority + 1] + v_stride * (row_number() over (partition by x.priority order by x.n) - 1), _tenant,
        coalesce(x.request ->> 'maxAttempts', '5')::integer, 'queued', x.priority, x.request ->> 'kind',
        x.request ->> 'subject', coalesce(x.request -> 'options', '{}'),
        case when coalesce(x.request -> 'inputs', '[]') = '[]' then '[]' else (
            select jsonb_agg(jsonb_build_object(
                'slot', i.value -> 'slot', 'name', coalesce(i.value -> 'name', i.value -> 'slot'),
                'source', jsonb_build_object('blob', jsonb_build_object('sha256', i.value -> 'sha256'))) order by i.n)
            from jsonb_array_elements(x.request -> 'inputs') with ordinality i(value, n)) end, v_gate
    from (
        select r.request, r.id, r.n, coalesce(r.request ->> 'priority', '1')::smallint as priority
        from unnest(_requests, v_ids) with ordinality r(request, id, n)
    ) x;
    if v_gate = 1 then
        perform rundum.admit(_tenant);
    end if;
    return v_ids;
end
$$;

CREATE FUNCTION rundum.insert_steps(_tenant integer, _workflow uuid, _steps jsonb) RETURNS uuid[]
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.instants(_shown timestamp without time zone, _zone text, _each boolean) RETURNS TABLE(instant timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_guess timestamptz := _shown at time zone _zone;
begin
    -- Nearly always there is nothing to find: clocks change by a part of three hours, and not within them.
    if (v_guess - interval '3 h') at time zone _zone = _shown - interval '3 h'
        and (v_guess + interval '3 h') at time zone _zone = _shown + interval '3 h'
    then
        return query select v_guess;
    elsif v_guess at time zone _zone <> _shown then
        return query
        select min(s.at) from generate_series(v_guess - interval '3 h', v_guess + interval '3 h', '1 min') s(at)
        where s.at at time zone _zone > _shown and not _each having count(*) > 0;
    else
        return query
        select s.at from generate_series(v_guess - interval '3 h', v_guess + interval '3 h', '15 min') s(at)
        where s.at at time zone _zone = _shown order by s.at limit case when _each then 2 else 1 end;
    end if;
end
$$;

CREATE FUNCTION rundum.is_plain(_request jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
begin
    return coalesce(jsonb_typeof(_request) = 'object'
        and _request - array['tenant', 'kind', 'options', 'inputs', 'subject', 'priority', 'maxAttempts'] = '{}'
        and jsonb_typeof(_request -> 'kind') = 'string' and _request ->> 'kind' ~ '^[a-z][a-z0-9-]{0,63}$'
        and coalesce(jsonb_typeof(_request -> 'options'), 'object') = 'object'
        and coalesce(jsonb_typeof(_request -> 'subject'), 'string') = 'string'
        and coalesce(_request ->> 'subject', '-') <> ''
        and coalesce(jsonb_typeof(_request -> 'tenant'), 'string') = 'string' and coalesce(_request ->> 'tenant', '-') <> ''
        and coalesce(_request ->> 'priority', '1') ~ '^[0-3]$'
        and coalesce(_request ->> 'maxAttempts', '5') ~ '^([1-9][0-9]{0,2}|1000)$'
        and case when coalesce(_request -> 'inputs', '[]') = '[]' then true
            when jsonb_typeof(_request -> 'inputs') <> 'array' then false
            else (
                select bool_and(coalesce(jsonb_typeof(i.value) = 'object' and i.value - array['slot', 'name', 'sha256'] = '{}'
                        and jsonb_typeof(i.value -> 'slot') = 'string' and i.value ->> 'slot' <> ''
                        and coalesce(jsonb_typeof(i.value -> 'name'), 'string') = 'string'
                        and coalesce(i.value ->> 'name', '-') <> ''
                        and jsonb_typeof(i.value -> 'sha256') = 'string' and i.value ->> 'sha256' ~ '^[0-9a-f]{64}$', false))
                    and count(distinct i.value -> 'slot') = count(*)
                from jsonb_array_elements(_request -> 'inputs') i)
            end, false);
end
$_$;

CREATE FUNCTION rundum.keep_house(_now timestamp with time zone, _limit integer) RETURNS TABLE(weeks_made integer, weeks_dropped integer, jobs_deleted bigint, again boolean)
    LANGUAGE plpgsql
    AS $$
declare
    v_keep integer := (select h.keep_days from rundum.history h);
    v_dropped bigint;
begin
    weeks_made := 0;
    weeks_dropped := 0;
    jobs_deleted := 0;
    again := false;
    if pg_try_advisory_xact_lock(7248306134022) then
        weeks_made := rundum.make_weeks(_now);
        v_dropped := rundum.drop_week(_now);
        weeks_dropped := case when v_dropped is null then 0 else 1 end;
        jobs_deleted := coalesce(v_dropped, rundum.trim_history(_now, _limit));
        again := v_dropped is not null or jobs_deleted > 0;
        delete from rundum.idempotency i using rundum.tenant t
        where t.id = i.tenant_id and coalesce(t.keep_days, v_keep) > 0
            and i.created_at < _now - coalesce(t.keep_days, v_keep) * interval '24 h';
    end if;
    return next;
end
$$;

CREATE FUNCTION rundum.lock_workflow_of(_job uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    v_workflow uuid;
begin
    select j.workflow_id into v_workflow from rundum.any_job j
    where j.id = _job and exists (select from rundum.dependency p where p.parent = _job);
    if v_workflow is not null then
        perform 1 from rundum.workflow w where w.id = v_workflow for no key update;
    end if;
end
$$;

CREATE FUNCTION rundum.lost_attempts(_dead bigint[]) RETURNS TABLE(job uuid, fence bigint, attempt integer, max_attempts integer)
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.make_weeks(_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    SET lock_timeout TO '2s'
    AS $$
declare
    v_week timestamptz;
    v_name text;
    v_made integer := 0;
begin
    for n in 0..3 loop
        v_week := date_trunc('week', _now, 'UTC') + n * interval '168 h';
        v_name := 'done_' || to_char(v_week at time zone 'UTC', 'YYYYMMDD');
        continue when exists (
            select from pg_catalog.pg_class c join pg_catalog.pg_namespace s on s.oid = c.relnamespace
            where s.nspname = 'rundum' and c.relname = v_name);
        -- Once without the lock: a week that stays in the default partition must not stop everybody each time.
        for look in 1..2 loop
            exit when exists (
                select from rundum.done_default d
                where d.id >= rundum.first_id(v_week) and d.id < rundum.first_id(v_week + interval '168 h'));
            if look = 1 then
                lock table rundum.done in share row exclusive mode;
                continue;
            end if;
            execute format('create table rundum.%I (like rundum.done including all)', v_name);
            execute format('alter table rundum.done attach partition rundum.%I for values from (%L) to (%L)',
                v_name, rundum.first_id(v_week), rundum.first_id(v_week + interval '168 h'));
            v_made := v_made + 1;
        end loop;
    end loop;
    return v_made;
end
$$;

CREATE FUNCTION rundum.promote(_limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.put_back(_job uuid, _workflow uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    v_child rundum.job;
    v_id uuid;
    v_ids uuid[];
begin
    select array_agg(d.id order by d.id) into v_ids from rundum.done d
    where d.id = _job or (d.workflow_id = _workflow and d.ended_by = _job);
    foreach v_id in array v_ids loop
        perform rundum.restore(v_id);
    end loop;
    for v_child in
        select j.* from rundum.job j
        where j.id = any (v_ids) or (j.state = 'blocked'
            and j.id in (select p.child from rundum.dependency p where p.parent = any (v_ids)))
        order by j.priority, j.id for update
    loop
        update rundum.job j set deps_left = c.live
        from (select count(*) as live from rundum.dependency p join rundum.job q on q.id = p.parent
            where p.child = v_child.id) c
        where j.id = v_child.id and c.live > 0;
        if not found and rundum.free_job(v_child) then
            perform rundum.settle(v_child.id);
        end if;
    end loop;
end
$$;

CREATE FUNCTION rundum.put_background(_tenant text, _name text, _sha256 bytea, _floor double precision, _light_x double precision, _width integer, _height integer) RETURNS TABLE(version integer, is_new boolean)
    LANGUAGE plpgsql
    AS $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_newest rundum.background;
begin
    perform 1 from rundum.tenant t where t.id = v_tenant for no key update;
    if not exists (select from rundum.blob_owner o where o.tenant_id = v_tenant and o.sha256 = _sha256) then
        raise exception 'The picture of the background % is not stored.', _name
            using errcode = 'RU410', hint = 'Upload the file first.';
    end if;
    select b.* into v_newest from rundum.background b
    where b.tenant_id = v_tenant and b.name = _name order by b.version desc limit 1;
    if v_newest.sha256 = _sha256 and v_newest.floor = _floor and v_newest.light_x is not distinct from _light_x then
        return query select v_newest.version, false;
        return;
    end if;
    return query
    insert into rundum.background as b (tenant_id, name, version, sha256, floor, light_x, width, height)
    values (v_tenant, _name, coalesce(v_newest.version, 0) + 1, _sha256, _floor, _light_x, _width, _height)
    returning b.version, true;
end
$$;

CREATE FUNCTION rundum.put_recipe(_tenant text, _name text, _version integer, _workflow text, _abstract text, _options jsonb) RETURNS TABLE(version integer, is_new boolean)
    LANGUAGE plpgsql
    AS $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_newest rundum.recipe;
    v_same rundum.recipe;
begin
    perform 1 from rundum.tenant t where t.id = v_tenant for no key update;
    select r.* into v_newest from rundum.recipe r
    where r.tenant_id = v_tenant and r.name = _name order by r.version desc limit 1;
    select r.* into v_same from rundum.recipe r
    where r.tenant_id = v_tenant and r.name = _name and r.version = coalesce(_version, v_newest.version)
        and r.workflow = _workflow and r.abstract = _abstract and r.options = _options;
    if v_same.version is not null then
        return query select v_same.version, false;
        return;
    end if;
    if v_newest.workflow <> _workflow then
        raise exception 'The recipe % is for the workflow %.', _name, v_newest.workflow
            using errcode = 'RU409', hint = 'Choose another name.';
    end if;
    if _version <> coalesce(v_newest.version, 0) + 1 then
        raise exception 'The recipe % can''t be version %: the next one is %.', _name, _version,
            coalesce(v_newest.version, 0) + 1
            using errcode = 'RU409', hint = 'A version never changes; leave the number out for the next one.';
    end if;
    return query
    insert into rundum.recipe as r (tenant_id, name, version, workflow, abstract, options)
    values (v_tenant, _name, coalesce(v_newest.version, 0) + 1, _workflow, _abstract, _options)
    returning r.version, true;
end
$$;

CREATE FUNCTION rundum.raise_clock(_priority smallint, _to bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.raise_floors() RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
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

CREATE FUNCTION rundum.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'A version of % never changes.', tg_table_name using errcode = 'RU409', hint = 'Add the next one.';
end
$$;

CREATE FUNCTION rundum.refuse_foreign_blobs(_tenant integer, _steps jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
    v_slot text;
begin
    select i.value ->> 'slot' into v_slot
    from jsonb_array_elements(_steps) s, jsonb_array_elements(s.value #> '{job,inputs}') i
    where i.value #> '{source,blob}' is not null and not exists (
        select from rundum.blob_owner o
        where o.tenant_id = _tenant and o.sha256 = case
            when i.value #>> '{source,blob,sha256}' ~ '^[0-9a-f]{64}$'
            then decode(i.value #>> '{source,blob,sha256}', 'hex') end)
    limit 1;
    if found then
        raise exception 'The input % is not stored.', v_slot
            using errcode = 'RU410', hint = 'Upload the file first.', column = v_slot;
    end if;
end
$_$;

CREATE FUNCTION rundum.register_worker(_host text, _pid integer, _process_start numeric, _lease interval) RETURNS bigint
    LANGUAGE sql
    AS $$
    insert into rundum.worker (host, pid, process_start, lease, lease_until)
    values (_host, _pid, _process_start, _lease, now() + _lease) returning id
$$;

CREATE FUNCTION rundum.request_step(_request jsonb, _where text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
declare
    v_known text[] := array['tenant', 'kind', 'options', 'inputs', 'subject', 'priority', 'runAt', 'maxAttempts', 'key'];
    v_known_of_input text[] := array['slot', 'name', 'sha256'];
    v_wrong text;
    v_hint text;
    v_input jsonb;
    v_inputs jsonb := '[]';
    v_run_at text;
begin
    -- Null is the same as left out.
    if jsonb_typeof(_request) = 'object' then
        select jsonb_object_agg(m.key, m.value) into _request from jsonb_each(_request) m where m.value <> 'null';
        _request := coalesce(_request, '{}');
    end if;
    if _request is null or jsonb_typeof(_request) <> 'object' then
        raise exception '%The request is not a JSON object.', _where
            using errcode = 'RU400', hint = 'For example: {"kind": "cutout", "inputs": [{"slot": "photo", "sha256": "..."}]}';
    end if;
    select m.key into v_wrong from jsonb_object_keys(_request) m(key) where m.key <> all (v_known) order by 1 limit 1;
    if found then
        v_wrong := format('There is no member %s in a request.', v_wrong);
        v_hint := 'Members are: ' || array_to_string(v_known, ', ') || '.';
    elsif coalesce(_request ->> 'kind', '') !~ '^[a-z][a-z0-9-]{0,63}$' or jsonb_typeof(_request -> 'kind') <> 'string' then
        v_wrong := 'The kind is missing or is no name of a kind.';
        v_hint := 'rundum kinds lists them.';
    elsif jsonb_typeof(coalesce(_request -> 'options', '{}')) <> 'object' then
        v_wrong := 'The options are not a JSON object.';
    elsif jsonb_typeof(coalesce(_request -> 'inputs', '[]')) <> 'array' then
        v_wrong := 'The inputs are not a JSON array.';
    elsif exists (
        select from jsonb_each(_request) m where m.key in ('tenant', 'subject', 'runAt', 'key')
            and (jsonb_typeof(m.value) <> 'string' or m.value = '""'))
    then
        v_wrong := 'The tenant, the subject, the time to run and the key are texts that are not empty.';
    elsif coalesce(_request ->> 'priority', '1') !~ '^[0-3]$' then
        v_wrong := 'The priority is ' || (_request ->> 'priority') || '.';
        v_hint := '0 (first) to 3 (last) are allowed.';
    elsif coalesce(_request ->> 'maxAttempts', '5') !~ '^([1-9][0-9]{0,2}|1000)$' then
        v_wrong := 'The attempts are ' || (_request ->> 'maxAttempts') || '.';
        v_hint := '1 to 1000 are allowed.';
    end if;
    if v_wrong is not null then
        raise exception '%', _where || v_wrong using errcode = 'RU400', hint = coalesce(v_hint, 'docs/enqueue.md says how a request is written.');
    end if;

    begin
        v_run_at := to_char((_request ->> 'runAt')::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    exception when data_exception then
        raise exception '%The time to run is no time: %.', _where, _request ->> 'runAt'
            using errcode = 'RU400', hint = 'Write it as 2026-01-31T22:00:00Z.';
    end;

    for v_input in select i.value from jsonb_array_elements(coalesce(_request -> 'inputs', '[]')) i loop
        if jsonb_typeof(v_input) <> 'object'
            or exists (select from jsonb_each(v_input) m
                where m.key <> all (v_known_of_input) or jsonb_typeof(m.value) <> 'string' or m.value = '""')
            or v_input ->> 'slot' is null or coalesce(v_input ->> 'sha256', '') !~ '^[0-9a-f]{64}$'
        then
            raise exception '%An input is not as it should be: %.', _where, v_input
                using errcode = 'RU400', column = coalesce(v_input ->> 'slot', ''),
                hint = 'An input is {"slot": "...", "name": "...", "sha256": "64 lower-case hexadecimal digits"}.';
        end if;
        if v_inputs @> jsonb_build_array(jsonb_build_object('slot', v_input -> 'slot')) then
            raise exception '%The input % is there twice.', _where, v_input ->> 'slot'
                using errcode = 'RU400', column = v_input ->> 'slot', hint = 'Name each slot once.';
        end if;
        v_inputs := v_inputs || jsonb_build_object(
            'slot', v_input -> 'slot', 'name', coalesce(v_input -> 'name', v_input -> 'slot'),
            'source', jsonb_build_object('blob', jsonb_build_object('sha256', v_input -> 'sha256')));
    end loop;

    return jsonb_build_object('job', jsonb_strip_nulls(jsonb_build_object(
        'kind', _request -> 'kind', 'subject', _request -> 'subject', 'runAt', v_run_at,
        'priority', coalesce((_request ->> 'priority')::integer, 1),
        'maxAttempts', coalesce((_request ->> 'maxAttempts')::integer, 5)))
        || jsonb_build_object('options', coalesce(_request -> 'options', '{}'), 'inputs', v_inputs));
end
$_$;

CREATE FUNCTION rundum.restore(_job uuid) RETURNS void
    LANGUAGE sql
    AS $$
    with gone as (delete from rundum.done where id = _job returning *)
    insert into rundum.job (
        id, run_at, created_at, fence, revision, workflow_id, tenant_id, max_attempts, deps_left, state, priority,
        tolerant, kind, label, subject, options, inputs)
    select id, run_at, created_at, nextval('rundum.fence'), revision + 1, workflow_id, tenant_id, max_attempts, 1,
        'blocked', priority, tolerant, kind, label, subject, options, inputs
    from gone
$$;

CREATE FUNCTION rundum.retry(_tenant text, _job uuid) RETURNS SETOF rundum.any_job
    LANGUAGE plpgsql
    AS $$
declare
    v_done rundum.done;
    v_cause text;
begin
    -- Also for a job that nobody waits for: its own dependencies must not end while they are counted.
    perform 1 from rundum.workflow w
    where w.id = (select a.workflow_id from rundum.any_job a where a.id = _job) for no key update;
    select d.* into v_done from rundum.done d join rundum.tenant t on t.id = d.tenant_id
    where d.id = _job and t.key = _tenant for update of d;
    if not found then
        perform 1 from rundum.job j join rundum.tenant t on t.id = j.tenant_id where j.id = _job and t.key = _tenant;
        if found then
            raise exception 'The job has not ended.'
                using errcode = 'RU409', hint = 'Only a failed or canceled job can be retried.';
        end if;
        raise exception 'There is no such job.' using errcode = 'RU404';
    end if;
    if v_done.state not in ('failed', 'canceled') then
        raise exception 'The job is final: %.', v_done.state
            using errcode = 'RU409', hint = 'Only a failed or canceled job can be retried.';
    end if;
    select d.label into v_cause from rundum.done d where d.id = v_done.ended_by and d.result is null;
    if found then
        raise exception 'The step % ended this job.', v_cause
            using errcode = 'RU409', hint = 'Retry that step; this one follows it.';
    end if;

    perform rundum.put_back(_job, v_done.workflow_id);
    return query select a.* from rundum.any_job a where a.id = _job;
end
$$;

CREATE FUNCTION rundum.roll_back_backfill(_tenant text, _backfill bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.running() RETURNS SETOF rundum.job
    LANGUAGE plpgsql STABLE
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
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

CREATE TABLE rundum.cron (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    schedule text NOT NULL,
    zone text NOT NULL,
    request jsonb NOT NULL,
    next_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone,
    last_job uuid,
    failure text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT cron_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text))
)
WITH (fillfactor='50');

CREATE FUNCTION rundum.set_cron(_tenant text, _name text, _schedule text, _zone text, _request jsonb, _now timestamp with time zone) RETURNS SETOF rundum.cron
    LANGUAGE plpgsql
    AS $_$
declare
    v_wrong text;
begin
    if coalesce(_name, '') !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' then
        raise exception 'The name is none: %.', _name
            using errcode = 'RU400', hint = 'Up to 64 letters, digits, dots, hyphens and underscores.';
    end if;
    if not exists (select from pg_catalog.pg_timezone_names z where z.name = _zone) then
        raise exception 'There is no time zone %.', _zone
            using errcode = 'RU400', hint = 'For example: Europe/Berlin, or UTC.';
    end if;
    select m.key into v_wrong from jsonb_object_keys(case jsonb_typeof(_request) when 'object' then _request else '{}' end) m(key)
    where m.key in ('tenant', 'key', 'runAt') limit 1;
    if found then
        raise exception 'A request that comes again has no %.', v_wrong using errcode = 'RU400';
    end if;
    perform rundum.refuse_foreign_blobs(
        rundum.tenant_number(_tenant), jsonb_build_array(rundum.request_step(_request, '')));
    return query
    insert into rundum.cron as c (tenant_id, name, schedule, zone, request, next_at)
    values (rundum.tenant_number(_tenant), _name, _schedule, _zone, _request, rundum.cron_next(_schedule, _zone, _now))
    on conflict (tenant_id, name) do update
    set schedule = excluded.schedule, zone = excluded.zone, request = excluded.request, next_at = excluded.next_at,
        failure = null
    returning c.*;
end
$_$;

CREATE FUNCTION rundum.set_keep(_tenant text, _days integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if _tenant is null then
        update rundum.history h set keep_days = coalesce(_days, 0);
    else
        update rundum.tenant t set keep_days = _days where t.id = rundum.tenant_number(_tenant);
    end if;
end
$$;

CREATE FUNCTION rundum.set_limit(_tenant text, _max_running integer, _per_minute double precision, _burst integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.set_paused(_lane text, _paused boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.settle(_ended uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    v_todo uuid[] := array[_ended];
    v_parent rundum.done;
    v_child rundum.job;
    v_id uuid;
    v_root uuid;
    v_failure jsonb;
begin
    while cardinality(v_todo) > 0 loop
        select d.* into strict v_parent from rundum.done d where d.id = v_todo [1];
        v_todo := v_todo [2:];
        v_root := coalesce(v_parent.ended_by, v_parent.id);
        for v_id in
            select p.child from rundum.dependency p join rundum.job j on j.id = p.child
            where p.parent = v_parent.id order by j.priority, j.id
        loop
            select j.* into v_child from rundum.job j where j.id = v_id and j.state = 'blocked' for update;
            continue when not found;
            if v_parent.state = 'canceled' or (v_parent.state = 'failed' and not v_child.tolerant) then
                v_failure := rundum.failure_record(rundum.dependency_failure(v_root, v_parent.state), v_child.attempt);
                perform rundum.finish(v_id, v_parent.state, null, v_failure, false, v_root);
                v_todo := v_todo || v_id;
            elsif v_child.deps_left > 1 then
                update rundum.job j set deps_left = j.deps_left - 1 where j.id = v_id;
            elsif rundum.free_job(v_child) then
                v_todo := v_todo || v_id;
            end if;
        end loop;
    end loop;
end
$$;

CREATE FUNCTION rundum.stride(_tenant integer) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS $$
begin
    return (select 1000000 / t.weight from rundum.tenant t where t.id = _tenant);
end
$$;

CREATE FUNCTION rundum.take_places(_tenant integer, _priority smallint, _count bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.take_up_backfill(_backfill bigint, _alive boolean, _host text, _pid integer, _process_start numeric) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION rundum.tell_workers() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select from rundum.worker w where w.idle and w.lease_until > now()) then
        perform pg_notify('rundum_work', '');
    end if;
end
$$;

CREATE FUNCTION rundum.tell_workers(_priority smallint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if exists (
        select from rundum.worker w
        where case when _priority < 3 then w.idle else w.idle_bulk end and w.lease_until > now())
    then
        perform pg_notify('rundum_work', '');
    end if;
end
$$;

CREATE FUNCTION rundum.tenant_number(_key text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
    v_id integer;
begin
    select t.id into v_id from rundum.tenant t where t.key = _key;
    if found then
        return v_id;
    end if;
    with made as (insert into rundum.tenant (key) values (_key) on conflict (key) do nothing returning id)
    insert into rundum.lane (tenant_id) select m.id from made m;
    select t.id into strict v_id from rundum.tenant t where t.key = _key;
    return v_id;
end
$$;

CREATE FUNCTION rundum.trim_history(_now timestamp with time zone, _limit integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
    v_keep integer := (select h.keep_days from rundum.history h);
    v_ids uuid[];
    v_workflows uuid[];
begin
    select array_agg(o.id) into v_ids
    from (
        (select d.id
        from rundum.tenant t
        join rundum.done d on d.tenant_id = t.id
            and d.id < rundum.first_id(_now - t.keep_days * interval '24 h')
            and d.finished_at < _now - t.keep_days * interval '24 h'
        where t.keep_days > 0 and (v_keep = 0 or t.keep_days < v_keep)
            and (d.workflow_id is null or not exists (select from rundum.job j where j.workflow_id = d.workflow_id))
        limit _limit)
        union
        (select d.id
        from rundum.done_default d join rundum.tenant t on t.id = d.tenant_id
        where coalesce(t.keep_days, v_keep) > 0
            and d.finished_at < _now - coalesce(t.keep_days, v_keep) * interval '24 h'
            and (d.workflow_id is null or not exists (select from rundum.job j where j.workflow_id = d.workflow_id))
        limit _limit)
    ) o;
    if v_ids is null then
        return 0;
    end if;
    with gone as (delete from rundum.done d where d.id = any (v_ids) returning d.workflow_id)
    select array_agg(distinct g.workflow_id) into v_workflows from gone g where g.workflow_id is not null;
    delete from rundum.dependency p where p.parent = any (v_ids);
    delete from rundum.dependency p where p.child = any (v_ids);
    delete from rundum.workflow w
    where w.id = any (v_workflows) and not exists (select from rundum.done d where d.workflow_id = w.id);
    return cardinality(v_ids);
end
$$;

CREATE FUNCTION rundum.uuid_v7(_micros bigint) RETURNS uuid
    LANGUAGE sql
    AS $$
    select (lpad(to_hex(_micros / 1000), 12, '0') || '7' || lpad(to_hex(_micros % 1000 * 4096 / 1000), 3, '0')
        || right(replace(gen_random_uuid()::text, '-', ''), 16))::uuid
$$;

CREATE FUNCTION rundum.vnow(_priority smallint) RETURNS bigint
    LANGUAGE sql
    AS $$
    select coalesce(pg_sequence_last_value(('rundum.clock_' || _priority)::regclass), 0)
$$;

CREATE FUNCTION rundum.workflow_outcome(_workflow uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    select case
        when exists (select from rundum.job j where j.workflow_id = _workflow) then null
        else coalesce((
            select d.state::text from rundum.done d where d.workflow_id = _workflow
            order by array_position(array['failed', 'canceled', 'review', 'succeeded'], d.state::text) limit 1), 'gone')
        end
$$;

CREATE TABLE rundum.backfill (
    id bigint NOT NULL,
    tenant_id integer NOT NULL,
    name text NOT NULL,
    spec jsonb NOT NULL,
    pace jsonb NOT NULL,
    state text DEFAULT 'feeding'::text NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    canary integer DEFAULT 0 NOT NULL,
    fed bigint DEFAULT 0 NOT NULL,
    feeder bigint DEFAULT 0 NOT NULL,
    host text,
    pid integer,
    process_start numeric(20,0),
    beat_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT backfill_canary_check CHECK ((canary >= 0)),
    CONSTRAINT backfill_name_check CHECK ((name <> ''::text)),
    CONSTRAINT backfill_state_check CHECK ((state = ANY (ARRAY['feeding'::text, 'waiting'::text, 'stopped'::text, 'done'::text, 'rolledBack'::text])))
);

ALTER TABLE rundum.backfill ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME rundum.backfill_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE rundum.backfill_item (
    backfill_id bigint NOT NULL,
    n bigint NOT NULL,
    key text NOT NULL,
    source jsonb NOT NULL,
    job_id uuid,
    workflow_id uuid,
    previous uuid,
    outcome text,
    failure jsonb,
    CONSTRAINT backfill_item_has_a_cause CHECK (((outcome IS NULL) OR ((failure IS NULL) = ((job_id IS NOT NULL) OR (workflow_id IS NOT NULL))))),
    CONSTRAINT backfill_item_is_one CHECK (((job_id IS NULL) OR (workflow_id IS NULL))),
    CONSTRAINT backfill_item_key_check CHECK (((octet_length(key) >= 1) AND (octet_length(key) <= 1000))),
    CONSTRAINT backfill_item_outcome_check CHECK ((outcome = ANY (ARRAY['succeeded'::text, 'review'::text, 'failed'::text, 'canceled'::text, 'gone'::text])))
);

CREATE TABLE rundum.background (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    sha256 bytea NOT NULL,
    floor double precision NOT NULL,
    light_x double precision,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT background_floor_check CHECK (((floor >= (0)::double precision) AND (floor <= (1)::double precision))),
    CONSTRAINT background_height_check CHECK ((height > 0)),
    CONSTRAINT background_light_x_check CHECK (((light_x >= ('-1'::integer)::double precision) AND (light_x <= (1)::double precision))),
    CONSTRAINT background_name_check CHECK (((name ~ '^[a-z0-9][a-z0-9.-]{0,63}$'::text) AND (name <> 'default'::text))),
    CONSTRAINT background_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT background_version_check CHECK ((version > 0)),
    CONSTRAINT background_width_check CHECK ((width > 0))
);

CREATE TABLE rundum.band (
    priority smallint NOT NULL,
    floor bigint DEFAULT 0 NOT NULL,
    seen bigint DEFAULT 0 NOT NULL,
    passed_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    looked_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    low bigint DEFAULT 0 NOT NULL,
    CONSTRAINT band_floor CHECK ((floor <= seen)),
    CONSTRAINT band_low CHECK ((low <= floor)),
    CONSTRAINT band_priority_check CHECK (((priority >= 0) AND (priority <= 3)))
)
WITH (fillfactor='50');

CREATE TABLE rundum.blob_owner (
    tenant_id integer NOT NULL,
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT blob_owner_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT blob_owner_sha256_check CHECK ((octet_length(sha256) = 32))
);

CREATE TABLE rundum.cache (
    tenant_id integer NOT NULL,
    key text NOT NULL,
    job_id uuid NOT NULL,
    result jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT cache_key_check CHECK ((key <> ''::text))
);

CREATE SEQUENCE rundum.clock_0
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

CREATE SEQUENCE rundum.clock_1
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

CREATE SEQUENCE rundum.clock_2
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

CREATE SEQUENCE rundum.clock_3
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

CREATE TABLE rundum.tenant (
    id integer NOT NULL,
    key text NOT NULL,
    weight integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    keep_days integer,
    CONSTRAINT tenant_keep_days_check CHECK ((keep_days >= 0)),
    CONSTRAINT tenant_key_check CHECK ((key <> ''::text)),
    CONSTRAINT tenant_weight_check CHECK (((weight >= 1) AND (weight <= 1000)))
);

CREATE TABLE rundum.workflow (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    recipe jsonb,
    CONSTRAINT workflow_recipe_shape CHECK ((jsonb_typeof(recipe) = 'object'::text))
);

CREATE VIEW rundum.current_result AS
 SELECT DISTINCT ON (r.tenant_id, r.name, r.key) t.key AS tenant,
    r.name,
    r.key,
    r.id,
    r.is_workflow,
    r.backfill_id
   FROM (( SELECT b.tenant_id,
            b.name,
            i.key,
            COALESCE(i.job_id, i.workflow_id) AS id,
            (i.workflow_id IS NOT NULL) AS is_workflow,
            b.id AS backfill_id
           FROM ((rundum.backfill b
             JOIN rundum.backfill_item i ON ((i.backfill_id = b.id)))
             LEFT JOIN rundum.done d ON ((d.id = i.job_id)))
          WHERE ((b.state <> 'rolledBack'::text) AND
                CASE
                    WHEN (i.job_id IS NULL) THEN (i.outcome = 'succeeded'::text)
                    ELSE (d.state = 'succeeded'::rundum.job_state)
                END)
        UNION ALL
         SELECT b.tenant_id,
            b.name,
            i.key,
            i.previous,
            ((b.spec ->> 'isWorkflow'::text) = 'true'::text),
            NULL::bigint
           FROM (rundum.backfill b
             JOIN rundum.backfill_item i ON ((i.backfill_id = b.id)))
          WHERE (((EXISTS ( SELECT
                   FROM rundum.done p
                  WHERE ((p.id = i.previous) AND (p.state = 'succeeded'::rundum.job_state)))) OR (EXISTS ( SELECT
                   FROM rundum.workflow w
                  WHERE ((w.id = i.previous) AND (rundum.workflow_outcome(w.id) = 'succeeded'::text))))) AND (NOT (EXISTS ( SELECT
                   FROM (rundum.backfill_item o
                     JOIN rundum.backfill ob ON ((ob.id = o.backfill_id)))
                  WHERE (((o.job_id = i.previous) OR (o.workflow_id = i.previous)) AND (ob.state = 'rolledBack'::text))))))) r
     JOIN rundum.tenant t ON ((t.id = r.tenant_id)))
  ORDER BY r.tenant_id, r.name, r.key, r.backfill_id DESC NULLS LAST, r.id;

CREATE TABLE rundum.dependency (
    parent uuid NOT NULL,
    child uuid NOT NULL,
    CONSTRAINT dependency_on_another CHECK ((parent <> child))
);

CREATE TABLE rundum.done_default (
    id uuid NOT NULL,
    run_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT now() NOT NULL,
    fence bigint NOT NULL,
    revision bigint NOT NULL,
    workflow_id uuid,
    progress double precision NOT NULL,
    ended_by uuid,
    tenant_id integer NOT NULL,
    attempt integer NOT NULL,
    max_attempts integer NOT NULL,
    state rundum.job_state NOT NULL,
    priority smallint NOT NULL,
    tolerant boolean NOT NULL,
    cached boolean DEFAULT false NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    label text,
    subject text,
    options jsonb NOT NULL,
    inputs jsonb NOT NULL,
    result jsonb,
    failure jsonb,
    CONSTRAINT done_by_another_did_not_succeed CHECK (((ended_by IS NULL) OR (state = ANY (ARRAY['failed'::rundum.job_state, 'canceled'::rundum.job_state])))),
    CONSTRAINT done_cached_has_result CHECK (((NOT cached) OR (result IS NOT NULL))),
    CONSTRAINT done_has_failure CHECK (((state = ANY (ARRAY['failed'::rundum.job_state, 'canceled'::rundum.job_state])) = (failure IS NOT NULL))),
    CONSTRAINT done_has_result CHECK (((state = ANY (ARRAY['succeeded'::rundum.job_state, 'review'::rundum.job_state])) = (result IS NOT NULL))),
    CONSTRAINT done_state_is_final CHECK ((state = ANY (ARRAY['succeeded'::rundum.job_state, 'review'::rundum.job_state, 'failed'::rundum.job_state, 'canceled'::rundum.job_state])))
);

CREATE SEQUENCE rundum.fence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE rundum.history (
    one boolean DEFAULT true NOT NULL,
    keep_days integer DEFAULT 0 NOT NULL,
    CONSTRAINT history_keep_days_check CHECK ((keep_days >= 0)),
    CONSTRAINT history_one_check CHECK (one)
);

CREATE TABLE rundum.idempotency (
    tenant_id integer NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    workflow_id uuid,
    jobs uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_check CHECK ((key <> ''::text)),
    CONSTRAINT idempotency_request_hash_check CHECK ((octet_length(request_hash) = 32))
);

CREATE TABLE rundum.lane (
    tenant_id integer NOT NULL,
    vnext bigint[] DEFAULT '{0,0,0,0}'::bigint[] NOT NULL,
    CONSTRAINT lane_vnext_check CHECK ((cardinality(vnext) = 4))
)
WITH (fillfactor='50');

CREATE TABLE rundum.migration (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE rundum.recipe (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    workflow text NOT NULL,
    abstract text NOT NULL,
    options jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT recipe_name_check CHECK (((name ~ '^[a-z0-9][a-z0-9.-]{0,63}$'::text) AND (name <> 'default'::text))),
    CONSTRAINT recipe_options_check CHECK ((jsonb_typeof(options) = 'object'::text)),
    CONSTRAINT recipe_version_check CHECK ((version > 0)),
    CONSTRAINT recipe_workflow_check CHECK ((workflow <> ''::text))
);

CREATE TABLE rundum.recipe_default (
    tenant_id integer NOT NULL,
    workflow text NOT NULL,
    name text NOT NULL,
    version integer,
    CONSTRAINT recipe_default_version_check CHECK ((version > 0)),
    CONSTRAINT recipe_default_workflow_check CHECK ((workflow <> ''::text))
);

ALTER TABLE rundum.tenant ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME rundum.tenant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE rundum.tenant_limit (
    tenant_id integer NOT NULL,
    max_running integer,
    per_minute double precision,
    burst integer DEFAULT 1 NOT NULL,
    tokens double precision DEFAULT 0 NOT NULL,
    refilled_at timestamp with time zone DEFAULT now() NOT NULL,
    wake_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT tenant_limit_burst_check CHECK ((burst > 0)),
    CONSTRAINT tenant_limit_max_running_check CHECK ((max_running >= 0)),
    CONSTRAINT tenant_limit_per_minute_check CHECK ((per_minute > (0)::double precision))
)
WITH (fillfactor='50');

CREATE TABLE rundum.worker (
    id bigint NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    process_start numeric(20,0) NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    idle boolean DEFAULT true NOT NULL,
    idle_bulk boolean DEFAULT true NOT NULL,
    lease interval DEFAULT '00:00:15'::interval NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE rundum.worker ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME rundum.worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY rundum.done ATTACH PARTITION rundum.done_default DEFAULT;

ALTER TABLE ONLY rundum.backfill_item
    ADD CONSTRAINT backfill_item_pkey PRIMARY KEY (backfill_id, n);

ALTER TABLE ONLY rundum.backfill
    ADD CONSTRAINT backfill_pkey PRIMARY KEY (id);

ALTER TABLE ONLY rundum.background
    ADD CONSTRAINT background_pkey PRIMARY KEY (tenant_id, name, version);

ALTER TABLE ONLY rundum.band
    ADD CONSTRAINT band_pkey PRIMARY KEY (priority);

ALTER TABLE ONLY rundum.blob_owner
    ADD CONSTRAINT blob_owner_pkey PRIMARY KEY (tenant_id, sha256);

ALTER TABLE ONLY rundum.cache
    ADD CONSTRAINT cache_pkey PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY rundum.cron
    ADD CONSTRAINT cron_pkey PRIMARY KEY (tenant_id, name);

ALTER TABLE ONLY rundum.dependency
    ADD CONSTRAINT dependency_pkey PRIMARY KEY (parent, child);

ALTER TABLE ONLY rundum.done
    ADD CONSTRAINT done_pkey PRIMARY KEY (id);

ALTER TABLE ONLY rundum.done_default
    ADD CONSTRAINT done_default_pkey PRIMARY KEY (id);

ALTER TABLE ONLY rundum.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (one);

ALTER TABLE ONLY rundum.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY rundum.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY rundum.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY rundum.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY rundum.recipe_default
    ADD CONSTRAINT recipe_default_pkey PRIMARY KEY (tenant_id, workflow);

ALTER TABLE ONLY rundum.recipe
    ADD CONSTRAINT recipe_pkey PRIMARY KEY (tenant_id, name, version);

ALTER TABLE ONLY rundum.tenant
    ADD CONSTRAINT tenant_key_key UNIQUE (key);

ALTER TABLE ONLY rundum.tenant_limit
    ADD CONSTRAINT tenant_limit_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY rundum.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY rundum.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (id);

ALTER TABLE ONLY rundum.workflow
    ADD CONSTRAINT workflow_pkey PRIMARY KEY (id);

CREATE UNIQUE INDEX backfill_item_job ON rundum.backfill_item USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE UNIQUE INDEX backfill_item_key ON rundum.backfill_item USING btree (key, backfill_id);

CREATE INDEX backfill_item_open ON rundum.backfill_item USING btree (backfill_id, n) WHERE ((outcome IS NULL) AND ((job_id IS NOT NULL) OR (workflow_id IS NOT NULL)));

CREATE UNIQUE INDEX backfill_item_workflow ON rundum.backfill_item USING btree (workflow_id) WHERE (workflow_id IS NOT NULL);

CREATE INDEX backfill_tenant ON rundum.backfill USING btree (tenant_id, id);

CREATE INDEX cron_next ON rundum.cron USING btree (next_at);

CREATE INDEX dependency_child ON rundum.dependency USING btree (child);

CREATE INDEX done_finished ON ONLY rundum.done USING brin (finished_at);

CREATE INDEX done_default_finished_at_idx ON rundum.done_default USING brin (finished_at);

CREATE INDEX done_tenant ON ONLY rundum.done USING btree (tenant_id, id);

CREATE INDEX done_default_tenant_id_id_idx ON rundum.done_default USING btree (tenant_id, id);

CREATE INDEX done_subject ON ONLY rundum.done USING btree (tenant_id, subject, id) WHERE (subject IS NOT NULL);

CREATE INDEX done_default_tenant_id_subject_id_idx ON rundum.done_default USING btree (tenant_id, subject, id) WHERE (subject IS NOT NULL);

CREATE INDEX done_workflow ON ONLY rundum.done USING btree (workflow_id) WHERE (workflow_id IS NOT NULL);

CREATE INDEX done_default_workflow_id_idx ON rundum.done_default USING btree (workflow_id) WHERE (workflow_id IS NOT NULL);

CREATE INDEX idempotency_created ON rundum.idempotency USING brin (created_at);

CREATE INDEX job_due ON rundum.job USING btree (due_at) WHERE (shelf = 2);

CREATE INDEX job_open ON rundum.job USING btree (tenant_id) WHERE (gate = 2);

CREATE INDEX job_parked ON rundum.job USING btree (tenant_id, priority, vt, id) WHERE (shelf = 1);

CREATE INDEX job_ready ON rundum.job USING btree (priority, vt, id) WHERE (shelf = 0);

CREATE INDEX job_tenant ON rundum.job USING btree (tenant_id, id);

CREATE INDEX job_workflow ON rundum.job USING btree (workflow_id) WHERE (workflow_id IS NOT NULL);

CREATE INDEX tenant_limit_wake ON rundum.tenant_limit USING btree (wake_at) WHERE (wake_at < 'infinity'::timestamp with time zone);

ALTER INDEX rundum.done_finished ATTACH PARTITION rundum.done_default_finished_at_idx;

ALTER INDEX rundum.done_pkey ATTACH PARTITION rundum.done_default_pkey;

ALTER INDEX rundum.done_tenant ATTACH PARTITION rundum.done_default_tenant_id_id_idx;

ALTER INDEX rundum.done_subject ATTACH PARTITION rundum.done_default_tenant_id_subject_id_idx;

ALTER INDEX rundum.done_workflow ATTACH PARTITION rundum.done_default_workflow_id_idx;

CREATE TRIGGER background_never_changes BEFORE UPDATE ON rundum.background FOR EACH ROW EXECUTE FUNCTION rundum.refuse_change();

CREATE TRIGGER recipe_never_changes BEFORE UPDATE ON rundum.recipe FOR EACH ROW EXECUTE FUNCTION rundum.refuse_change();

ALTER TABLE ONLY rundum.backfill
    ADD CONSTRAINT backfill_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.background
    ADD CONSTRAINT background_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.blob_owner
    ADD CONSTRAINT blob_owner_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.cache
    ADD CONSTRAINT cache_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.cron
    ADD CONSTRAINT cron_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.idempotency
    ADD CONSTRAINT idempotency_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.lane
    ADD CONSTRAINT lane_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.recipe_default
    ADD CONSTRAINT recipe_default_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.recipe
    ADD CONSTRAINT recipe_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.tenant_limit
    ADD CONSTRAINT tenant_limit_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);

ALTER TABLE ONLY rundum.workflow
    ADD CONSTRAINT workflow_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rundum.tenant(id);
