-- A job in review may ask something, such as whether a place is a number plate. The answer is options for another run.

-- Moves an ended job back to those that live, and with it the dependents that ended by it; those that still wait for
-- others wait for it again. The caller holds the workflow's lock.
create function rundum.put_back(_job uuid, _workflow uuid) returns void
language plpgsql as $$
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

-- Puts a failed or canceled job back with a fresh count of attempts, and with it the dependents that ended by it; those
-- that still wait for others wait for it again.
create or replace function rundum.retry(_tenant text, _job uuid) returns setof rundum.any_job
language plpgsql as $$
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

create or replace function rundum.free_job(_job rundum.job) returns boolean
language plpgsql as $$
declare
    v_inputs record;
    v_failed uuid;
    v_failure jsonb;
    -- The clock, not the transaction's start: a transaction that began earlier may end the last dependency.
    v_place bigint := 0;
    v_gate smallint := 0;
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

drop function rundum.decide(text, uuid, boolean, jsonb);

-- What a person says of a job in review: good, or not to be used. Asked again, it answers the job as it is. Where a flag
-- has answers, it asks something: the job runs once more with the options of that answer, and what ended for want of its
-- outputs follows. Else what followed it has had its outputs, so only the job itself changes; rejected, its outputs are gone.
create function rundum.decide(_tenant text, _job uuid, _approved boolean, _failure jsonb, _answer text)
returns setof rundum.any_job
language plpgsql as $$
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
