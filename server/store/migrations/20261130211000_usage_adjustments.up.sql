-- Adjustments: usage that a person added or took back. What an adjustment counts is also in the sums by day, under its
-- id, so readers of the sums need not know of adjustments.

create table workspace.usage_adjustments (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    meter_id uuid not null,
    customer_id uuid not null,
    day date not null,
    quantity numeric(24,6) not null check (quantity <> 0),
    reason text not null check (length(reason) between 1 and 300),
    user_id uuid not null,
    -- The person's name at that time.
    actor text not null default '',
    at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint usage_adjustment_meter foreign key (workspace_id, meter_id) references workspace.meters (workspace_id, id),
    constraint usage_adjustment_customer foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);
create index on workspace.usage_adjustments (workspace_id, customer_id, id);
create index on workspace.usage_adjustments (workspace_id, meter_id, id);

do $$
declare
    shared constant text := 'exists (select from workspace.customer_shares s where s.workspace_id = %1$I.workspace_id'
        ' and s.customer_id = %1$I.customer_id and s.user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid))';
begin
    call ops.protect_tenant('workspace.usage_adjustments', format(shared, 'usage_adjustments'));
end
$$;
grant select, insert on workspace.usage_adjustments to stile_app;
