-- Jobs that come again by the clock of a place. Schedules are those of cron: minute, hour, day of the month, month, day of
-- the week. A time that the place's clock skips runs at the first one after it; one that it shows twice runs once, the
-- first time, unless the schedule says every hour.

create table rundum.cron (
    tenant_id integer not null references rundum.tenant (id),
    name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    schedule text not null,
    zone text not null,
    -- As `rundum.enqueue` takes it, without tenant, key and runAt.
    request jsonb not null,
    next_at timestamptz not null,
    last_at timestamptz,
    last_job uuid,
    -- Why the last one was not enqueued.
    failure text,
    created_at timestamptz not null default now(),
    primary key (tenant_id, name)
) with (fillfactor = 50);

create index cron_next on rundum.cron (next_at);

-- The numbers that one field of a schedule means, such as `1,10-20/2,*/15` or `MON-FRI`; names begin with `_least`.
create function rundum.cron_field(_field text, _least integer, _most integer, _names text[]) returns integer[]
language plpgsql immutable as $$
declare
    v_part text;
    v_match text[];
    v_ends text[];
    v_from integer;
    v_to integer;
    v_step integer;
    v_all integer[] := '{}';
begin
    foreach v_part in array string_to_array(coalesce(_field, ''), ',') loop
        v_match := regexp_match(upper(v_part), '^(\*|[0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?(?:/([0-9]{1,2}))?$');
        v_ends := array[v_match [1], coalesce(v_match [2], v_match [1])];
        for n in 1..2 loop
            if v_ends [n] ~ '^[A-Z]' then
                v_ends [n] := (array_position(_names, v_ends [n]) - 1 + _least)::text;
            end if;
        end loop;
        if v_match [1] = '*' and v_match [2] is null then
            v_from := _least;
            v_to := _most;
        elsif v_match [1] <> '*' and v_ends [2] ~ '^[0-9]+$' then
            v_from := v_ends [1]::integer;
            v_to := case when v_match [2] is null and v_match [3] is not null then _most else v_ends [2]::integer end;
        else
            return null;
        end if;
        v_step := coalesce(v_match [3], '1')::integer;
        if v_from is null or v_step < 1 or v_from < _least or v_to > _most or v_from > v_to then
            return null;
        end if;
        v_all := v_all || array(select generate_series(v_from, v_to, v_step));
    end loop;
    return (select array_agg(distinct n order by n) from unnest(v_all) n);
end
$$;

-- The first instant after `_after` that the schedule means by the clock of the zone.
create function rundum.cron_next(_schedule text, _zone text, _after timestamptz) returns timestamptz
language plpgsql stable as $$
declare
    v_months constant text[] := '{JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC}';
    v_days constant text[] := '{SUN,MON,TUE,WED,THU,FRI,SAT}';
    v_text text := case lower(btrim(_schedule))
        when '@hourly' then '0 * * * *' when '@daily' then '0 0 * * *' when '@midnight' then '0 0 * * *'
        when '@weekly' then '0 0 * * 0' when '@monthly' then '0 0 1 * *' when '@yearly' then '0 0 1 1 *'
        else btrim(_schedule) end;
    v_fields text[] := regexp_split_to_array(v_text, '\s+');
    v_minutes integer[] := rundum.cron_field(v_fields [1], 0, 59, '{}');
    v_hours integer[] := rundum.cron_field(v_fields [2], 0, 23, '{}');
    v_of_month integer[] := rundum.cron_field(v_fields [3], 1, 31, '{}');
    v_in_months integer[] := rundum.cron_field(v_fields [4], 1, 12, v_months);
    v_of_week integer[] := rundum.cron_field(v_fields [5], 0, 7, v_days);
    v_day date := (_after at time zone _zone)::date;
    v_either boolean;
    v_month_day boolean;
    v_week_day boolean;
    v_found timestamptz;
begin
    if cardinality(v_fields) <> 5 or v_minutes is null or v_hours is null or v_of_month is null or v_in_months is null
        or v_of_week is null
    then
        raise exception 'The schedule is not one of cron''s: %.', _schedule
            using errcode = 'RU400',
            hint = 'Five fields: minute, hour, day of the month, month, day of the week; 30 6 * * MON-FRI is 6:30 on workdays.';
    end if;
    -- Cron's rule: two days that are both named mean either.
    v_either := v_fields [3] !~ '^\*' and v_fields [5] !~ '^\*';
    -- The day before too: where clocks go back over midnight, its end comes again.
    v_day := v_day - 1;
    -- February 29 comes after eight years at the latest.
    for n in 0..3000 loop
        v_month_day := extract(day from v_day)::integer = any (v_of_month);
        -- Sunday is 0 and 7.
        v_week_day := extract(dow from v_day)::integer = any (v_of_week)
            or extract(isodow from v_day)::integer = any (v_of_week);
        if extract(month from v_day)::integer = any (v_in_months)
            and (v_month_day and v_week_day or v_either and (v_month_day or v_week_day))
        then
            select min(i.instant) into v_found
            from (select v_day + make_interval(hours => h, mins => m) as shown from unnest(v_hours) h, unnest(v_minutes) m) t
            cross join lateral rundum.instants(t.shown, _zone, v_fields [2] = '*') i
            where i.instant > _after;
            if v_found is not null then
                return v_found;
            end if;
        end if;
        v_day := v_day + 1;
    end loop;
    raise exception 'The schedule never comes: %.', _schedule using errcode = 'RU400', hint = 'Is there such a day?';
end
$$;

-- When clocks of the zone show that time: `_each` time, or only the first; the first instant after it where they skip it.
create function rundum.instants(_shown timestamp, _zone text, _each boolean)
returns table (instant timestamptz)
language plpgsql stable as $$
declare
    v_guess timestamptz := _shown at time zone _zone;
begin
    -- Nearly always there is nothing to find: clocks change by a part of three hours, and not within them.
    if (v_guess - interval '3 h') at time zone _zone = _shown - interval '3 h'
        and (v_guess + interval '3 h') at time zone _zone = _shown + interval '3 h'
    then
        return query select v_guess;
    elsif v_guess at time zone _zone <> _shown then
        return query
        select min(s.at) from generate_series(v_guess - interval '3 h', v_guess + interval '3 h', '1 min') s(at)
        where s.at at time zone _zone > _shown and not _each having count(*) > 0;
    else
        return query
        select s.at from generate_series(v_guess - interval '3 h', v_guess + interval '3 h', '15 min') s(at)
        where s.at at time zone _zone = _shown order by s.at limit case when _each then 2 else 1 end;
    end if;
end
$$;

-- Adds an entry or changes the one of that name; its next time is reckoned from now.
create function rundum.set_cron(
    _tenant text, _name text, _schedule text, _zone text, _request jsonb, _now timestamptz) returns setof rundum.cron
language plpgsql as $$
declare
    v_wrong text;
begin
    if coalesce(_name, '') !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' then
        raise exception 'The name is none: %.', _name
            using errcode = 'RU400', hint = 'Up to 64 letters, digits, dots, hyphens and underscores.';
    end if;
    if not exists (select from pg_catalog.pg_timezone_names z where z.name = _zone) then
        raise exception 'There is no time zone %.', _zone
            using errcode = 'RU400', hint = 'For example: Europe/Berlin, or UTC.';
    end if;
    select m.key into v_wrong from jsonb_object_keys(case jsonb_typeof(_request) when 'object' then _request else '{}' end) m(key)
    where m.key in ('tenant', 'key', 'runAt') limit 1;
    if found then
        raise exception 'A request that comes again has no %.', v_wrong using errcode = 'RU400';
    end if;
    perform rundum.refuse_foreign_blobs(
        rundum.tenant_number(_tenant), jsonb_build_array(rundum.request_step(_request, '')));
    return query
    insert into rundum.cron as c (tenant_id, name, schedule, zone, request, next_at)
    values (rundum.tenant_number(_tenant), _name, _schedule, _zone, _request, rundum.cron_next(_schedule, _zone, _now))
    on conflict (tenant_id, name) do update
    set schedule = excluded.schedule, zone = excluded.zone, request = excluded.request, next_at = excluded.next_at,
        failure = null
    returning c.*;
end
$$;

-- Enqueues the jobs of entries whose time has come, each once however many ask and however often its time came meanwhile.
-- Answers how many.
create function rundum.fire_cron(_now timestamptz) returns integer
language plpgsql as $$
declare
    v_entry rundum.cron;
    v_job uuid;
    v_failure text;
    v_count integer := 0;
begin
    -- In the order of tenants, as everybody locks who takes places.
    for v_entry in
        select c.* from rundum.cron c where c.next_at <= _now order by c.tenant_id, c.name limit 1000
        for update skip locked
    loop
        v_job := null;
        v_failure := null;
        begin
            v_job := rundum.enqueue(v_entry.request
                || jsonb_build_object('tenant', (select t.key from rundum.tenant t where t.id = v_entry.tenant_id)));
            v_count := v_count + 1;
        exception when others then
            -- One that can't be must not hold up the others; it is said where entries are listed.
            v_failure := sqlerrm;
        end;
        update rundum.cron c set
            next_at = rundum.cron_next(c.schedule, c.zone, _now), last_at = _now, failure = v_failure,
            last_job = coalesce(v_job, c.last_job)
        where c.tenant_id = v_entry.tenant_id and c.name = v_entry.name;
    end loop;
    return v_count;
end
$$;
