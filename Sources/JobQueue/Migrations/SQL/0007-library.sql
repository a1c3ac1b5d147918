-- What tenants keep besides jobs: recipes and backgrounds. A row is a version and never changes; what is changed is the
-- next version.

create function rundum.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'A version of % never changes.', tg_table_name using errcode = 'RU409', hint = 'Add the next one.';
end
$$;

create table rundum.recipe (
    tenant_id integer not null references rundum.tenant (id),
    name text not null check (name ~ '^[a-z0-9][a-z0-9.-]{0,63}$' and name <> 'default'),
    version integer not null check (version > 0),
    workflow text not null check (workflow <> ''),
    abstract text not null,
    options jsonb not null check (jsonb_typeof(options) = 'object'),
    created_at timestamptz not null default now(),
    primary key (tenant_id, name, version)
);

create trigger recipe_never_changes before update on rundum.recipe
for each row execute function rundum.refuse_change();

create table rundum.recipe_default (
    tenant_id integer not null references rundum.tenant (id),
    workflow text not null check (workflow <> ''),
    name text not null,
    version integer check (version > 0),
    primary key (tenant_id, workflow)
);

create table rundum.background (
    tenant_id integer not null references rundum.tenant (id),
    name text not null check (name ~ '^[a-z0-9][a-z0-9.-]{0,63}$' and name <> 'default'),
    version integer not null check (version > 0),
    sha256 bytea not null check (octet_length(sha256) = 32),
    floor double precision not null check (floor between 0 and 1),
    light_x double precision check (light_x between -1 and 1),
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    created_at timestamptz not null default now(),
    primary key (tenant_id, name, version)
);

create trigger background_never_changes before update on rundum.background
for each row execute function rundum.refuse_change();

-- The recipe that a workflow was made by: {"name", "version", "sha256"}.
alter table rundum.workflow
    add column recipe jsonb constraint workflow_recipe_shape check (jsonb_typeof(recipe) = 'object');

-- Keeps a recipe as its next version, unless it is there. Tenants' rows are locked, so versions have no gaps.
create function rundum.put_recipe(
    _tenant text, _name text, _version integer, _workflow text, _abstract text, _options jsonb)
returns table (version integer, is_new boolean)
language plpgsql as $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_newest rundum.recipe;
    v_same rundum.recipe;
begin
    perform 1 from rundum.tenant t where t.id = v_tenant for no key update;
    select r.* into v_newest from rundum.recipe r
    where r.tenant_id = v_tenant and r.name = _name order by r.version desc limit 1;
    select r.* into v_same from rundum.recipe r
    where r.tenant_id = v_tenant and r.name = _name and r.version = coalesce(_version, v_newest.version)
        and r.workflow = _workflow and r.abstract = _abstract and r.options = _options;
    if v_same.version is not null then
        return query select v_same.version, false;
        return;
    end if;
    if v_newest.workflow <> _workflow then
        raise exception 'The recipe % is for the workflow %.', _name, v_newest.workflow
            using errcode = 'RU409', hint = 'Choose another name.';
    end if;
    if _version <> coalesce(v_newest.version, 0) + 1 then
        raise exception 'The recipe % can''t be version %: the next one is %.', _name, _version,
            coalesce(v_newest.version, 0) + 1
            using errcode = 'RU409', hint = 'A version never changes; leave the number out for the next one.';
    end if;
    return query
    insert into rundum.recipe as r (tenant_id, name, version, workflow, abstract, options)
    values (v_tenant, _name, coalesce(v_newest.version, 0) + 1, _workflow, _abstract, _options)
    returning r.version, true;
end
$$;

-- Keeps a background as its next version, unless the newest is the same. A picture that the tenant may not read is not
-- there.
create function rundum.put_background(
    _tenant text, _name text, _sha256 bytea, _floor double precision, _light_x double precision, _width integer,
    _height integer)
returns table (version integer, is_new boolean)
language plpgsql as $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_newest rundum.background;
begin
    perform 1 from rundum.tenant t where t.id = v_tenant for no key update;
    if not exists (select from rundum.blob_owner o where o.tenant_id = v_tenant and o.sha256 = _sha256) then
        raise exception 'The picture of the background % is not stored.', _name
            using errcode = 'RU410', hint = 'Upload the file first.';
    end if;
    select b.* into v_newest from rundum.background b
    where b.tenant_id = v_tenant and b.name = _name order by b.version desc limit 1;
    if v_newest.sha256 = _sha256 and v_newest.floor = _floor and v_newest.light_x is not distinct from _light_x then
        return query select v_newest.version, false;
        return;
    end if;
    return query
    insert into rundum.background as b (tenant_id, name, version, sha256, floor, light_x, width, height)
    values (v_tenant, _name, coalesce(v_newest.version, 0) + 1, _sha256, _floor, _light_x, _width, _height)
    returning b.version, true;
end
$$;

-- Enqueues as before. `_recipe` is kept with the workflow. With `_asked`, requests of one key are compared by it instead
-- of by the steps: what a caller asked for stays the same when a default or a newest version changes meanwhile.
drop function rundum.enqueue_steps(text, text, jsonb, text);

create function rundum.enqueue_steps(
    _tenant text, _name text, _steps jsonb, _key text, _recipe jsonb default null, _asked text default null)
returns table (replayed boolean, workflow uuid, job rundum.any_job)
language plpgsql as $$
declare
    v_tenant integer := rundum.tenant_number(_tenant);
    v_hash bytea := sha256(convert_to(coalesce(_asked, jsonb_build_array(_name, _steps)::text), 'UTF8'));
    v_first rundum.idempotency;
    v_workflow uuid;
    v_ids uuid[];
begin
    if _key is not null then
        insert into rundum.idempotency (tenant_id, key, request_hash) values (v_tenant, _key, v_hash)
        on conflict do nothing;
        if not found then
            select i.* into strict v_first from rundum.idempotency i where i.tenant_id = v_tenant and i.key = _key;
            if v_first.request_hash <> v_hash then
                raise exception 'The idempotency key was used with another request.'
                    using errcode = 'RU422', hint = 'Use a new key for a new request.';
            end if;
            return query
            select true, v_first.workflow_id, j from rundum.any_job j where j.id = any (v_first.jobs) order by j.id;
            return;
        end if;
    end if;
    perform rundum.refuse_foreign_blobs(v_tenant, _steps);
    if _name is not null then
        v_workflow := rundum.uuid_v7((extract(epoch from clock_timestamp()) * 1000000)::bigint);
        insert into rundum.workflow (id, tenant_id, name, recipe) values (v_workflow, v_tenant, _name, _recipe);
    end if;
    v_ids := rundum.insert_steps(v_tenant, v_workflow, _steps);
    if _key is not null then
        update rundum.idempotency i set workflow_id = v_workflow, jobs = v_ids
        where i.tenant_id = v_tenant and i.key = _key;
    end if;
    return query select false, v_workflow, j from rundum.any_job j where j.id = any (v_ids) order by j.id;
end
$$;
