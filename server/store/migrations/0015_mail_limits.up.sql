-- What one person can have mailed to others is counted here, over all servers: against the recipient, against whoever
-- causes it, and against their organization. The recipient's address is kept as a hash, and nothing for longer than two
-- days.

create table account.caused_mails (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('invite', 'address', 'link', 'request')),
    recipient bytea not null check (octet_length(recipient) = 32),
    -- Who caused it; null for somebody who is not signed in.
    user_id uuid references account.users (id),
    organization_id uuid references account.organizations (id),
    at timestamptz not null default now()
);
create index on account.caused_mails (recipient, at);
create index on account.caused_mails (user_id, at) where user_id is not null;
create index on account.caused_mails (organization_id, at) where organization_id is not null;
create index on account.caused_mails (at);

do $$
begin
    call ops.protect('account.caused_mails', null, null, null);
end
$$;
-- To sweep rows away, skipping those that another sweeps, is to lock them.
grant select, insert, update (at), delete on account.caused_mails to stile_door;
create policy door_reads on account.caused_mails for select to stile_door using (true);
create policy door_adds on account.caused_mails for insert to stile_door with check (true);
create policy door_changes on account.caused_mails for update to stile_door using (true) with check (true);
create policy door_removes on account.caused_mails for delete to stile_door using (true);

-- How many mails a person or an organization may cause in a day: few at first, so that a new account is of no use for
-- sending to strangers.
create function ops.mails_a_day(what text, since timestamptz) returns int
language sql stable set search_path = '' as $$
    select case what when 'person' then
        case when since > now() - interval '1 day' then 20 when since > now() - interval '30 days' then 200 else 1000 end
    else
        case when since > now() - interval '1 day' then 50 when since > now() - interval '30 days' then 500 else 5000 end
    end
$$;
revoke all on function ops.mails_a_day(text, timestamptz) from public;
grant execute on function ops.mails_a_day(text, timestamptz) to stile_door;

-- The demo's people and organizations are made older than a day by the owner, who acts as this role for it.
grant update (created_at) on account.users, account.organizations to stile_door;

set local role stile_door;

-- The organization of this transaction: its own, or that of its workspace.
create function door.mailing_organization() returns uuid
language sql stable security definer set search_path = '' as $$
    select coalesce(
        (select w.organization_id from account.workspaces w
            where w.id = nullif(current_setting('stile.workspace_id', true), '')::uuid),
        nullif(current_setting('stile.organization_id', true), '')::uuid)
$$;

-- How many mails this transaction's person may still cause in its organization today, and in how many seconds there are
-- more again.
create function door.mail_allowance() returns table (remaining int, wait int)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    org constant uuid := door.mailing_organization();
begin
    return query
        with budgets as (
            select ops.mails_a_day('person', u.created_at) as most, count(m.id)::int as used, min(m.at) as oldest
            from account.users u
            left join account.caused_mails m on m.user_id = u.id and m.kind in ('invite', 'address') and m.at > now() - interval '1 day'
            where u.id = me group by u.id
            union all
            select ops.mails_a_day('organization', o.created_at), count(m.id)::int, min(m.at)
            from account.organizations o
            left join account.caused_mails m on m.organization_id = o.id and m.kind = 'invite' and m.at > now() - interval '1 day'
            where o.id = org group by o.id)
        select greatest(b.most - b.used, 0),
            greatest(ceil(extract(epoch from coalesce(b.oldest, now()) + interval '1 day' - now())), 1)::int
        from budgets b order by b.most - b.used limit 1;
end
$$;

-- Counts a mail that this transaction's person causes to an address. 'counted'; or 'recipient' when that address gets
-- no more for now, or 'spent' when the person or their organization may cause no more today, with the seconds until then.
-- A limit holds across transactions because each waits for the one before it.
create function door.cause_mail(kind text, address text) returns table (outcome text, wait int)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    org constant uuid := case cause_mail.kind when 'invite' then door.mailing_organization() end;
    hash constant bytea := sha256(convert_to(address, 'UTF8'));
    span constant interval := case cause_mail.kind when 'link' then interval '12 minutes' else interval '1 day' end;
    most constant int := case cause_mail.kind when 'link' then 4 when 'request' then 10 else 5 end;
    used record;
    left_over record;
begin
    if cause_mail.kind in ('invite', 'address') then
        if me is null then
            raise exception 'nobody is signed in' using errcode = '42501';
        end if;
        if org is not null then
            perform pg_advisory_xact_lock(hashtextextended(org::text, 6));
        end if;
        perform pg_advisory_xact_lock(hashtextextended(me::text, 7));
        select a.remaining, a.wait into left_over from door.mail_allowance() a;
        if coalesce(left_over.remaining, 0) < 1 then
            return query select 'spent', coalesce(left_over.wait, 86400);
            return;
        end if;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(encode(hash, 'hex'), 8));
    select count(*) as mails, min(m.at) as oldest into used from account.caused_mails m
    where m.recipient = hash and m.at > now() - span
        and case when cause_mail.kind in ('invite', 'address') then m.kind in ('invite', 'address') else m.kind = cause_mail.kind end;
    if used.mails >= most then
        return query select 'recipient', greatest(ceil(extract(epoch from used.oldest + span - now())), 1)::int;
        return;
    end if;
    delete from account.caused_mails c where c.id in (
        select o.id from account.caused_mails o where o.at < now() - interval '2 days' limit 100 for update skip locked);
    insert into account.caused_mails (kind, recipient, user_id, organization_id)
    values (cause_mail.kind, hash, case when cause_mail.kind in ('invite', 'address') then me end, org);
    return query select 'counted', 0;
end
$$;

revoke all on function door.mailing_organization(), door.mail_allowance(), door.cause_mail(text, text) from public;
grant execute on function door.mail_allowance(), door.cause_mail(text, text) to stile_app;

reset role;
