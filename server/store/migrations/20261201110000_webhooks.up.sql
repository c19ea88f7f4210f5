-- Webhooks: addresses that are told of facts in a workspace, and what was sent to them. Jobs: work that the server does
-- without a person, in one workspace at a time.

create table workspace.webhooks (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    url text not null check (length(url) between 1 and 500),
    description text not null default '' check (length(description) <= 120),
    -- Encrypted by the server.
    secret bytea not null check (octet_length(secret) between 40 and 200),
    -- The secret before, which also signs until `former_until`.
    former_secret bytea check (octet_length(former_secret) between 40 and 200),
    former_until timestamptz,
    events text[] not null check (cardinality(events) > 0 and events <@ array['invoice.drafted', 'invoice.issued',
        'invoice.paid', 'invoice.overdue', 'invoice.voided', 'credit_note.issued', 'subscription.changed',
        'subscription.ended', 'usage.late', 'import.done']),
    state text not null default 'on' check (state in ('on', 'failing', 'off')),
    failing_since timestamptz,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    check ((former_secret is null) = (former_until is null)),
    check (state <> 'failing' or failing_since is not null)
);

-- One row for each message and webhook. What an attempt answered replaces what the one before did.
create table workspace.webhook_deliveries (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    webhook_id uuid not null,
    -- The same for all webhooks that are told of a fact, and for each attempt.
    message_id uuid not null,
    kind text not null check (length(kind) between 1 and 40),
    body text not null check (octet_length(body) between 2 and 2048),
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'delivered', 'failed')),
    -- Attempts that have begun.
    attempt smallint not null default 0 check (attempt >= 0),
    -- When to send; while it is being sent, when another server may.
    next_at timestamptz not null default now(),
    status smallint check (status between 100 and 999),
    -- Why there was no answer.
    problem text not null default '' check (length(problem) <= 200),
    excerpt text not null default '' check (octet_length(excerpt) <= 1024),
    created_at timestamptz not null default now(),
    done_at timestamptz,
    primary key (workspace_id, id),
    foreign key (workspace_id, webhook_id) references workspace.webhooks (workspace_id, id) on delete cascade,
    check ((state in ('delivered', 'failed')) = (done_at is not null))
);
create index on workspace.webhook_deliveries (workspace_id, webhook_id, id);
create index on workspace.webhook_deliveries (workspace_id, next_at) where state in ('waiting', 'sending');
create index on workspace.webhook_deliveries (workspace_id, created_at);

call ops.protect_tenant('workspace.webhooks');
call ops.protect_tenant('workspace.webhook_deliveries');
grant select, insert (workspace_id, id, url, description, secret, events), delete,
    update (url, description, secret, former_secret, former_until, events, state, failing_since)
    on workspace.webhooks to stile_app;
grant select, insert (workspace_id, id, webhook_id, message_id, kind, body), delete,
    update (state, attempt, next_at, status, problem, excerpt, done_at)
    on workspace.webhook_deliveries to stile_app;

-- When a job has something to do in a workspace. Rows are added in the transaction of what is to be done, so that none
-- waits for another; the job replaces those that are due by the time of what is left.
create table account.due_jobs (
    id uuid primary key,
    workspace_id uuid not null references account.workspaces (id),
    job text not null check (job in ('deliver', 'invoice')),
    due_at timestamptz not null
);
create index on account.due_jobs (job, due_at);
create index on account.due_jobs (workspace_id, job);

do $$
declare
    ws constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    call ops.protect('account.due_jobs', ws, ws, ws);
    drop policy changes on account.due_jobs;
end
$$;
create policy door_reads on account.due_jobs for select to stile_door using (true);
grant select, insert, delete on account.due_jobs to stile_app;
grant select (workspace_id, job, due_at) on account.due_jobs to stile_door;

-- A job writes to the log without a person.
alter table workspace.audit_log alter column user_id drop not null;
drop policy adds on workspace.audit_log;
do $$
declare
    me constant text := 'user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
    job constant text := '(select nullif(current_setting(''stile.job'', true), '''')) is not null';
    ws constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    execute format('create policy adds on workspace.audit_log for insert with check (%s and (%s or (user_id is null and %s)))', ws, me, job);
end
$$;

set local role stile_door;

-- Returns the workspaces in which the job `wanted` has something due, longest due first, at most 200. Only ids: what is
-- due is read in the workspace, by door.job.
create or replace function door.due(wanted text) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select d.workspace_id from account.due_jobs d join account.workspaces w on w.id = d.workspace_id
    where d.job = wanted and d.due_at <= now() and w.deleted_at is null
    group by d.workspace_id order by min(d.due_at) limit 200
$$;
alter function door.due(text) owner to stile_door;
revoke all on function door.due(text) from public;
grant execute on function door.due(text) to stile_app;

-- Opens a workspace for a job of the server, which acts without a person. The context is then set to the workspace and
-- the job. Returns no row if the workspace does not exist or was deleted, or if there is no such job.
create or replace function door.job(workspace uuid, wanted text)
returns table (slug text, name text, organization_id uuid, organization text, hue smallint, logo text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    place record;
begin
    select w.id, w.slug, w.name, w.organization_id, o.name as organization, w.hue, w.logo
    into place
    from account.workspaces w join account.organizations o on o.id = w.organization_id
    where w.id = workspace and w.deleted_at is null and wanted in ('deliver', 'invoice');
    if not found then
        return;
    end if;
    perform set_config('stile.user_id', '', true),
        set_config('stile.session_id', '', true),
        set_config('stile.workspace_id', place.id::text, true),
        set_config('stile.reach', 'all', true),
        set_config('stile.job', wanted, true);
    return query select place.slug, place.name, place.organization_id, place.organization, place.hue, place.logo;
end
$$;
alter function door.job(uuid, text) owner to stile_door;
revoke all on function door.job(uuid, text) from public;
grant execute on function door.job(uuid, text) to stile_app;

reset role;
