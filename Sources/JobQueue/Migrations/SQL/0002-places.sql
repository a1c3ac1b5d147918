-- What every other function needs: ids, tenants, places in the queue.

-- UUID version 7 from microseconds since 1970: the millisecond, its 4096ths, random bits (RFC 9562, 6.2 method 3).
create function rundum.uuid_v7(_micros bigint) returns uuid
language sql volatile as $$
    select (lpad(to_hex(_micros / 1000), 12, '0') || '7' || lpad(to_hex(_micros % 1000 * 4096 / 1000), 3, '0')
        || right(replace(gen_random_uuid()::text, '-', ''), 16))::uuid
$$;

-- The number of a tenant, which comes into being when it is first named.
create function rundum.tenant_number(_key text) returns integer
language plpgsql as $$
declare
    v_id integer;
begin
    select t.id into v_id from rundum.tenant t where t.key = _key;
    if found then
        return v_id;
    end if;
    with made as (insert into rundum.tenant (key) values (_key) on conflict (key) do nothing returning id)
    insert into rundum.lane (tenant_id) select m.id from made m;
    select t.id into strict v_id from rundum.tenant t where t.key = _key;
    return v_id;
end
$$;

-- The virtual time that one job of a tenant takes: a tenant of weight 2 is served twice as often.
create function rundum.stride(_tenant integer) returns bigint
language sql stable as $$
    select 1000000 / t.weight from rundum.tenant t where t.id = _tenant
$$;

-- Takes `_count` places of a tenant and answers the first; the next are a stride apart. Whoever returns to the queue
-- takes a fresh place. A lane is locked after everything that another transaction may hold, lanes in the order of
-- tenants, so that no two transactions wait for each other.
-- Every job that becomes ready passes here, so this is where waiting workers are told, once a transaction.
create function rundum.take_places(_tenant integer, _priority smallint, _count bigint) returns bigint
language plpgsql as $$
declare
    v_taken bigint := _count * rundum.stride(_tenant);
    v_next bigint;
begin
    update rundum.lane l set vnext[_priority + 1] = greatest(l.vnext[_priority + 1], b.vnow) + v_taken
    from rundum.band b where l.tenant_id = _tenant and b.priority = _priority
    returning l.vnext[_priority + 1] into strict v_next;
    perform pg_notify('rundum_work', '');
    return v_next - v_taken;
end
$$;

-- Transactions that touch a job and its dependents take this lock first, before any job: so two of them never wait for
-- each other, and the last of several dependencies to end always sees the others' ends. A job that nobody waits for
-- needs none: whoever ends it touches it alone.
create function rundum.lock_workflow_of(_job uuid) returns void
language plpgsql as $$
declare
    v_workflow uuid;
begin
    select j.workflow_id into v_workflow from rundum.any_job j
    where j.id = _job and exists (select from rundum.dependency p where p.parent = _job);
    if v_workflow is not null then
        perform 1 from rundum.workflow w where w.id = v_workflow for no key update;
    end if;
end
$$;
