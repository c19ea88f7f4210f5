-- Notes of overdue invoices, and of the mails to customers, are lost.
-- Counts an email that somebody causes to be sent to `address`. `outcome` is 'counted'; 'recipient' if this address
-- can't receive more for now; or 'spent' if the current user or their organization can't cause more today. `wait` is
-- the number of seconds until then. Advisory locks make concurrent transactions wait for each other, so that the limits
-- hold.
create or replace function door.cause_mail(kind text, address text) returns table (outcome text, wait int)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    org constant uuid := case cause_mail.kind when 'invite' then door.mailing_organization() end;
    hash constant bytea := sha256(convert_to(address, 'UTF8'));
    span constant interval := case cause_mail.kind when 'link' then interval '12 minutes' else interval '1 day' end;
    most constant int := case cause_mail.kind when 'link' then 4 when 'address' then 5 else 10 end;
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
    -- One person or organization uses up four of them, so that nobody alone can keep all others from writing there.
    for used in
        select count(*) as mails, min(m.at) as oldest, most as most from account.caused_mails m
        where m.recipient = hash and m.kind = cause_mail.kind and m.at > now() - span
        union all
        select count(*), min(m.at), 4 from account.caused_mails m
        where m.recipient = hash and m.kind = cause_mail.kind and m.at > now() - span and cause_mail.kind in ('invite', 'address')
            and (m.user_id = me or m.organization_id = org)
    loop
        if used.mails >= used.most then
            return query select 'recipient', greatest(ceil(extract(epoch from used.oldest + span - now())), 1)::int;
            return;
        end if;
    end loop;
    delete from account.caused_mails c where c.id in (
        select o.id from account.caused_mails o where o.at < now() - interval '2 days' limit 100 for update skip locked);
    insert into account.caused_mails (kind, recipient, user_id, organization_id)
    values (cause_mail.kind, hash, case when cause_mail.kind in ('invite', 'address') then me end, org);
    return query select 'counted', 0;
end
$$;
alter function door.cause_mail(text, text) owner to stile_door;
revoke all on function door.cause_mail(text, text) from public;
grant execute on function door.cause_mail(text, text) to stile_app;

-- Returns the workspaces in which the job `wanted` has something due, longest due first, at most 200. Only ids: what is
-- due is read in the workspace, by door.job.
create or replace function door.due(wanted text) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select d.workspace_id from account.due_jobs d join account.workspaces w on w.id = d.workspace_id
    where d.job = wanted and d.due_at <= now() and w.deleted_at is null
    group by d.workspace_id order by min(d.due_at) limit 200
$$;
alter function door.due(text) owner to stile_door;
revoke all on function door.due(text) from public;
grant execute on function door.due(text) to stile_app;
drop table workspace.overdue_notices;
set local role stile_door;
delete from account.caused_mails where kind = 'invoice';
reset role;
alter table account.caused_mails
    drop constraint caused_mails_kind_check,
    add constraint caused_mails_kind_check check (kind in ('invite', 'address', 'link', 'request'));
