-- Imports of usage from CSV files: the file until it is imported, what its columns mean, and what became of its rows.

create table workspace.imports (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    -- Name of the file.
    name text not null check (length(name) between 1 and 200),
    bytes bigint not null default 0 check (bytes >= 0),
    -- Null until the whole file has arrived.
    file_sha256 bytea check (octet_length(file_sha256) = 32),
    state text not null default 'receiving' check (state in ('receiving', 'uploaded', 'previewed', 'running', 'done', 'stopped')),
    mapping jsonb,
    -- Records that the check or the import in progress has handled.
    position bigint not null default 0 check (position >= 0),
    -- What the check found, and what the import did.
    preview jsonb not null default '{}',
    counts jsonb not null default '{}',
    created_by uuid not null,
    actor text not null default '',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (workspace_id, id),
    check ((state = 'receiving') <= (file_sha256 is null)),
    check ((state in ('previewed', 'running')) <= (mapping is not null)),
    check ((state in ('done', 'stopped')) = (finished_at is not null))
);

-- The file, until the import is finished.
create table workspace.import_chunks (
    workspace_id uuid not null references account.workspaces (id),
    import_id uuid not null,
    n int not null check (n >= 0),
    bytes bytea not null check (octet_length(bytes) between 1 and 262144),
    primary key (workspace_id, import_id, n),
    foreign key (workspace_id, import_id) references workspace.imports (workspace_id, id)
);

-- Rows that were refused. `line` is the line of the file on which the row starts.
create table workspace.import_refusals (
    workspace_id uuid not null references account.workspaces (id),
    import_id uuid not null,
    line bigint not null check (line > 0),
    column_name text not null default '' check (length(column_name) <= 200),
    code text not null check (length(code) between 1 and 40),
    value text not null default '' check (length(value) <= 200),
    primary key (workspace_id, import_id, line),
    foreign key (workspace_id, import_id) references workspace.imports (workspace_id, id)
);

-- Mappings that were saved for further files.
create table workspace.import_mappings (
    workspace_id uuid not null references account.workspaces (id),
    name text not null check (length(name) between 1 and 100),
    mapping jsonb not null,
    updated_at timestamptz not null default now(),
    primary key (workspace_id, name)
);

call ops.protect_tenant('workspace.imports');
call ops.protect_tenant('workspace.import_chunks');
call ops.protect_tenant('workspace.import_refusals');
call ops.protect_tenant('workspace.import_mappings');
grant select, insert, update (bytes, file_sha256, state, mapping, position, preview, counts, updated_at, finished_at) on workspace.imports to stile_app;
grant select, insert, delete on workspace.import_chunks, workspace.import_refusals to stile_app;
grant select, insert, update (mapping, updated_at) on workspace.import_mappings to stile_app;
