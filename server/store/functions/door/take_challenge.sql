-- Deletes the challenge of a sign-in with a passkey, and returns it. Null if there is none, if it has expired, or if a
-- concurrent call has taken it.
create or replace function door.take_challenge(handle bytea) returns jsonb
language sql volatile security definer set search_path = '' as $$
    delete from account.challenges c
    where c.handle_hash = handle and c.purpose = 'sign_in' and c.expires_at > now() returning c.state
$$;
alter function door.take_challenge(bytea) owner to stile_door;
revoke all on function door.take_challenge(bytea) from public;
grant execute on function door.take_challenge(bytea) to stile_app;
