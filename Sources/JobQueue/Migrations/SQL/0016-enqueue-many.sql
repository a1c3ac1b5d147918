-- Many plain requests in a few statements, where each had cost a function's call and several documents.

-- Whether a request has nothing that needs a second look: no key, no time to run, nothing unknown, null or wrong. What is
-- not plain goes the way of `request_step`, which says what is wrong.
create function rundum.is_plain(_request jsonb) returns boolean
language sql immutable as $$
    select coalesce(jsonb_typeof(_request) = 'object'
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
            end, false)
$$;

-- Inserts plain requests of one tenant; answers their ids in their order.
create function rundum.insert_plain(_tenant integer, _requests jsonb[]) returns uuid[]
language plpgsql set jit = off as $$
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

create or replace function rundum.enqueue_many(_requests jsonb[]) returns uuid[]
language plpgsql security definer set search_path = '' as $$
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

-- Enqueues requests of one tenant and one key, or none, that are not plain; `_places` are their numbers in complaints.
create function rundum.enqueue_odd(
    _tenant integer, _tenant_key text, _key text, _requests jsonb[], _places bigint[], _many boolean) returns uuid[]
language plpgsql as $$
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
