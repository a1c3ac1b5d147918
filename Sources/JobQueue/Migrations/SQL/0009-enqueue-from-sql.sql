-- Enqueueing from any language: one function for one job, one for many, in the caller's own transaction. A request is
-- checked here as the API checks it, except for the options, which only the kind's own code knows.

-- The step that `insert_steps` takes, of a request as callers write it. `_where` begins every complaint.
create function rundum.request_step(_request jsonb, _where text) returns jsonb
language plpgsql stable as $$
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
$$;

-- Enqueues many jobs, all or none; answers their ids in the order of the requests. Runs with the rights of its owner, so
-- that a caller needs none on the tables: `grant usage on schema rundum`, then `grant execute` on this.
create function rundum.enqueue_many(_requests jsonb[]) returns uuid[]
language plpgsql security definer set search_path = '' as $$
declare
    v_ids uuid[] := array_fill(null::uuid, array[coalesce(cardinality(_requests), 0)]);
    v_many boolean := cardinality(_requests) > 1;
    v_group record;
    v_new uuid[];
    v_place bigint;
begin
    -- The tenants first: their numbers are the order in which everybody locks who takes places.
    perform rundum.tenant_number(t.key)
    from (select distinct coalesce(r.request ->> 'tenant', 'default') as key from unnest(_requests) r(request)) t
    where t.key <> '' order by t.key;
    for v_group in
        select t.id, t.key as tenant, r.request ->> 'key' as key, array_agg(r.n order by r.n) as places,
            jsonb_agg(rundum.request_step(
                r.request, case when v_many then format('Request %s: ', r.n) else '' end) order by r.n) as steps
        from unnest(_requests) with ordinality r(request, n)
        left join rundum.tenant t on t.key = coalesce(r.request ->> 'tenant', 'default')
        group by 1, 2, 3 order by 1, 3
    loop
        if v_group.key is null then
            perform rundum.refuse_foreign_blobs(v_group.id, v_group.steps);
            v_new := rundum.insert_steps(v_group.id, null, v_group.steps);
        else
            -- Those of one key are one job, or a mistake that `enqueue_steps` tells.
            select array_agg(n.id order by s.n) into v_new
            from jsonb_array_elements(v_group.steps) with ordinality s(step, n)
            cross join lateral (
                select (e.job).id as id
                from rundum.enqueue_steps(v_group.tenant, null, jsonb_build_array(s.step), v_group.key) e) n;
        end if;
        for n in 1..cardinality(v_group.places) loop
            v_place := v_group.places [n];
            v_ids [v_place] := v_new [n];
        end loop;
    end loop;
    return v_ids;
end
$$;

-- Enqueues one job and answers its id; with a `key`, the same request again answers the first job's.
create function rundum.enqueue(_request jsonb) returns uuid
language sql volatile security definer set search_path = '' as $$
    select (rundum.enqueue_many(array[_request])) [1]
$$;

revoke all on function rundum.enqueue(jsonb), rundum.enqueue_many(jsonb[]) from public;
