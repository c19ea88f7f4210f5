-- Usage: events as they were sent, and what meters counted of them by day. (source, event_id) of an event is unique for
-- ever within a workspace: the key is derived from both.

create table workspace.events (
    workspace_id uuid not null,
    key uuid not null,
    source text not null check (length(source) between 1 and 200),
    event_id text not null check (length(event_id) between 1 and 200),
    type text not null check (length(type) between 1 and 100),
    subject text not null check (length(subject) between 1 and 200),
    customer_id uuid not null,
    occurred_at timestamptz not null,
    -- The day in the workspace's time zone when the event was stored.
    day date not null,
    received_at timestamptz not null default now(),
    data jsonb,
    -- Hash of type, subject, time and data: the same event again has the same.
    fingerprint bigint not null,
    origin text not null check (origin in ('api', 'import', 'console')),
    api_key_id uuid,
    import_id uuid,
    primary key (workspace_id, key)
) partition by hash (workspace_id);
create index on workspace.events (workspace_id, received_at, key);
create index on workspace.events (workspace_id, customer_id, occurred_at);

create table workspace.usage_days (
    workspace_id uuid not null references account.workspaces (id),
    meter_id uuid not null,
    customer_id uuid not null,
    day date not null,
    -- The batch that counted, or the nil UUID for what was folded.
    part uuid not null,
    events bigint not null,
    quantity numeric(28,6) not null,
    peak numeric(24,6) not null,
    primary key (workspace_id, meter_id, customer_id, day, part),
    foreign key (workspace_id, meter_id) references workspace.meters (workspace_id, id),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);
create index on workspace.usage_days (workspace_id, customer_id, day);
create index on workspace.usage_days (workspace_id, day);

-- The same without customers, so that charts do not read each customer's rows.
create table workspace.usage_totals (
    workspace_id uuid not null references account.workspaces (id),
    meter_id uuid not null,
    day date not null,
    part uuid not null,
    events bigint not null,
    quantity numeric(28,6) not null,
    peak numeric(24,6) not null,
    primary key (workspace_id, day, meter_id, part),
    foreign key (workspace_id, meter_id) references workspace.meters (workspace_id, id)
);

-- Distinct values of meters that count them, as hashes.
create table workspace.usage_uniques (
    workspace_id uuid not null references account.workspaces (id),
    meter_id uuid not null,
    customer_id uuid not null,
    day date not null,
    value uuid not null,
    primary key (workspace_id, meter_id, customer_id, day, value),
    foreign key (workspace_id, meter_id) references workspace.meters (workspace_id, id),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);

-- How many events arrived on a day, and what became of them.
create table workspace.event_days (
    workspace_id uuid not null references account.workspaces (id),
    day date not null,
    part uuid not null,
    accepted bigint not null,
    duplicate bigint not null,
    late bigint not null,
    refused bigint not null,
    bytes bigint not null,
    primary key (workspace_id, day, part)
);

-- Events that were refused lately, so that whoever sends them can be told why.
create table workspace.refusals (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    at timestamptz not null default now(),
    code text not null check (length(code) between 1 and 40),
    source text not null default '' check (length(source) <= 200),
    event_id text not null default '' check (length(event_id) <= 200),
    type text not null default '' check (length(type) <= 100),
    subject text not null default '' check (length(subject) <= 200),
    excerpt text not null default '' check (length(excerpt) <= 300),
    primary key (workspace_id, id)
);

do $$
begin
    for i in 0..15 loop
        execute format('create table workspace.events_%s partition of workspace.events for values with (modulus 16, remainder %s)', i, i);
    end loop;
end
$$;

-- Each usage record becomes an event of its product's meter.
alter table workspace.usage no force row level security;
alter table workspace.products no force row level security;
alter table workspace.meters no force row level security;
alter table account.workspaces no force row level security;
insert into workspace.events (workspace_id, key, source, event_id, type, subject, customer_id, occurred_at, day, received_at, data, fingerprint, origin)
select u.workspace_id, encode(substr(sha256('stile'::bytea || '\x00'::bytea || u.id::text::bytea), 1, 16), 'hex')::uuid, 'stile', u.id::text,
    p.code, u.customer_id::text, u.customer_id, u.recorded_at, (u.recorded_at at time zone w.time_zone)::date, u.recorded_at,
    jsonb_build_object('quantity', u.quantity), 0, 'console'
from workspace.usage u
join workspace.products p on p.workspace_id = u.workspace_id and p.id = u.product_id
join account.workspaces w on w.id = u.workspace_id;
insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
select u.workspace_id, m.id, u.customer_id, (u.recorded_at at time zone w.time_zone)::date, '00000000-0000-0000-0000-000000000000',
    count(*), sum(u.quantity), max(u.quantity)
from workspace.usage u
join workspace.products p on p.workspace_id = u.workspace_id and p.id = u.product_id
join workspace.meters m on m.workspace_id = p.workspace_id and m.code = p.code
join account.workspaces w on w.id = u.workspace_id
group by 1, 2, 3, 4;
insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
select workspace_id, meter_id, day, part, sum(events), sum(quantity), max(peak) from workspace.usage_days group by 1, 2, 3, 4;
alter table workspace.products force row level security;
alter table workspace.meters force row level security;
alter table account.workspaces force row level security;
drop table workspace.usage;
alter table workspace.products drop column unit;

do $$
declare
    shared constant text := 'exists (select from workspace.customer_shares s where s.workspace_id = %1$I.workspace_id'
        ' and s.customer_id = %1$I.customer_id and s.user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid))';
    name text;
begin
    for i in 0..15 loop
        name := format('events_%s', i);
        -- The app asks the parent only. A partition has the same policies, so that it would show nothing else by itself.
        call ops.protect_tenant(format('workspace.%I', name)::regclass, format(shared, name));
    end loop;
    foreach name in array array['events', 'usage_days', 'usage_uniques'] loop
        call ops.protect_tenant(format('workspace.%I', name)::regclass, format(shared, name));
    end loop;
end
$$;
call ops.protect_tenant('workspace.usage_totals');
call ops.protect_tenant('workspace.event_days');
call ops.protect_tenant('workspace.refusals');
grant select, insert, update (data) on workspace.events to stile_app;
grant select, insert, delete, update (events, quantity, peak) on workspace.usage_days, workspace.usage_totals to stile_app;
grant select, insert on workspace.usage_uniques to stile_app;
grant select, insert, delete, update (accepted, duplicate, late, refused, bytes) on workspace.event_days to stile_app;
grant select, insert, delete on workspace.refusals to stile_app;
