-- A heartbeat locks no job of which it has nothing to say: with hundreds of short jobs each beat had locked all of them, and
-- who was about to end one waited.

create or replace function rundum.heartbeat(
    _worker bigint, _lease interval, _jobs uuid[], _fences bigint[], _fractions double precision[], _steps text[])
returns table (expired boolean, job uuid, lost boolean)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off set plan_cache_mode = force_generic_plan as $$
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
