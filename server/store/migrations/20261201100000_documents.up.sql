-- Documents: invoices with lines and taxes, credit notes, payments, and how a workspace invoices.

create table workspace.tax_rates (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 60),
    percent numeric(7,4) not null check (percent between 0 and 100),
    -- VAT category of EN 16931 (BT-118).
    category text not null check (category in ('S', 'Z', 'E', 'AE', 'O')),
    -- Printed on documents.
    note text not null default '' check (length(note) <= 200),
    status text not null default 'active' check (status in ('active', 'archived')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id),
    constraint tax_rate_name_taken unique (workspace_id, name),
    constraint tax_rate_percent check (category = 'S' or percent = 0),
    constraint tax_rate_note check (category not in ('E', 'AE') or note <> '')
);

-- How a workspace invoices its customers. A workspace without a row has the defaults.
create table workspace.billing_settings (
    workspace_id uuid primary key references account.workspaces (id),
    -- Days after a period, in which late usage still gets onto the draft before it is due to be issued.
    grace_days integer not null default 1 check (grace_days between 0 and 35),
    auto_draft boolean not null default true,
    auto_issue boolean not null default false,
    -- Whether an invoice of 0.00 is drafted.
    zero_invoices boolean not null default true,
    payment_days integer not null default 14 check (payment_days between 0 and 180),
    tax_rate_id uuid,
    seller_name text not null default '' check (length(seller_name) <= 200),
    seller_address text not null default '' check (length(seller_address) <= 500),
    seller_country text check (seller_country ~ '^[A-Z]{2}$'),
    seller_tax_id text not null default '' check (length(seller_tax_id) <= 40),
    seller_email text not null default '' check (length(seller_email) <= 254),
    -- Where to pay, in the words of the seller.
    payment_details text not null default '' check (length(payment_details) <= 500),
    footer text not null default '' check (length(footer) <= 500),
    updated_at timestamptz not null default now(),
    constraint billing_tax_rate foreign key (workspace_id, tax_rate_id) references workspace.tax_rates (workspace_id, id)
);

-- Numbers of documents, one row per kind.
create table workspace.series (
    workspace_id uuid not null references account.workspaces (id),
    kind text not null check (kind in ('invoice', 'credit_note')),
    prefix text not null check (prefix ~ '^[A-Za-z0-9/-]{0,12}$'),
    width integer not null default 4 check (width between 1 and 8),
    -- Whether the numbers contain the year, and begin again with 1 in the next.
    yearly boolean not null default true,
    -- Year of the last number; 0 if the series is not yearly, null before its first document.
    series_year integer,
    -- First number of this year. Goes on from another system.
    starts_at bigint not null default 1 check (starts_at between 1 and 99999999),
    next bigint not null default 1,
    last_on date,
    primary key (workspace_id, kind)
);

alter table workspace.customers
    add tax_rate_id uuid,
    add payment_days integer check (payment_days between 0 and 180),
    add constraint customer_tax_rate foreign key (workspace_id, tax_rate_id) references workspace.tax_rates (workspace_id, id);
create index on workspace.customers (workspace_id, tax_rate_id) where tax_rate_id is not null;

-- Periods that ended before this day are not invoiced: a subscription that is entered late does not get all invoices of
-- the past.
alter table workspace.subscriptions add bills_from date;
alter table workspace.subscriptions no force row level security;
-- The triggers' deferred checks would keep the next statements from changing the table.
alter table workspace.subscriptions disable trigger user;
update workspace.subscriptions set bills_from = greatest(starts_on, current_date);
alter table workspace.subscriptions enable trigger user;
alter table workspace.subscriptions force row level security;
alter table workspace.subscriptions alter bills_from set not null;
grant update (bills_from) on workspace.subscriptions to stile_app;
grant update (tax_rate_id, payment_days) on workspace.customers to stile_app;

alter table workspace.invoices
    add kind text not null default 'invoice' check (kind in ('invoice', 'credit_note')),
    -- Numbers of documents that were issued before there was a series have the year -1.
    add series_year integer,
    add series_no bigint,
    add subscription_id uuid,
    -- The day on which a subscription is invoiced: the first day after a period.
    add cut_on date,
    -- The document that a credit note credits.
    add credits_id uuid,
    -- The void document that this one is made again from.
    add replaces_id uuid,
    add net_minor bigint not null default 0,
    add tax_minor bigint not null default 0,
    add paid_minor bigint not null default 0 check (paid_minor >= 0),
    add credited_minor bigint not null default 0 check (credited_minor >= 0),
    add sent_at timestamptz,
    add issued_at timestamptz,
    add void_reason text check (length(void_reason) between 1 and 300),
    add note text not null default '' check (length(note) <= 500),
    -- Both parties and the texts as they were on the day of issue.
    add seller jsonb not null default '{}' check (jsonb_typeof(seller) = 'object'),
    add buyer jsonb not null default '{}' check (jsonb_typeof(buyer) = 'object'),
    -- Hash of what was on screen when the document was issued.
    add basis bytea check (length(basis) = 32),
    add created_by uuid references account.users (id),
    add updated_at timestamptz not null default now(),
    alter number drop not null,
    alter issued_on drop not null,
    alter due_on drop not null,
    drop constraint invoices_number_check,
    add constraint invoice_number check (length(number) between 1 and 40);

-- Rows so far become documents with one line and no tax.
alter table workspace.invoices no force row level security;
alter table workspace.customers no force row level security;
update workspace.invoices i set net_minor = i.total_minor, issued_at = i.issued_on,
    paid_minor = case i.status when 'paid' then i.total_minor else 0 end,
    void_reason = case i.status when 'void' then 'Void' end,
    status = case when i.status = 'open' and i.total_minor = 0 then 'paid' else i.status end,
    buyer = jsonb_build_object('name', c.name, 'address', c.address, 'tax_id', c.tax_id, 'email', c.email, 'country', c.country)
from workspace.customers c where c.workspace_id = i.workspace_id and c.id = i.customer_id;
update workspace.invoices i set series_year = -1, series_no = n.no
from (
    select workspace_id, id, row_number() over (partition by workspace_id order by issued_on, id) as no
    from workspace.invoices where status <> 'draft') n
where n.workspace_id = i.workspace_id and n.id = i.id;
update workspace.invoices set number = null, issued_on = null, due_on = null, issued_at = null where status = 'draft';
alter table workspace.customers force row level security;

alter table workspace.invoices
    add unique (workspace_id, id, customer_id),
    add constraint invoice_subscription foreign key (workspace_id, subscription_id, customer_id)
        references workspace.subscriptions (workspace_id, id, customer_id),
    add constraint invoice_credits foreign key (workspace_id, credits_id, customer_id)
        references workspace.invoices (workspace_id, id, customer_id),
    add constraint invoice_replaces foreign key (workspace_id, replaces_id, customer_id)
        references workspace.invoices (workspace_id, id, customer_id),
    add constraint invoice_numbered check ((status = 'draft') = (number is null) and (status = 'draft') = (series_no is null)
        and (status = 'draft') = (series_year is null) and (status = 'draft') = (issued_on is null)
        and (status = 'draft') = (issued_at is null) and (status = 'draft') = (due_on is null)),
    add constraint invoice_series_no_taken unique (workspace_id, kind, series_year, series_no),
    add constraint invoice_amounts check (total_minor = net_minor + tax_minor and (status = 'draft' or total_minor >= 0)),
    -- A credit note stays open: it counts at its invoice.
    add constraint invoice_settled check (case
        when kind = 'credit_note' then paid_minor = 0 and credited_minor = 0 and status in ('draft', 'open')
        -- What is paid and then credited is owed to the customer.
        when status = 'paid' then paid_minor + credited_minor >= total_minor and paid_minor <= total_minor and credited_minor <= total_minor
        when status = 'open' then paid_minor + credited_minor < total_minor
        else paid_minor = 0 and credited_minor = 0 end),
    add constraint invoice_cut check ((cut_on is null) = (subscription_id is null) and (kind = 'credit_note') = (credits_id is not null)
        and (kind = 'invoice' or (subscription_id is null and replaces_id is null))),
    add constraint invoice_voided check ((status = 'void') = (void_reason is not null));
create unique index invoice_cut_taken on workspace.invoices (workspace_id, subscription_id, cut_on) where status <> 'void';
create index on workspace.invoices (workspace_id, credits_id) where credits_id is not null;
create unique index invoice_replaced on workspace.invoices (workspace_id, replaces_id) where status <> 'void';
create index on workspace.invoices (workspace_id, created_at, id);
-- Keys to sort by: drafts have neither number nor day.
alter table workspace.invoices
    add listed_on date not null generated always as (coalesce(issued_on, date '9999-12-31')) stored,
    add number_key text collate ops.by_name not null generated always as (coalesce(number, '')) stored;
drop index workspace.invoices_workspace_id_issued_on_id_idx;
create index on workspace.invoices (workspace_id, listed_on, id);
create index on workspace.invoices (workspace_id, number_key, id);

create table workspace.invoice_lines (
    workspace_id uuid not null references account.workspaces (id),
    invoice_id uuid not null,
    position integer not null check (position between 0 and 499),
    customer_id uuid not null,
    -- What the line charges for, with its period: lines of one slot are the parts of one amount. Null for lines that a
    -- person entered.
    subscription_id uuid,
    slot text check (length(slot) between 1 and 100),
    period_from date,
    period_until date,
    service_from date,
    -- The first day after the service.
    service_until date,
    name text not null check (length(name) between 1 and 200),
    detail text not null default '' check (length(detail) <= 200),
    quantity numeric(24,6),
    unit text not null default '' check (length(unit) <= 30),
    net_minor bigint not null,
    -- What the slot costs, and what other documents charged for it. Their difference is the net amount, unless a negative
    -- difference is only taken in part.
    due_minor bigint,
    billed_minor bigint,
    tax_rate_id uuid,
    percent numeric(7,4) not null check (percent between 0 and 100),
    category text not null check (category in ('S', 'Z', 'E', 'AE', 'O')),
    -- The line of the credited document, and whether its usage is invoiced again.
    credits_position integer,
    rebill boolean not null default false,
    -- The steps of the computation (model::pricing).
    working jsonb,
    primary key (workspace_id, invoice_id, position),
    constraint invoice_line_document foreign key (workspace_id, invoice_id, customer_id)
        references workspace.invoices (workspace_id, id, customer_id) on delete cascade,
    constraint invoice_line_subscription foreign key (workspace_id, subscription_id, customer_id)
        references workspace.subscriptions (workspace_id, id, customer_id),
    constraint invoice_line_tax_rate foreign key (workspace_id, tax_rate_id) references workspace.tax_rates (workspace_id, id),
    constraint invoice_line_slot check ((slot is null) = (period_from is null) and (slot is null) = (period_until is null)
        and (slot is null) = (subscription_id is null) and service_until > service_from and period_until > period_from)
);
create index on workspace.invoice_lines (workspace_id, subscription_id, period_from, slot) where slot is not null;

create table workspace.invoice_taxes (
    workspace_id uuid not null references account.workspaces (id),
    invoice_id uuid not null,
    category text not null check (category in ('S', 'Z', 'E', 'AE', 'O')),
    percent numeric(7,4) not null check (percent between 0 and 100),
    customer_id uuid not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    note text not null default '' check (length(note) <= 200),
    primary key (workspace_id, invoice_id, category, percent),
    constraint invoice_tax_document foreign key (workspace_id, invoice_id, customer_id)
        references workspace.invoices (workspace_id, id, customer_id) on delete cascade
);

-- Files of an issued document. They are made once, so that a later version of the program does not change what the
-- customer got.
create table workspace.invoice_files (
    workspace_id uuid not null references account.workspaces (id),
    invoice_id uuid not null,
    kind text not null check (kind in ('pdf', 'xml')),
    customer_id uuid not null,
    sha256 bytea not null check (length(sha256) = 32),
    content bytea not null check (length(content) between 1 and 10485760),
    created_at timestamptz not null default now(),
    primary key (workspace_id, invoice_id, kind),
    constraint invoice_file_document foreign key (workspace_id, invoice_id, customer_id)
        references workspace.invoices (workspace_id, id, customer_id)
);

create table workspace.payments (
    workspace_id uuid not null references account.workspaces (id),
    id uuid not null,
    invoice_id uuid not null,
    customer_id uuid not null,
    -- Negative for a refund.
    amount_minor bigint not null check (amount_minor <> 0),
    received_on date not null,
    method text not null default 'transfer' check (method in ('transfer', 'card', 'cash', 'other')),
    reference text not null default '' check (length(reference) <= 100),
    created_by uuid references account.users (id),
    created_at timestamptz not null default now(),
    reversed_at timestamptz,
    primary key (workspace_id, id),
    constraint payment_document foreign key (workspace_id, invoice_id, customer_id)
        references workspace.invoices (workspace_id, id, customer_id)
);
create index on workspace.payments (workspace_id, invoice_id);

insert into workspace.invoice_lines (workspace_id, invoice_id, position, customer_id, name, net_minor, percent, category)
select workspace_id, id, 0, customer_id, 'Total', total_minor, 0, 'O' from workspace.invoices;
insert into workspace.invoice_taxes (workspace_id, invoice_id, category, percent, customer_id, net_minor, tax_minor)
select workspace_id, id, 'O', 0, customer_id, total_minor, 0 from workspace.invoices;
insert into workspace.payments (workspace_id, id, invoice_id, customer_id, amount_minor, received_on)
select workspace_id, gen_random_uuid(), id, customer_id, paid_minor, issued_on from workspace.invoices where paid_minor > 0;
alter table workspace.invoices force row level security;

-- Trigger of documents: what is issued does not change, except along its states: open, paid and void. A document gets the
-- next number of its series when it is issued, and no earlier date than the one before. Drafts can be deleted.
create or replace function ops.keep_issued() returns trigger language plpgsql set search_path = '' as $$
declare
    -- Generated columns are not computed yet; they follow from others.
    free constant text[] := array['status', 'paid_minor', 'credited_minor', 'sent_at', 'void_reason', 'updated_at', 'listed_on', 'number_key'];
    numbers workspace.series;
begin
    if tg_op = 'DELETE' then
        if old.status <> 'draft' then
            raise exception 'an issued document is not deleted' using errcode = '23000', constraint = 'document_issued';
        end if;
        return old;
    end if;
    if tg_op = 'UPDATE' and old.status <> 'draft' then
        if old.status = 'void' or new.status = 'draft' or to_jsonb(old) - free <> to_jsonb(new) - free then
            raise exception 'an issued document does not change' using errcode = '23000', constraint = 'document_issued';
        end if;
        if new.status = 'void' and (old.paid_minor > 0 or old.credited_minor > 0 or new.paid_minor > 0 or new.credited_minor > 0) then
            raise exception 'a document with payments or credits is not void' using errcode = '23000', constraint = 'document_settled';
        end if;
    elsif new.status <> 'draft' then
        if tg_op = 'UPDATE' and (old.kind, old.customer_id) is distinct from (new.kind, new.customer_id) then
            raise exception 'the document is of another customer' using errcode = '23000', constraint = 'document_issued';
        end if;
        select * into numbers from workspace.series s where s.workspace_id = new.workspace_id and s.kind = new.kind for update;
        if new.series_year is distinct from numbers.series_year or new.issued_on is distinct from numbers.last_on
            or new.series_no is distinct from (
                select coalesce(max(i.series_no) + 1, numbers.starts_at) from workspace.invoices i
                where i.workspace_id = new.workspace_id and i.kind = new.kind and i.series_year = new.series_year
                    and i.id <> new.id)
        then
            raise exception 'the number does not follow the one before' using errcode = '23000', constraint = 'document_number_gap';
        end if;
    end if;
    return new;
end
$$;
revoke all on function ops.keep_issued() from public;

-- Trigger of the lines and taxes of documents: those of an issued document never change.
create or replace function ops.keep_issued_parts() returns trigger language plpgsql set search_path = '' as $$
begin
    -- The row of the document is locked, so that nobody issues it meanwhile.
    if exists (
        select from workspace.invoices i
        where (i.workspace_id, i.id) in (values (new.workspace_id, new.invoice_id), (old.workspace_id, old.invoice_id))
            and i.status <> 'draft'
        for share
    ) then
        raise exception 'an issued document does not change' using errcode = '23000', constraint = 'document_issued';
    end if;
    return coalesce(new, old);
end
$$;
revoke all on function ops.keep_issued_parts() from public;

-- Deferred trigger of series: at commit, the next number is the one after the last document of the series. The first
-- number can only be chosen while the series has no document.
create or replace function ops.check_series() returns trigger language plpgsql set search_path = '' as $$
begin
    if exists (
        select from workspace.series s
        where s.workspace_id = new.workspace_id and s.kind = new.kind and s.next is distinct from (
            select coalesce(max(i.series_no) + 1, s.starts_at) from workspace.invoices i
            where i.workspace_id = s.workspace_id and i.kind = s.kind and i.series_year = s.series_year)
    ) then
        raise exception 'a number is missing' using errcode = '23000', constraint = 'document_number_gap';
    end if;
    return null;
end
$$;
revoke all on function ops.check_series() from public;

-- Deferred trigger of documents, their lines and taxes, and payments: at commit, the sums of an issued document are those
-- of its lines and taxes, and what is paid and credited those of its payments and credit notes. No line is credited with
-- more than it charged.
create or replace function ops.check_document() returns trigger language plpgsql set search_path = '' as $$
declare
    changed jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
    place uuid := changed ->> 'workspace_id';
    one uuid := changed ->> case tg_table_name when 'invoices' then 'id' else 'invoice_id' end;
begin
    if exists (
        select from workspace.invoices i
        where i.workspace_id = place and i.id = one and i.status <> 'draft' and (
            i.net_minor is distinct from (
                select coalesce(sum(l.net_minor), 0) from workspace.invoice_lines l
                where l.workspace_id = place and l.invoice_id = i.id)
            or i.net_minor is distinct from (
                select coalesce(sum(t.net_minor), 0) from workspace.invoice_taxes t
                where t.workspace_id = place and t.invoice_id = i.id)
            or i.tax_minor is distinct from (
                select coalesce(sum(t.tax_minor), 0) from workspace.invoice_taxes t
                where t.workspace_id = place and t.invoice_id = i.id)
            or i.paid_minor is distinct from (
                select coalesce(sum(p.amount_minor), 0) from workspace.payments p
                where p.workspace_id = place and p.invoice_id = i.id and p.reversed_at is null)
            or i.credited_minor is distinct from (
                select coalesce(sum(c.total_minor), 0) from workspace.invoices c
                where c.workspace_id = place and c.credits_id = i.id and c.status <> 'draft'))
    ) then
        raise exception 'the sums do not fit the document' using errcode = '23000', constraint = 'document_sums';
    end if;
    if exists (
        select from workspace.invoices c
        join workspace.invoices i on i.workspace_id = c.workspace_id and i.id = c.credits_id
        where c.workspace_id = place and c.id = one and c.kind = 'credit_note' and c.status <> 'draft' and (
            i.status not in ('open', 'paid') or i.kind <> 'invoice' or i.currency <> c.currency or i.customer_id <> c.customer_id
            or i.credited_minor is distinct from (
                select sum(n.total_minor) from workspace.invoices n
                where n.workspace_id = place and n.credits_id = i.id and n.status <> 'draft')
            or exists (
                select from workspace.invoice_lines l
                join workspace.invoices n on n.workspace_id = l.workspace_id and n.id = l.invoice_id
                left join workspace.invoice_lines o
                    on o.workspace_id = l.workspace_id and o.invoice_id = i.id and o.position = l.credits_position
                where l.workspace_id = place and n.credits_id = i.id and n.status <> 'draft'
                group by l.credits_position, o.net_minor
                having o.net_minor is null or sum(l.net_minor) > o.net_minor))
    ) then
        raise exception 'more is credited than was charged' using errcode = '23000', constraint = 'document_credits';
    end if;
    return null;
end
$$;
revoke all on function ops.check_document() from public;

create trigger keep_issued before insert or update or delete on workspace.invoices
    for each row execute function ops.keep_issued();
create trigger keep_issued_parts before insert or update or delete on workspace.invoice_lines
    for each row execute function ops.keep_issued_parts();
create trigger keep_issued_parts before insert or update or delete on workspace.invoice_taxes
    for each row execute function ops.keep_issued_parts();
create constraint trigger check_series after insert or update on workspace.series
    deferrable initially deferred for each row execute function ops.check_series();
create constraint trigger check_document after insert or update on workspace.invoices
    deferrable initially deferred for each row execute function ops.check_document();
create constraint trigger check_document after insert or update on workspace.payments
    deferrable initially deferred for each row execute function ops.check_document();

do $$
declare
    shared constant text := 'exists (select from workspace.customer_shares s where s.workspace_id = %1$I.workspace_id'
        ' and s.customer_id = %1$I.customer_id and s.user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid))';
    name text;
begin
    foreach name in array array['invoice_lines', 'invoice_taxes', 'invoice_files', 'payments'] loop
        call ops.protect_tenant(format('workspace.%I', name)::regclass, format(shared, name));
    end loop;
    foreach name in array array['tax_rates', 'billing_settings', 'series'] loop
        call ops.protect_tenant(format('workspace.%I', name)::regclass);
    end loop;
end
$$;
grant select, insert, update (name, note, status, updated_at) on workspace.tax_rates to stile_app;
grant select, insert, update on workspace.billing_settings to stile_app;
grant select, insert, update (prefix, width, yearly, series_year, starts_at, next, last_on) on workspace.series to stile_app;
revoke update on workspace.invoices from stile_app;
grant select, insert, delete, update (number, status, series_year, series_no, currency, net_minor, tax_minor, total_minor,
    paid_minor, credited_minor, issued_on, issued_at, due_on, sent_at, void_reason, note, seller, buyer, basis, updated_at)
    on workspace.invoices to stile_app;
grant select, insert, delete on workspace.invoice_lines, workspace.invoice_taxes to stile_app;
grant select, insert on workspace.invoice_files to stile_app;
grant select, insert, update (reversed_at) on workspace.payments to stile_app;
