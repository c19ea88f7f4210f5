-- For a database without events, which are lost.
alter table workspace.products add unit text not null default 'units' check (length(unit) between 1 and 30);
alter table workspace.products alter unit drop default;
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
call ops.protect_tenant('workspace.usage', 'exists (select from workspace.customer_shares s where s.workspace_id = usage.workspace_id'
    ' and s.customer_id = usage.customer_id and s.user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid))');
grant select, insert on workspace.usage to stile_app;
drop table workspace.refusals, workspace.event_days, workspace.usage_uniques, workspace.usage_totals, workspace.usage_days, workspace.events;
