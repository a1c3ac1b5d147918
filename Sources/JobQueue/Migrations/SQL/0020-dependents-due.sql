-- A dependent that asked for no time was given the time of its enqueuing: when the clock was set back before its last
-- dependency ended, it waited until the clock stood there again.

create or replace function rundum.free_job(_job rundum.job) returns boolean
language plpgsql as $$
declare
    v_inputs record;
    v_failed uuid;
    v_failure jsonb;
    -- The clock, not the transaction's start: a transaction that began earlier may end the last dependency.
    v_place bigint := 0;
    v_gate smallint := 0;
    -- Who asked for no time is due now, also when the clock was set back since it was enqueued.
    v_due boolean := _job.run_at is null or _job.due_at <= clock_timestamp();
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
