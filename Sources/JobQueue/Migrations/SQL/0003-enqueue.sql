-- Enqueueing. The request is the JSON of a JobRequest or a WorkflowRequest; the same JSON comes from any language.
-- SQLSTATEs of class RU are answers to the caller, with a message and a hint for people, and the slot as the column:
-- RU400 bad request, RU404 unknown, RU409 conflict, RU410 a blob that the tenant may not read, RU422 a key with another
-- request.

create function rundum.refuse_foreign_blobs(_tenant integer, _steps jsonb) returns void
language plpgsql as $$
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
$$;

-- Inserts the steps in their order, with their dependencies; answers the ids in the same order.
create function rundum.insert_steps(_tenant integer, _workflow uuid, _steps jsonb) returns uuid[]
language plpgsql as $$
declare
    v_micros bigint := extract(epoch from clock_timestamp()) * 1000000;
    v_stride bigint := rundum.stride(_tenant);
    v_first bigint[] := array[0, 0, 0, 0];
    v_ids uuid[];
    v_steps jsonb;
    v_unknown text;
    v_band record;
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

    insert into rundum.job (
        id, vt, due_at, run_at, workflow_id, tenant_id, max_attempts, deps_left, state, priority, tolerant, kind, label,
        subject, options, inputs)
    select (s.value ->> 'id')::uuid,
        v_first[(s.value ->> 'priority')::integer + 1] + v_stride * (row_number() over (
            partition by s.value ->> 'priority', s.value ->> 'state' order by s.n) - 1),
        (s.value ->> 'dueAt')::timestamptz, (s.value #>> '{job,runAt}')::timestamptz, _workflow, _tenant,
        coalesce((s.value #>> '{job,maxAttempts}')::integer, 5), jsonb_array_length(s.value -> 'waits'),
        (s.value ->> 'state')::rundum.job_state, (s.value ->> 'priority')::smallint,
        (s.value ->> 'tolerant')::boolean, s.value #>> '{job,kind}', s.value ->> 'label', s.value #>> '{job,subject}',
        coalesce(s.value #> '{job,options}', '{}'), coalesce(s.value #> '{job,inputs}', '[]')
    from jsonb_array_elements(v_steps) with ordinality s(value, n);

    insert into rundum.dependency (parent, child)
    select (p.value ->> 'id')::uuid, (s.value ->> 'id')::uuid
    from jsonb_array_elements(v_steps) s
    cross join lateral jsonb_array_elements_text(s.value -> 'waits') w(label)
    join jsonb_array_elements(v_steps) p on p.value ->> 'label' = w.label;

    select array_agg((s.value ->> 'id')::uuid order by (s.value ->> 'n')::integer) into v_ids
    from jsonb_array_elements(v_steps) s;
    return v_ids;
end
$$;

-- Enqueues one job (`_name` null, `_steps` one element without label) or a workflow. With a key, the first request's
-- jobs are answered again for the same request; requests are compared by the hash of their normalised JSON.
create function rundum.enqueue_steps(_tenant text, _name text, _steps jsonb, _key text)
returns table (replayed boolean, workflow uuid, job rundum.any_job)
language plpgsql as $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_hash bytea := sha256(convert_to(jsonb_build_array(_name, _steps)::text, 'UTF8'));
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
        insert into rundum.workflow (id, tenant_id, name) values (v_workflow, v_tenant, _name);
    end if;
    v_ids := rundum.insert_steps(v_tenant, v_workflow, _steps);
    if _key is not null then
        update rundum.idempotency i set workflow_id = v_workflow, jobs = v_ids
        where i.tenant_id = v_tenant and i.key = _key;
    end if;
    return query select false, v_workflow, j from rundum.any_job j where j.id = any (v_ids) order by j.id;
end
$$;
