-- Whoever ends a job chooses its partition before it waits for one that comes into being, and would then be refused: nobody
-- ends a job while a week is made.

create or replace function rundum.make_weeks(_now timestamptz) returns integer
language plpgsql set lock_timeout = '2s' as $$
declare
    v_week timestamptz;
    v_name text;
    v_made integer := 0;
begin
    for n in 0..3 loop
        v_week := date_trunc('week', _now, 'UTC') + n * interval '168 h';
        v_name := 'done_' || to_char(v_week at time zone 'UTC', 'YYYYMMDD');
        continue when exists (
            select from pg_catalog.pg_class c join pg_catalog.pg_namespace s on s.oid = c.relnamespace
            where s.nspname = 'rundum' and c.relname = v_name);
        -- Once without the lock: a week that stays in the default partition must not stop everybody each time.
        for look in 1..2 loop
            exit when exists (
                select from rundum.done_default d
                where d.id >= rundum.first_id(v_week) and d.id < rundum.first_id(v_week + interval '168 h'));
            if look = 1 then
                lock table rundum.done in share row exclusive mode;
                continue;
            end if;
            execute format('create table rundum.%I (like rundum.done including all)', v_name);
            execute format('alter table rundum.done attach partition rundum.%I for values from (%L) to (%L)',
                v_name, rundum.first_id(v_week), rundum.first_id(v_week + interval '168 h'));
            v_made := v_made + 1;
        end loop;
    end loop;
    return v_made;
end
$$;
