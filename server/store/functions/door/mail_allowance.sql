-- Returns how many emails the current user can still cause today, for the current organization if there is one, and the
-- number of seconds until this number increases.
create or replace function door.mail_allowance() returns table (remaining int, wait int)
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
alter function door.mail_allowance() owner to stile_door;
revoke all on function door.mail_allowance() from public;
grant execute on function door.mail_allowance() to stile_app;
