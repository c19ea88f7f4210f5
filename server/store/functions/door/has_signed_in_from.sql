-- Returns whether the account with the address `wanted` has signed in from `place` in the last 90 days: from the same
-- IPv4 address, or from the same IPv6 /64 network.
create or replace function door.has_signed_in_from(wanted text, place inet) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from account.users u join account.sessions s on s.user_id = u.id
        where u.email = wanted and s.created_at > now() - interval '90 days'
            and case when family(place) = 6 then s.ip <<= network(set_masklen(place, 64)) else s.ip = place end)
$$;
alter function door.has_signed_in_from(text, inet) owner to stile_door;
revoke all on function door.has_signed_in_from(text, inet) from public;
grant execute on function door.has_signed_in_from(text, inet) to stile_app;
