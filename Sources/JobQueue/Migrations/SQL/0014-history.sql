-- How long ended jobs are kept: `done` is cut into weeks by the times that its ids begin with, and a week that is over is
-- dropped as a whole, without a dead row.

-- Days that ended jobs are kept, for tenants that say nothing of their own; 0 keeps them for ever.
create table rundum.history (
    one boolean primary key default true check (one),
    keep_days integer not null default 0 check (keep_days >= 0)
);

insert into rundum.history default values;

alter table rundum.tenant add column keep_days integer check (keep_days >= 0);

create index idempotency_created on rundum.idempotency using brin (created_at);

-- The least id that a job of that time may have.
create function rundum.first_id(_at timestamptz) returns uuid
language sql immutable as $$
    select (lpad(to_hex(floor(extract(epoch from _at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the weeks from this one to three ahead; answers how many. A week that already has jobs in the default partition
-- stays there: the next one is made in time.
create function rundum.make_weeks(_now timestamptz) returns integer
language plpgsql set lock_timeout = '2s' as $$
declare
    v_week timestamptz := date_trunc('week', _now, 'UTC');
    v_name text;
    v_made integer := 0;
begin
    for n in 0..3 loop
        v_name := 'done_' || to_char(v_week at time zone 'UTC', 'YYYYMMDD');
        if not exists (
            select from pg_catalog.pg_class c join pg_catalog.pg_namespace s on s.oid = c.relnamespace
            where s.nspname = 'rundum' and c.relname = v_name)
            and not exists (
                select from rundum.done_default d
                where d.id >= rundum.first_id(v_week) and d.id < rundum.first_id(v_week + interval '168 h'))
        then
            execute format('create table rundum.%I (like rundum.done including all)', v_name);
            execute format('alter table rundum.done attach partition rundum.%I for values from (%L) to (%L)',
                v_name, rundum.first_id(v_week), rundum.first_id(v_week + interval '168 h'));
            v_made := v_made + 1;
        end if;
        v_week := v_week + interval '168 h';
    end loop;
    return v_made;
end
$$;

-- Drops one week that is over: all of its jobs ended longer ago than they are kept, and none of their workflows goes on.
-- What a tenant keeps longer moves to the default partition. Answers how many jobs went; null when no week is over.
create function rundum.drop_week(_now timestamptz) returns bigint
language plpgsql set lock_timeout = '2s' as $$
declare
    v_keep integer := (select h.keep_days from rundum.history h);
    v_cutoff timestamptz := _now - v_keep * interval '24 h';
    v_name text;
    v_from timestamptz;
    v_open boolean;
    v_all bigint;
    v_kept bigint;
begin
    for v_name in
        select c.relname from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where v_keep > 0 and i.inhparent = 'rundum.done'::regclass and c.relname ~ '^done_[0-9]{8}$' order by 1
    loop
        v_from := to_date(right(v_name, 8), 'YYYYMMDD')::timestamp at time zone 'UTC';
        exit when v_from + interval '168 h' > v_cutoff;
        execute format('select exists (select from rundum.%I d where d.finished_at > $1) or exists (
            select from rundum.job j where j.workflow_id is not null and j.id < $2)', v_name)
        into v_open using v_cutoff, rundum.first_id(v_from + interval '168 h');
        continue when v_open;
        execute format('alter table rundum.done detach partition rundum.%I', v_name);
        execute format('select count(*) from rundum.%I', v_name) into v_all;
        execute format('insert into rundum.done select d.* from rundum.%I d join rundum.tenant t on t.id = d.tenant_id
            where t.keep_days = 0 or t.keep_days > $1', v_name) using v_keep;
        get diagnostics v_kept = row_count;
        execute format('drop table rundum.%I', v_name);
        delete from rundum.dependency p
        where p.parent >= rundum.first_id(v_from) and p.parent < rundum.first_id(v_from + interval '168 h')
            and not exists (select from rundum.done d where d.id = p.parent);
        delete from rundum.workflow w
        where w.id >= rundum.first_id(v_from) and w.id < rundum.first_id(v_from + interval '168 h')
            and not exists (select from rundum.done d where d.workflow_id = w.id)
            and not exists (select from rundum.job j where j.workflow_id = w.id);
        return v_all - v_kept;
    end loop;
    return null;
end
$$;

-- Deletes up to `_limit` jobs row by row: those of tenants that keep less than the rest, and what is too old in the
-- default partition. Answers how many.
create function rundum.trim_history(_now timestamptz, _limit integer) returns integer
language plpgsql as $$
declare
    v_keep integer := (select h.keep_days from rundum.history h);
    v_ids uuid[];
    v_workflows uuid[];
begin
    select array_agg(o.id) into v_ids
    from (
        (select d.id
        from rundum.tenant t
        join rundum.done d on d.tenant_id = t.id
            and d.id < rundum.first_id(_now - t.keep_days * interval '24 h')
            and d.finished_at < _now - t.keep_days * interval '24 h'
        where t.keep_days > 0 and (v_keep = 0 or t.keep_days < v_keep)
            and (d.workflow_id is null or not exists (select from rundum.job j where j.workflow_id = d.workflow_id))
        limit _limit)
        union
        (select d.id
        from rundum.done_default d join rundum.tenant t on t.id = d.tenant_id
        where coalesce(t.keep_days, v_keep) > 0
            and d.finished_at < _now - coalesce(t.keep_days, v_keep) * interval '24 h'
            and (d.workflow_id is null or not exists (select from rundum.job j where j.workflow_id = d.workflow_id))
        limit _limit)
    ) o;
    if v_ids is null then
        return 0;
    end if;
    with gone as (delete from rundum.done d where d.id = any (v_ids) returning d.workflow_id)
    select array_agg(distinct g.workflow_id) into v_workflows from gone g where g.workflow_id is not null;
    delete from rundum.dependency p where p.parent = any (v_ids);
    delete from rundum.dependency p where p.child = any (v_ids);
    delete from rundum.workflow w
    where w.id = any (v_workflows) and not exists (select from rundum.done d where d.workflow_id = w.id);
    return cardinality(v_ids);
end
$$;

-- One step of keeping house, in a transaction of its own; `again` says that there is more to do. One caller at a time
-- does it, the others answer at once that there is nothing.
create function rundum.keep_house(_now timestamptz, _limit integer)
returns table (weeks_made integer, weeks_dropped integer, jobs_deleted bigint, again boolean)
language plpgsql as $$
declare
    v_keep integer := (select h.keep_days from rundum.history h);
    v_dropped bigint;
begin
    weeks_made := 0;
    weeks_dropped := 0;
    jobs_deleted := 0;
    again := false;
    if pg_try_advisory_xact_lock(7248306134022) then
        weeks_made := rundum.make_weeks(_now);
        v_dropped := rundum.drop_week(_now);
        weeks_dropped := case when v_dropped is null then 0 else 1 end;
        jobs_deleted := coalesce(v_dropped, rundum.trim_history(_now, _limit));
        again := v_dropped is not null or jobs_deleted > 0;
        delete from rundum.idempotency i using rundum.tenant t
        where t.id = i.tenant_id and coalesce(t.keep_days, v_keep) > 0
            and i.created_at < _now - coalesce(t.keep_days, v_keep) * interval '24 h';
    end if;
    return next;
end
$$;

-- Sets how many days ended jobs are kept: of one tenant (null goes back to the rest's), or of all that say nothing.
create function rundum.set_keep(_tenant text, _days integer) returns void
language plpgsql as $$
begin
    if _tenant is null then
        update rundum.history h set keep_days = coalesce(_days, 0);
    else
        update rundum.tenant t set keep_days = _days where t.id = rundum.tenant_number(_tenant);
    end if;
end
$$;
