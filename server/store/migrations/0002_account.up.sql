-- The account plane: people, sign-ins, organizations, workspaces, seats. Words as in model::role.

create table account.users (
    id uuid primary key,
    email text not null unique check (email = lower(email) and length(email) <= 254),
    email_verified_at timestamptz,
    name text not null check (length(name) between 1 and 120),
    password_hash text not null,
    seat_epoch bigint not null default 0,
    created_at timestamptz not null default now(),
    disabled_at timestamptz
);

create table account.sessions (
    id uuid primary key,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    user_id uuid not null references account.users (id),
    user_agent text not null default '' check (length(user_agent) <= 400),
    ip inet,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '30 days',
    ended_at timestamptz,
    end_reason text check (end_reason in ('signed_out', 'ended', 'password_changed'))
);
create index on account.sessions (user_id) where ended_at is null;

create table account.organizations (
    id uuid primary key,
    name text not null check (length(name) between 1 and 80),
    seat_epoch bigint not null default 0,
    created_at timestamptz not null default now()
);

create table account.organization_members (
    organization_id uuid not null references account.organizations (id),
    user_id uuid not null references account.users (id),
    role text not null check (role in ('owner', 'admin', 'member')),
    created_at timestamptz not null default now(),
    primary key (organization_id, user_id)
);
create index on account.organization_members (user_id);

create table account.workspaces (
    id uuid primary key,
    organization_id uuid not null references account.organizations (id),
    slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 3 and 30),
    name text not null check (length(name) between 1 and 80),
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
create index on account.workspaces (organization_id);
-- A partial index, because it is then no key of the row: to change a key locks out whoever adds a row that refers to
-- the workspace, so a rename and a write that it waits for at the fence (0003) would wait for each other.
create unique index workspaces_slug_key on account.workspaces (slug) where slug is not null;

-- Every slug that was ever in use, so that none is handed to another workspace.
create table account.slugs (
    slug text primary key,
    workspace_id uuid not null references account.workspaces (id),
    retired_at timestamptz,
    last_used_at timestamptz
);
create index on account.slugs (workspace_id);

create table account.workspace_members (
    workspace_id uuid not null references account.workspaces (id),
    user_id uuid not null references account.users (id),
    role text not null check (role in ('owner', 'admin', 'billing_admin', 'member', 'viewer', 'guest')),
    created_at timestamptz not null default now(),
    primary key (workspace_id, user_id)
);
create index on account.workspace_members (user_id);

-- When a person last really entered a workspace.
create table account.visits (
    user_id uuid not null references account.users (id),
    workspace_id uuid not null references account.workspaces (id),
    entered_at timestamptz not null default now(),
    primary key (user_id, workspace_id)
);

create table account.handoffs (
    code_hash bytea primary key check (octet_length(code_hash) = 32),
    user_id uuid not null references account.users (id),
    session_id uuid not null references account.sessions (id),
    workspace_id uuid not null references account.workspaces (id),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '60 seconds',
    redeemed_at timestamptz
);
create index on account.handoffs (user_id, expires_at);

create table account.operator_tokens (
    id uuid primary key,
    user_id uuid not null references account.users (id),
    name text not null check (length(name) between 1 and 80),
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    hint text not null check (length(hint) = 4),
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index on account.operator_tokens (user_id);

create table account.preferences (
    user_id uuid primary key references account.users (id),
    landing text not null default 'last' check (landing in ('last', 'picker'))
);

-- Append-only: no policy and no privilege to change or remove.
create table account.audit_log (
    id uuid primary key,
    at timestamptz not null default now(),
    user_id uuid not null references account.users (id),
    session_id uuid,
    action text not null,
    ip inet,
    detail jsonb not null default '{}'
);
create index on account.audit_log (user_id, at);

do $$
declare
    me constant text := '(select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
    org constant text := '(select nullif(current_setting(''stile.organization_id'', true), '''')::uuid)';
    ws constant text := '(select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    call ops.protect('account.users', 'id = ' || me, 'id = ' || me, null);
    call ops.protect('account.sessions', 'user_id = ' || me, 'user_id = ' || me, null);
    call ops.protect('account.organizations', 'id = ' || org, 'id = ' || org, null);
    call ops.protect('account.organization_members', 'organization_id = ' || org, 'organization_id = ' || org, 'organization_id = ' || org);
    call ops.protect('account.workspaces', format('id = %s or organization_id = %s', ws, org), format('id = %s or organization_id = %s', ws, org), null);
    call ops.protect('account.slugs', 'workspace_id = ' || ws, null, null);
    call ops.protect('account.workspace_members', 'workspace_id = ' || ws, 'workspace_id = ' || ws, 'workspace_id = ' || ws);
    call ops.protect('account.visits', 'user_id = ' || me, 'user_id = ' || me, null);
    call ops.protect('account.handoffs', 'user_id = ' || me, 'user_id = ' || me, 'user_id = ' || me);
    call ops.protect('account.operator_tokens', 'user_id = ' || me, 'user_id = ' || me, null);
    call ops.protect('account.preferences', 'user_id = ' || me, 'user_id = ' || me, null);
    call ops.protect('account.audit_log', 'user_id = ' || me, null, null);
    execute 'create policy adds on account.audit_log for insert with check (user_id = ' || me || ')';
end
$$;

grant select, update (name, password_hash) on account.users to stile_app;
grant select, insert, update (ended_at, end_reason) on account.sessions to stile_app;
grant select, update (name) on account.organizations to stile_app;
grant select, insert, update (role), delete on account.organization_members to stile_app;
grant select, insert, update (name, slug, deleted_at) on account.workspaces to stile_app;
grant select on account.slugs to stile_app;
grant select, insert, update (role), delete on account.workspace_members to stile_app;
grant select, insert, update (entered_at) on account.visits to stile_app;
grant select, insert, update (redeemed_at), delete on account.handoffs to stile_app;
grant select, insert, update (revoked_at) on account.operator_tokens to stile_app;
grant select, insert, update (landing) on account.preferences to stile_app;
grant select, insert on account.audit_log to stile_app;
