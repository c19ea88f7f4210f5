-- Returns the state of a mailed link, without using it: 'open', 'used' or 'expired'. The address and name are returned
-- only if it is open.
create or replace function door.look_at_link(hash bytea, wanted text)
returns table (state text, email text, name text)
language sql stable security definer set search_path = '' as $$
    select case when l.used_at is not null then 'used' when l.expires_at <= now() then 'expired' else 'open' end,
        case when l.used_at is null and l.expires_at > now() then l.email end,
        case when l.used_at is null and l.expires_at > now() then u.name end
    from account.mail_links l left join account.users u on u.id = l.user_id
    where l.token_hash = hash and l.purpose = wanted
$$;
alter function door.look_at_link(bytea, text) owner to stile_door;
revoke all on function door.look_at_link(bytea, text) from public;
grant execute on function door.look_at_link(bytea, text) to stile_app;
