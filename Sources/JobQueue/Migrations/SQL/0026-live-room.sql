-- A worker that fills up with bulk jobs has places for live ones still, and is told of each: `idle` goes by live jobs alone.
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
