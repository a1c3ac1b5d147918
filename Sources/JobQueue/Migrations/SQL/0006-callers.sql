-- What callers may do to a job: cancel it, put it back.

-- Cancels a job that is not final, with its dependents; a running one is marked, its worker learns of it by heartbeat.
create function rundum.cancel(_tenant text, _job uuid) returns setof rundum.any_job
language plpgsql as $$
declare
    v_job rundum.any_job;
    v_state rundum.job_state;
begin
    perform rundum.lock_workflow_of(_job);
    -- The lock first: the state that is read after it stays.
    perform 1 from rundum.job j where j.id = _job for update;
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
    elsif v_state <> 'canceled' then
        raise exception 'The job is already final: %.', v_state using errcode = 'RU409';
    end if;
    return query select a.* from rundum.any_job a where a.id = _job;
end
$$;

-- Moves a done job back to `job`, blocked until its caller has counted its dependencies.
create function rundum.restore(_job uuid) returns void
language sql volatile as $$
    with gone as (delete from rundum.done where id = _job returning *)
    insert into rundum.job (
        id, run_at, created_at, fence, revision, workflow_id, tenant_id, max_attempts, deps_left, state, priority,
        tolerant, kind, label, subject, options, inputs)
    select id, run_at, created_at, nextval('rundum.fence'), revision + 1, workflow_id, tenant_id, max_attempts, 1,
        'blocked', priority, tolerant, kind, label, subject, options, inputs
    from gone
$$;

-- Puts a failed or canceled job back with a fresh count of attempts, and with it the dependents that ended by it; those
-- that still wait for others wait for it again.
create function rundum.retry(_tenant text, _job uuid) returns setof rundum.any_job
language plpgsql as $$
declare
    v_done rundum.done;
    v_child rundum.job;
    v_id uuid;
    v_ids uuid[];
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

    select array_agg(d.id order by d.id) into v_ids from rundum.done d
    where d.id = _job or (d.workflow_id = v_done.workflow_id and d.ended_by = _job);
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
    return query select a.* from rundum.any_job a where a.id = _job;
end
$$;
