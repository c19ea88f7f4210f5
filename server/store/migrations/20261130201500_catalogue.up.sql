-- The catalogue: meters count usage, and a rate plan has versions with charges. A published version never changes.

create table ops.currencies (
    code text primary key check (code ~ '^[A-Z]{3}$'),
    exponent smallint not null check (exponent between 0 and 4)
);
comment on table ops.currencies is 'Currencies of ISO 4217 with their number of decimal places';
insert into ops.currencies select code, 0 from unnest(string_to_array(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', ' ')) code;
insert into ops.currencies select code, 2 from unnest(string_to_array(
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY '
        || 'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS '
        || 'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR '
        || 'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP '
        || 'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG', ' ')) code;
insert into ops.currencies select code, 3 from unnest(string_to_array(
    'BHD IQD JOD KWD LYD OMR TND', ' ')) code;
insert into ops.currencies select code, 4 from unnest(string_to_array(
    'CLF UYW', ' ')) code;
create table workspace.meters (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    product_id uuid not null,
    name text not null check (length(name) between 1 and 80),
    name_key text collate ops.by_name not null generated always as (normalize(name, nfc)) stored,
    code text not null check (code ~ '^[a-z0-9_-]{2,40}$'),
    searchable text collate "C" not null generated always as (ops.searchable(name || E'\n' || code)) stored,
    event_type text not null check (length(event_type) between 1 and 100),
    aggregation text not null check (aggregation in ('count', 'sum', 'max', 'unique')),
    property text check (length(property) between 1 and 60),
    filter jsonb not null default '{}' check (jsonb_typeof(filter) = 'object'),
    unit text not null check (length(unit) between 1 and 30),
    -- Events of earlier days are not counted.
    counts_from date not null,
    status text not null default 'active' check (status in ('active', 'archived')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint meter_code_taken unique (workspace_id, code),
    constraint meter_property check ((aggregation = 'count') = (property is null)),
    constraint meter_product foreign key (workspace_id, product_id) references workspace.products (workspace_id, id)
);
create index on workspace.meters (workspace_id, product_id);

alter table workspace.invoices drop constraint invoices_currency_check,
    add foreign key (currency) references ops.currencies (code);

alter table workspace.rate_plans no force row level security;
alter table workspace.products no force row level security;
alter table workspace.rate_plans
    add code text,
    add updated_at timestamptz not null default now(),
    drop constraint rate_plans_currency_check,
    drop constraint rate_plans_interval_check;

create table workspace.rate_plan_versions (
    workspace_id uuid not null references account.workspaces (id),
    plan_id uuid not null,
    version integer not null check (version > 0),
    state text not null check (state in ('draft', 'published')),
    minimum_minor bigint check (minimum_minor >= 0),
    note text not null default '' check (length(note) <= 500),
    -- Changes with each save, so that a save which is based on an older state is refused.
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    published_at timestamptz,
    published_by uuid references account.users (id),
    primary key (workspace_id, plan_id, version),
    constraint rate_plan_version_plan foreign key (workspace_id, plan_id) references workspace.rate_plans (workspace_id, id),
    constraint rate_plan_version_dated check ((state = 'published') = (published_at is not null))
);
create unique index rate_plan_one_draft on workspace.rate_plan_versions (workspace_id, plan_id) where state = 'draft';

create table workspace.rate_plan_charges (
    workspace_id uuid not null references account.workspaces (id),
    plan_id uuid not null,
    version integer not null,
    position integer not null check (position >= 0),
    name text not null check (length(name) between 1 and 80),
    product_id uuid not null,
    meter_id uuid,
    model text not null check (model in ('fee', 'per_unit', 'graduated', 'volume', 'package')),
    timing text not null default 'arrears' check (timing in ('arrears', 'advance')),
    per_seat boolean not null default false,
    fee_minor bigint check (fee_minor >= 0),
    unit_price numeric(24,12) check (unit_price >= 0),
    included numeric(24,6) check (included >= 0),
    package_size numeric(24,6) check (package_size > 0),
    package_minor bigint check (package_minor >= 0),
    primary key (workspace_id, plan_id, version, position),
    constraint rate_plan_charge_version foreign key (workspace_id, plan_id, version)
        references workspace.rate_plan_versions (workspace_id, plan_id, version) on delete cascade,
    constraint rate_plan_charge_product foreign key (workspace_id, product_id) references workspace.products (workspace_id, id),
    constraint rate_plan_charge_meter foreign key (workspace_id, meter_id) references workspace.meters (workspace_id, id),
    -- Usage of a meter is priced by one charge at most.
    constraint rate_plan_charge_meter_twice unique (workspace_id, plan_id, version, meter_id),
    constraint rate_plan_charge_fields check (
        (model = 'fee') = (fee_minor is not null) and (model = 'fee') = (meter_id is null)
        and (model = 'fee') = (included is null) and (model = 'per_unit') = (unit_price is not null)
        and (model = 'package') = (package_size is not null) and (model = 'package') = (package_minor is not null)
        and (model = 'fee' or (timing = 'arrears' and not per_seat)))
);
create index on workspace.rate_plan_charges (workspace_id, product_id);
create index on workspace.rate_plan_charges (workspace_id, meter_id);

create table workspace.rate_plan_tiers (
    workspace_id uuid not null references account.workspaces (id),
    plan_id uuid not null,
    version integer not null,
    position integer not null,
    tier integer not null check (tier >= 0),
    up_to numeric(24,6) check (up_to > 0),
    unit_price numeric(24,12) not null check (unit_price >= 0),
    flat_minor bigint not null default 0 check (flat_minor >= 0),
    primary key (workspace_id, plan_id, version, position, tier),
    constraint rate_plan_tier_charge foreign key (workspace_id, plan_id, version, position)
        references workspace.rate_plan_charges (workspace_id, plan_id, version, position) on delete cascade
);

-- Each product so far becomes a meter that sums what was recorded of it, and the price of each rate plan its version 1.
insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, property, unit, counts_from, created_at)
select workspace_id, gen_random_uuid(), id, name, code, code, 'sum', 'quantity', unit, '2000-01-01', created_at
from workspace.products;

update workspace.rate_plans p set code = n.code
from (
    select workspace_id, id, base || case when count(*) over same = 1 then '' else '-' || row_number() over (same order by created_at, id) end as code
    from (
        select workspace_id, id, created_at,
            coalesce(nullif(trim(both '-' from left(regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g'), 30)), ''), 'plan') as base
        from workspace.rate_plans) b
    window same as (partition by workspace_id, base)) n
where n.workspace_id = p.workspace_id and n.id = p.id;
-- A suffix can make the code of another plan.
update workspace.rate_plans p set code = left(code, 20) || '-' || substr(md5(id::text), 1, 12)
where length(code) < 2 or exists (select from workspace.rate_plans o where o.workspace_id = p.workspace_id and o.code = p.code and o.id < p.id);

insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state, created_at, published_at)
select workspace_id, id, 1, 'draft', created_at, null from workspace.rate_plans;
insert into workspace.rate_plan_charges
    (workspace_id, plan_id, version, position, name, product_id, meter_id, model, timing, fee_minor, unit_price, included)
select p.workspace_id, p.id, 1, 0, o.name, p.product_id, case when p."interval" = 'usage' then m.id end,
    case when p."interval" = 'usage' then 'per_unit' else 'fee' end, case when p."interval" = 'usage' then 'arrears' else 'advance' end,
    case when p."interval" <> 'usage' then p.price_minor end,
    case when p."interval" = 'usage' then p.price_minor / 10::numeric ^ u.exponent end,
    case when p."interval" = 'usage' then 0 end
from workspace.rate_plans p
join workspace.products o on o.workspace_id = p.workspace_id and o.id = p.product_id
join workspace.meters m on m.workspace_id = p.workspace_id and m.product_id = p.product_id
join ops.currencies u on u.code = p.currency;
update workspace.rate_plan_versions set state = 'published', published_at = created_at;
update workspace.rate_plans set "interval" = 'month' where "interval" = 'usage';

alter table workspace.rate_plans
    drop column product_id, drop column price_minor,
    alter code set not null,
    drop column searchable,
    add searchable text collate "C" not null generated always as (ops.searchable(name || E'\n' || code)) stored,
    add constraint rate_plan_code check (code ~ '^[a-z0-9_-]{2,40}$'),
    add constraint rate_plan_code_taken unique (workspace_id, code),
    add constraint rate_plan_interval check ("interval" in ('month', 'quarter', 'year')),
    add foreign key (currency) references ops.currencies (code);
alter table workspace.rate_plans force row level security;
alter table workspace.products force row level security;

-- Trigger of rate plan versions, charges and tiers: a published version, its charges and its tiers never change.
create or replace function ops.keep_published() returns trigger language plpgsql set search_path = '' as $$
begin
    if tg_table_name = 'rate_plan_versions' then
        if old.state = 'published' then
            raise exception 'a published version does not change' using errcode = '23000', constraint = 'rate_plan_version_published';
        end if;
    -- The row of the version is locked, so that nobody publishes it meanwhile.
    elsif exists (
        select from workspace.rate_plan_versions v
        where (v.workspace_id, v.plan_id, v.version) in (
                values (new.workspace_id, new.plan_id, new.version), (old.workspace_id, old.plan_id, old.version))
            and v.state = 'published'
        for share
    ) then
        raise exception 'a published version does not change' using errcode = '23000', constraint = 'rate_plan_version_published';
    end if;
    return coalesce(new, old);
end
$$;
revoke all on function ops.keep_published() from public;

-- Trigger of rate plan versions: a version that is published has a charge, and the tiers of each charge rise and end with
-- one without a bound.
create or replace function ops.check_published() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.state = 'published' and (
        not exists (
            select from workspace.rate_plan_charges c
            where c.workspace_id = new.workspace_id and c.plan_id = new.plan_id and c.version = new.version)
        or exists (
            select from workspace.rate_plan_charges c
            left join lateral (
                select count(*) as tiers, count(*) filter (where b.rises is not true) as faults
                from (
                    select case when t.tier = max(t.tier) over () then t.up_to is null
                        else t.up_to > coalesce(lag(t.up_to) over (order by t.tier), 0) end as rises
                    from workspace.rate_plan_tiers t
                    where t.workspace_id = c.workspace_id and t.plan_id = c.plan_id and t.version = c.version
                        and t.position = c.position) b) n on true
            where c.workspace_id = new.workspace_id and c.plan_id = new.plan_id and c.version = new.version
                and ((c.model in ('graduated', 'volume')) <> (n.tiers > 0) or n.faults > 0))
    ) then
        raise exception 'the version has no complete price' using errcode = '23000', constraint = 'rate_plan_version_incomplete';
    end if;
    return new;
end
$$;
revoke all on function ops.check_published() from public;

create trigger keep_published before update or delete on workspace.rate_plan_versions
    for each row execute function ops.keep_published();
create trigger check_published before insert or update on workspace.rate_plan_versions
    for each row execute function ops.check_published();
create trigger keep_published before insert or update or delete on workspace.rate_plan_charges
    for each row execute function ops.keep_published();
create trigger keep_published before insert or update or delete on workspace.rate_plan_tiers
    for each row execute function ops.keep_published();

call ops.protect_tenant('workspace.meters');
-- What a meter counts never changes, or the usage that it has counted would mean something else.
grant select, insert, update (name, unit, status, updated_at) on workspace.meters to stile_app;
call ops.protect_tenant('workspace.rate_plan_versions');
call ops.protect_tenant('workspace.rate_plan_charges');
call ops.protect_tenant('workspace.rate_plan_tiers');
-- Currency and interval of a plan never change: published prices and running periods depend on them.
revoke update on workspace.rate_plans from stile_app;
grant update (name, code, status, updated_at) on workspace.rate_plans to stile_app;
grant select, insert, delete, update (state, minimum_minor, note, revision, published_at, published_by)
    on workspace.rate_plan_versions to stile_app;
grant select, insert, delete on workspace.rate_plan_charges, workspace.rate_plan_tiers to stile_app;
