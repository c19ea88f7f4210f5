-- The workspace plane. Every table leads with workspace_id, in its key and in every reference.
-- Names are sorted by a stored lowercase key, so that keyset paging has one plain text order to follow.

create table workspace.products (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 80),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    code text not null check (code ~ '^[a-z0-9_-]{2,40}$'),
    unit text not null check (length(unit) between 1 and 30),
    description text not null default '' check (length(description) <= 500),
    status text not null default 'active' check (status in ('active', 'archived')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint product_code_taken unique (workspace_id, code)
);
create index on workspace.products (workspace_id, name_key, id);
create index on workspace.products (workspace_id, created_at, id);

create table workspace.rate_plans (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    product_id uuid not null,
    name text not null check (length(name) between 1 and 80),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    price_minor bigint not null check (price_minor >= 0),
    currency text not null check (currency in ('USD', 'EUR', 'GBP', 'JPY')),
    "interval" text not null check ("interval" in ('month', 'year', 'usage')),
    status text not null default 'active' check (status in ('active', 'archived')),
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, product_id) references workspace.products (workspace_id, id)
);
create index on workspace.rate_plans (workspace_id, name_key, id);
create index on workspace.rate_plans (workspace_id, created_at, id);
create index on workspace.rate_plans (workspace_id, product_id);

create table workspace.customers (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 120),
    name_key text collate "C" not null generated always as (lower(name)) stored,
    email text not null check (email = lower(email)),
    country text not null check (country ~ '^[A-Z]{2}$'),
    rate_plan_id uuid,
    note text not null default '' check (length(note) <= 2000),
    status text not null default 'active' check (status in ('active', 'archived')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint customer_rate_plan foreign key (workspace_id, rate_plan_id) references workspace.rate_plans (workspace_id, id)
);
create index on workspace.customers (workspace_id, name_key, id);
create index on workspace.customers (workspace_id, created_at, id);
create index on workspace.customers (workspace_id, rate_plan_id);

-- Which guest may see which customer.
create table workspace.customer_shares (
    workspace_id uuid not null references account.workspaces (id),
    customer_id uuid not null,
    user_id uuid not null references account.users (id),
    primary key (workspace_id, customer_id, user_id),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);
create index on workspace.customer_shares (workspace_id, user_id);

create table workspace.usage (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    customer_id uuid not null,
    product_id uuid not null,
    quantity bigint not null check (quantity > 0),
    recorded_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id),
    foreign key (workspace_id, product_id) references workspace.products (workspace_id, id)
);
create index on workspace.usage (workspace_id, recorded_at, id);
create index on workspace.usage (workspace_id, quantity, id);
create index on workspace.usage (workspace_id, customer_id, recorded_at);
create index on workspace.usage (workspace_id, product_id, recorded_at);

create table workspace.invoices (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    number text collate "C" not null check (length(number) between 1 and 30),
    customer_id uuid not null,
    status text not null check (status in ('draft', 'open', 'paid', 'void')),
    total_minor bigint not null,
    currency text not null check (currency in ('USD', 'EUR', 'GBP', 'JPY')),
    issued_on date not null,
    due_on date not null check (due_on >= issued_on),
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint invoice_number_taken unique (workspace_id, number),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);
create index on workspace.invoices (workspace_id, issued_on, id);
create index on workspace.invoices (workspace_id, total_minor, id);
create index on workspace.invoices (workspace_id, customer_id, issued_on);
create index on workspace.invoices (workspace_id, status, due_on);

create table workspace.audit_log (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    at timestamptz not null default now(),
    user_id uuid not null references account.users (id),
    action text not null,
    target uuid,
    detail jsonb not null default '{}',
    primary key (workspace_id, id)
);
create index on workspace.audit_log (workspace_id, at);

do $$
declare
    shared constant text := 'exists (select from workspace.customer_shares s where s.workspace_id = %1$I.workspace_id'
        ' and s.customer_id = %1$I.%2$I and s.user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid))';
    own_share constant text := 'user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
begin
    call ops.protect_tenant('workspace.products');
    call ops.protect_tenant('workspace.rate_plans');
    call ops.protect_tenant('workspace.customers', format(shared, 'customers', 'id'));
    call ops.protect_tenant('workspace.customer_shares', own_share);
    call ops.protect_tenant('workspace.usage', format(shared, 'usage', 'customer_id'));
    call ops.protect_tenant('workspace.invoices', format(shared, 'invoices', 'customer_id'));
    call ops.protect_tenant('workspace.audit_log');
    drop policy changes on workspace.audit_log;
    drop policy removes on workspace.audit_log;
end
$$;

grant select, insert, update on workspace.products, workspace.rate_plans, workspace.customers to stile_app;
grant select, insert, delete on workspace.customer_shares to stile_app;
grant select, insert on workspace.usage to stile_app;
grant select, insert, update on workspace.invoices to stile_app;
grant select, insert on workspace.audit_log to stile_app;
