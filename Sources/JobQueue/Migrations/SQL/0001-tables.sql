-- The tables. A job lives in `job` until it is final, then in `done`: the hot table stays as small as what is left to
-- do. Neither has foreign keys: a row moves between them, and a check for each row would cost bulk enqueues.

create type rundum.job_state as enum
    ('blocked', 'scheduled', 'queued', 'running', 'succeeded', 'review', 'failed', 'canceled');

create table rundum.tenant (
    id integer generated always as identity primary key,
    key text not null unique check (key <> ''),
    weight integer not null default 1 check (weight between 1 and 1000),
    created_at timestamptz not null default now()
);

-- Fairness: a job's place is a virtual time. `band` knows how far claims of a priority have come, `lane` where the next
-- job of a tenant would stand in each priority; a new place is the later of the two. One row a tenant, so that whoever
-- takes places in several priorities locks one row.
create table rundum.band (
    priority smallint primary key check (priority between 0 and 3),
    vnow bigint not null default 0
) with (fillfactor = 50);

insert into rundum.band (priority) values (0), (1), (2), (3);

create table rundum.lane (
    tenant_id integer primary key references rundum.tenant (id),
    vnext bigint[] not null default '{0, 0, 0, 0}' check (cardinality(vnext) = 4)
) with (fillfactor = 50);

-- A worker is alive while its row is there. A running job whose worker has no row is lost and will be rescued.
create table rundum.worker (
    id bigint generated always as identity primary key,
    host text not null,
    pid integer not null,
    process_start numeric(20) not null,
    started_at timestamptz not null default now(),
    lease_until timestamptz not null
) with (fillfactor = 50);

create sequence rundum.fence as bigint;

create table rundum.workflow (
    id uuid primary key,
    tenant_id integer not null references rundum.tenant (id),
    name text not null,
    created_at timestamptz not null default now()
);

create table rundum.job (
    id uuid primary key,
    vt bigint not null default 0,
    due_at timestamptz not null default now(),
    run_at timestamptz,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    worker_id bigint,
    fence bigint not null default 0,
    revision bigint not null default 1,
    workflow_id uuid,
    progress double precision not null default 0,
    tenant_id integer not null,
    attempt integer not null default 0,
    max_attempts integer not null default 5,
    deps_left integer not null default 0,
    state rundum.job_state not null,
    priority smallint not null default 1,
    cancel boolean not null default false,
    tolerant boolean not null default false,
    kind text not null,
    step text not null default '',
    label text,
    subject text,
    options jsonb not null default '{}',
    inputs jsonb not null default '[]',
    resolved jsonb,
    failure jsonb,
    constraint job_state_is_live check (state in ('blocked', 'scheduled', 'queued', 'running')),
    constraint job_blocked_has_dependencies check ((state = 'blocked') = (deps_left > 0)),
    constraint job_running_has_worker check ((state = 'running') = (worker_id is not null)),
    constraint job_running_was_claimed
        check (state <> 'running' or (started_at is not null and attempt > 0 and fence > 0)),
    constraint job_cancel_is_running check (not cancel or state = 'running'),
    constraint job_label_in_workflow check ((label is null) = (workflow_id is null)),
    constraint job_attempts check (attempt >= 0 and max_attempts between 1 and 1000),
    constraint job_priority check (priority between 0 and 3),
    constraint job_progress check (progress between 0 and 1),
    constraint job_kind check (kind <> ''),
    constraint job_shapes check (jsonb_typeof(options) = 'object' and jsonb_typeof(inputs) = 'array')
) with (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_vacuum_insert_threshold = 100000
);

create index job_ready on rundum.job (priority, vt, id) where state = 'queued';
create index job_due on rundum.job (due_at) where state = 'scheduled';
create index job_owner on rundum.job (worker_id) where state = 'running';
create index job_tenant on rundum.job (tenant_id, id);
create index job_workflow on rundum.job (workflow_id) where workflow_id is not null;

create table rundum.done (
    id uuid not null,
    run_at timestamptz,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz not null default now(),
    fence bigint not null,
    revision bigint not null,
    workflow_id uuid,
    progress double precision not null,
    -- The job whose end ended this one, when it never ran because of it.
    ended_by uuid,
    tenant_id integer not null,
    attempt integer not null,
    max_attempts integer not null,
    state rundum.job_state not null,
    priority smallint not null,
    tolerant boolean not null,
    cached boolean not null default false,
    kind text not null,
    step text not null,
    label text,
    subject text,
    options jsonb not null,
    inputs jsonb not null,
    result jsonb,
    failure jsonb,
    primary key (id),
    constraint done_state_is_final check (state in ('succeeded', 'review', 'failed', 'canceled')),
    constraint done_has_result check ((state in ('succeeded', 'review')) = (result is not null)),
    constraint done_has_failure check ((state in ('failed', 'canceled')) = (failure is not null)),
    constraint done_by_another_did_not_succeed check (ended_by is null or state in ('failed', 'canceled')),
    constraint done_cached_has_result check (not cached or result is not null)
) partition by range (id);

-- Ids begin with their time, so ranges of ids are ranges of dates; until dated partitions are made, this one holds all.
create table rundum.done_default partition of rundum.done default;

create index done_tenant on rundum.done (tenant_id, id);
create index done_workflow on rundum.done (workflow_id) where workflow_id is not null;
create index done_subject on rundum.done (tenant_id, subject, id) where subject is not null;

create table rundum.dependency (
    parent uuid not null,
    child uuid not null,
    primary key (parent, child),
    constraint dependency_on_another check (parent <> child)
);

create index dependency_child on rundum.dependency (child);

create table rundum.idempotency (
    tenant_id integer not null references rundum.tenant (id),
    key text not null check (key <> ''),
    request_hash bytea not null check (octet_length(request_hash) = 32),
    workflow_id uuid,
    jobs uuid[] not null default '{}',
    created_at timestamptz not null default now(),
    primary key (tenant_id, key)
);

-- A hash is not a key: who may read a blob is a row here.
create table rundum.blob_owner (
    tenant_id integer not null references rundum.tenant (id),
    sha256 bytea not null check (octet_length(sha256) = 32),
    bytes bigint not null check (bytes >= 0),
    created_at timestamptz not null default now(),
    primary key (tenant_id, sha256)
);

create table rundum.cache (
    tenant_id integer not null references rundum.tenant (id),
    key text not null check (key <> ''),
    job_id uuid not null,
    result jsonb not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, key)
);

-- Every job, live or done, in one shape.
create view rundum.any_job as
    select id, tenant_id, workflow_id, label, state, kind, options, inputs, subject, priority, run_at, max_attempts,
        attempt, progress, step, failure, null::jsonb as result, false as cached, created_at, started_at,
        null::timestamptz as finished_at, revision
    from rundum.job
    union all
    select id, tenant_id, workflow_id, label, state, kind, options, inputs, subject, priority, run_at, max_attempts,
        attempt, progress, step, failure, result, cached, created_at, started_at, finished_at, revision
    from rundum.done;
