-- Returns the password hash of the account with this address, for signing in. No row if there is no such account or it
-- is disabled.
create or replace function door.credentials(wanted text)
returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = '' as $$
    select u.id, u.password_hash from account.users u where u.email = wanted and u.disabled_at is null
$$;
alter function door.credentials(text) owner to stile_door;
revoke all on function door.credentials(text) from public;
grant execute on function door.credentials(text) to stile_app;
