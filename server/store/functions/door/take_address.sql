-- Uses a link that was mailed to the current user's new address, and changes their address to it. Other open links of
-- this user become invalid. Returns the old and the new address; no row if the link is not valid. An address that has
-- an account is a unique violation (23505).
create or replace function door.take_address(hash bytea) returns table (old_email text, new_email text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    wanted text;
    old text;
begin
    update account.mail_links l set used_at = now()
    where l.token_hash = hash and l.purpose = 'address' and l.user_id = me and l.used_at is null and l.expires_at > now()
    returning l.email into wanted;
    if not found then
        return;
    end if;
    select u.email into old from account.users u where u.id = me for update;
    update account.users u set email = wanted, email_verified_at = now() where u.id = me;
    update account.mail_links l set used_at = now() where l.user_id = me and l.used_at is null;
    return query select old, wanted;
end
$$;
alter function door.take_address(bytea) owner to stile_door;
revoke all on function door.take_address(bytea) from public;
grant execute on function door.take_address(bytea) to stile_app;
