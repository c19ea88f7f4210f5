-- Returns a passkey and the user it belongs to, for signing in. No row if there is no such passkey or the user is
-- disabled.
create or replace function door.passkey(wanted bytea)
returns table (user_id uuid, id uuid, credential jsonb)
language sql stable security definer set search_path = '' as $$
    select k.user_id, k.id, k.credential
    from account.passkeys k join account.users u on u.id = k.user_id
    where k.credential_id = wanted and u.disabled_at is null
$$;
alter function door.passkey(bytea) owner to stile_door;
revoke all on function door.passkey(bytea) from public;
grant execute on function door.passkey(bytea) to stile_app;
