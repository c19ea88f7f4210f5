-- Stores a link that will be mailed to the current user's new address. Earlier links of this user for a new address
-- become invalid. Returns whether the new address has an account.
create or replace function door.offer_address(hash bytea, address text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    if me is null then
        raise exception 'nobody is signed in' using errcode = '42501';
    end if;
    update account.mail_links l set used_at = now() where l.user_id = me and l.purpose = 'address' and l.used_at is null;
    insert into account.mail_links (token_hash, purpose, email, user_id, expires_at)
    values (hash, 'address', address, me, now() + interval '24 hours');
    return exists (select from account.users u where u.email = address);
end
$$;
alter function door.offer_address(bytea, text) owner to stile_door;
revoke all on function door.offer_address(bytea, text) from public;
grant execute on function door.offer_address(bytea, text) to stile_app;
