-- A request that comes alone goes by none of what sorts many: no grouping, and no plan made anew for each call.
create or replace function rundum.is_plain(_request jsonb) returns boolean
language plpgsql immutable as $$
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
$$;

create or replace function rundum.enqueue(_request jsonb) returns uuid
language plpgsql security definer set search_path = '' as $$
begin
    if rundum.is_plain(_request) then
        return (rundum.insert_plain(
            rundum.tenant_number(coalesce(_request ->> 'tenant', 'default')), array[_request])) [1];
    end if;
    return (rundum.enqueue_many(array[_request])) [1];
end
$$;

alter function rundum.enqueue_many(jsonb[]) set plan_cache_mode = force_generic_plan;
alter function rundum.insert_plain(integer, jsonb[]) set plan_cache_mode = force_generic_plan;

-- Looks for the end of those jobs only that are no longer waiting or at work: of thousands that is a handful each time. The
-- plan is kept, and good for a backfill of any size.
create or replace function rundum.collect_backfill(_backfill bigint, _again boolean)
returns table (outcome text, items bigint)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off set plan_cache_mode = force_generic_plan as $$
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
