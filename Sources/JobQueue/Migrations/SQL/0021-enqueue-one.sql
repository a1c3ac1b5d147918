-- One job that waits for nothing is enqueued by statements whose plans are kept: an upload that somebody looks at is on its
-- way in a third of the time.

-- A function in SQL is planned each time that it is called.
create or replace function rundum.stride(_tenant integer) returns bigint
language plpgsql stable as $$
begin
    return (select 1000000 / t.weight from rundum.tenant t where t.id = _tenant);
end
$$;

-- Jobs that are not final, as `any_job` shows them: who knows that a job is new need not look through the weeks of the others.
create view rundum.live_job as
    select id, tenant_id, workflow_id, label, state, kind, options, inputs, subject, priority, run_at, max_attempts,
        attempt, progress, step, failure, null::jsonb as result, false as cached, created_at, started_at,
        null::timestamptz as finished_at, revision
    from rundum.job;

create or replace view rundum.any_job as
    select * from rundum.live_job
    union all
    select id, tenant_id, workflow_id, label, state, kind, options, inputs, subject, priority, run_at, max_attempts,
        attempt, progress, step, failure, result, cached, created_at, started_at, finished_at, revision
    from rundum.done;

-- Inserts one job that is due and waits for no other; answers its id.
create function rundum.insert_one(_tenant integer, _job jsonb) returns uuid
language plpgsql as $$
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

-- Enqueues as before; a single job that waits for nothing goes by `insert_one`.
create or replace function rundum.enqueue_steps(
    _tenant text, _name text, _steps jsonb, _key text, _recipe jsonb default null, _asked text default null)
returns table (replayed boolean, workflow uuid, job rundum.any_job)
language plpgsql as $$
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
$$;
