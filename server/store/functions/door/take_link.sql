-- Uses a mailed link, for signing up or for a new password. Of concurrent calls for the same link, one gets the row.
-- Other links for the same address and purpose become invalid. For a new password, the context is set to the user.
create or replace function door.take_link(hash bytea, wanted text)
returns table (email text, user_id uuid, next_path text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    taken record;
begin
    update account.mail_links l set used_at = now()
    where l.token_hash = hash and l.purpose = wanted and l.purpose in ('sign_up', 'reset')
        and l.used_at is null and l.expires_at > now()
        and (l.purpose = 'sign_up' or exists (
            select from account.users u where u.id = l.user_id and u.email = l.email and u.disabled_at is null))
    returning l.email, l.user_id, l.next into taken;
    if not found then
        return;
    end if;
    update account.mail_links l set used_at = now()
    where l.email = taken.email and l.purpose = wanted and l.used_at is null;
    if taken.user_id is not null then
        perform set_config('stile.user_id', taken.user_id::text, true);
    end if;
    return query select taken.email, taken.user_id, taken.next;
end
$$;
alter function door.take_link(bytea, text) owner to stile_door;
revoke all on function door.take_link(bytea, text) from public;
grant execute on function door.take_link(bytea, text) to stile_app;
