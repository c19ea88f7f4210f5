-- Subscriptions: a customer is on plan versions from day to day. Customers get what invoices and events need.

alter table workspace.customers
    add external_id text check (length(external_id) between 1 and 200),
    add legal_name text not null default '' check (length(legal_name) <= 200),
    add address text not null default '' check (length(address) <= 500),
    add tax_id text not null default '' check (length(tax_id) <= 40),
    add constraint customer_external_id_taken unique (workspace_id, external_id);

-- What the subject of an event can say to mean a customer. A customer's external id is one of them.
create table workspace.customer_subjects (
    workspace_id uuid not null references account.workspaces (id),
    subject text collate "C" not null check (length(subject) between 1 and 200),
    customer_id uuid not null,
    created_at timestamptz not null default now(),
    constraint customer_subject_taken primary key (workspace_id, subject),
    unique (workspace_id, subject, customer_id),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);
create index on workspace.customer_subjects (workspace_id, customer_id);
alter table workspace.customers
    add constraint customer_external_id_subject foreign key (workspace_id, external_id, id)
        references workspace.customer_subjects (workspace_id, subject, customer_id) deferrable initially deferred;

create table workspace.customer_contacts (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    customer_id uuid not null,
    name text not null check (length(name) between 1 and 120),
    email text not null check (email = lower(email)),
    gets_invoices boolean not null default true,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint customer_contact_twice unique (workspace_id, customer_id, email),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);

create table workspace.subscriptions (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    customer_id uuid not null,
    external_id text check (length(external_id) between 1 and 200),
    currency text not null references ops.currencies (code),
    -- The periods of the subscription begin on this day of the month.
    anchor_on date not null,
    starts_on date not null,
    -- The first day after the subscription.
    ends_on date,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id),
    unique (workspace_id, id, customer_id),
    constraint subscription_external_id_taken unique (workspace_id, external_id),
    constraint subscription_days check (ends_on > starts_on),
    foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id)
);
create index on workspace.subscriptions (workspace_id, customer_id, starts_on);

-- A phase lasts until the next one begins or the subscription ends, so phases cannot overlap.
create table workspace.subscription_phases (
    workspace_id uuid not null references account.workspaces (id),
    subscription_id uuid not null,
    from_on date not null,
    customer_id uuid not null,
    plan_id uuid not null,
    version integer not null,
    seats integer not null default 1 check (seats between 1 and 1000000),
    primary key (workspace_id, subscription_id, from_on),
    foreign key (workspace_id, subscription_id, customer_id) references workspace.subscriptions (workspace_id, id, customer_id),
    constraint subscription_phase_version foreign key (workspace_id, plan_id, version)
        references workspace.rate_plan_versions (workspace_id, plan_id, version)
);
create index on workspace.subscription_phases (workspace_id, plan_id, version);
create index on workspace.subscription_phases (workspace_id, customer_id);

-- Each customer with a rate plan is on its version 1 since they were created, in periods that begin on the first.
alter table workspace.customers no force row level security;
alter table workspace.rate_plans no force row level security;
insert into workspace.subscriptions (workspace_id, id, customer_id, currency, anchor_on, starts_on, created_at)
select c.workspace_id, gen_random_uuid(), c.id, p.currency, date_trunc('month', c.created_at at time zone 'UTC')::date,
    (c.created_at at time zone 'UTC')::date, c.created_at
from workspace.customers c join workspace.rate_plans p on p.workspace_id = c.workspace_id and p.id = c.rate_plan_id;
insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version)
select s.workspace_id, s.id, s.starts_on, s.customer_id, c.rate_plan_id, 1
from workspace.subscriptions s join workspace.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id;
alter table workspace.customers force row level security;
alter table workspace.rate_plans force row level security;
alter table workspace.customers drop column rate_plan_id;

-- Deferred trigger of subscriptions and their phases: at commit, the first phase begins with the subscription, every phase
-- lies within it and has a published version in its currency, and on no day do two subscriptions of a customer price the
-- same meter. Locks the customer, so that two transactions that each add a subscription see one another.
create or replace function ops.check_phases() returns trigger language plpgsql set search_path = '' as $$
declare
    subject uuid;
begin
    select s.customer_id into subject from workspace.subscriptions s
    where s.workspace_id = new.workspace_id
        and s.id = (to_jsonb(new) ->> case tg_table_name when 'subscriptions' then 'id' else 'subscription_id' end)::uuid;
    if not found then
        return null;
    end if;
    perform from workspace.customers c where c.workspace_id = new.workspace_id and c.id = subject for no key update;
    if exists (
        select from workspace.subscriptions s
        left join workspace.subscription_phases f on f.workspace_id = s.workspace_id and f.subscription_id = s.id
        left join workspace.rate_plans p on p.workspace_id = f.workspace_id and p.id = f.plan_id
        left join workspace.rate_plan_versions v
            on v.workspace_id = f.workspace_id and v.plan_id = f.plan_id and v.version = f.version
        where s.workspace_id = new.workspace_id and s.customer_id = subject
        group by s.id, s.starts_on, s.ends_on, s.currency
        having min(f.from_on) is distinct from s.starts_on or max(f.from_on) >= s.ends_on
            or bool_or(v.state <> 'published') or bool_or(p.currency <> s.currency)
    ) then
        raise exception 'the phases do not fit the subscription' using errcode = '23000', constraint = 'subscription_phases_fit';
    end if;
    if exists (
        with phases as (
            select f.*, daterange(f.from_on,
                coalesce(lead(f.from_on) over (partition by f.subscription_id order by f.from_on), s.ends_on)) as days
            from workspace.subscriptions s
            join workspace.subscription_phases f on f.workspace_id = s.workspace_id and f.subscription_id = s.id
            where s.workspace_id = new.workspace_id and s.customer_id = subject),
        priced as (
            select f.subscription_id, f.days, c.meter_id from phases f
            join workspace.rate_plan_charges c
                on c.workspace_id = f.workspace_id and c.plan_id = f.plan_id and c.version = f.version
            where c.meter_id is not null)
        select from priced a join priced b on a.meter_id = b.meter_id and a.subscription_id < b.subscription_id and a.days && b.days
    ) then
        raise exception 'two subscriptions price the same meter' using errcode = '23000', constraint = 'subscription_meter_twice';
    end if;
    return null;
end
$$;
revoke all on function ops.check_phases() from public;

create constraint trigger check_phases after insert or update on workspace.subscriptions
    deferrable initially deferred for each row execute function ops.check_phases();
create constraint trigger check_phases after insert or update on workspace.subscription_phases
    deferrable initially deferred for each row execute function ops.check_phases();

do $$
declare
    shared constant text := 'exists (select from workspace.customer_shares s where s.workspace_id = %1$I.workspace_id'
        ' and s.customer_id = %1$I.customer_id and s.user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid))';
    name text;
begin
    foreach name in array array['customer_subjects', 'customer_contacts', 'subscriptions', 'subscription_phases'] loop
        call ops.protect_tenant(format('workspace.%I', name)::regclass, format(shared, name));
    end loop;
end
$$;
grant select, insert, delete on workspace.customer_subjects to stile_app;
grant select, insert, delete, update (name, email, gets_invoices) on workspace.customer_contacts to stile_app;
grant select, insert, update (external_id, ends_on) on workspace.subscriptions to stile_app;
grant select, insert, delete, update (plan_id, version, seats) on workspace.subscription_phases to stile_app;
