-- Ends and what follows from them: a final job moves to `done`, its dependents are freed, failed or canceled with it.

-- Moves a live job to `done`. Answers nothing; the caller holds the job's lock.
create function rundum.finish(
    _job uuid, _state rundum.job_state, _result jsonb, _failure jsonb, _cached boolean, _ended_by uuid) returns void
language sql volatile as $$
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

-- A failure as a job shows it, with the attempt and the database's time.
create function rundum.failure_record(_failure jsonb, _attempt integer) returns jsonb
language sql stable as $$
    select jsonb_build_object('failure', _failure, 'attempt', _attempt,
        'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
$$;

create function rundum.cancelled_failure() returns jsonb
language sql immutable as $$
    select '{"code": "cancelled", "summary": "The job was cancelled."}'::jsonb
$$;

-- Why a dependent that ends in `_state` never ran: names the step that began it and repeats its cause.
create function rundum.dependency_failure(_root uuid, _state rundum.job_state) returns jsonb
language sql stable as $$
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

-- Lets a blocked job go whose dependencies are all final: takes the blobs that its inputs name, then queues it, or
-- fails it when something that it needs is missing. Answers whether it failed.
create function rundum.free_job(_job rundum.job) returns boolean
language plpgsql as $$
declare
    v_inputs record;
    v_failed uuid;
    v_failure jsonb;
    -- The clock, not the transaction's start: a transaction that began earlier may end the last dependency.
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
    update rundum.job j set
        state = case when v_due then 'queued' else 'scheduled' end::rundum.job_state, deps_left = 0,
        resolved = v_inputs.resolved, revision = j.revision + 1,
        vt = case when v_due then rundum.take_places(j.tenant_id, j.priority, 1) else 0 end
    where j.id = _job.id;
    return false;
end
$$;

-- Tells the dependents of a job that has just become final, and theirs in turn. The workflow is locked.
create function rundum.settle(_ended uuid) returns void
language plpgsql as $$
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
