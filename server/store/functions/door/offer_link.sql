-- Stores a link that will be mailed to `address`, for signing up or for a new password. Returns whether the address has
-- an account; the same statements are executed in both cases, so the time does not tell. Also deletes links that
-- expired more than 30 days ago.
create or replace function door.offer_link(hash bytea, purpose text, address text, next_path text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    known uuid;
begin
    if purpose not in ('sign_up', 'reset') then
        raise exception 'no link of that kind is offered to a stranger' using errcode = '42501';
    end if;
    delete from account.mail_links l where l.token_hash in (
        select o.token_hash from account.mail_links o
        where o.expires_at < now() - interval '30 days' limit 100 for update skip locked);
    select u.id into known from account.users u where u.email = address and u.disabled_at is null;
    insert into account.mail_links (token_hash, purpose, email, user_id, next, expires_at)
    values (hash, offer_link.purpose, address, case offer_link.purpose when 'reset' then known end, next_path,
        now() + case offer_link.purpose when 'reset' then interval '1 hour' else interval '24 hours' end);
    -- A disabled person gets no way back by a reset, and their address can't be signed up with.
    return known is not null or offer_link.purpose = 'sign_up' and exists (select from account.users u where u.email = address);
end
$$;
alter function door.offer_link(bytea, text, text, text) owner to stile_door;
revoke all on function door.offer_link(bytea, text, text, text) from public;
grant execute on function door.offer_link(bytea, text, text, text) to stile_app;
