-- Stores the challenge of a sign-in with a passkey. Also deletes expired challenges.
create or replace function door.keep_challenge(handle bytea, kept jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    delete from account.challenges c where c.handle_hash in (
        select o.handle_hash from account.challenges o where o.expires_at < now() limit 100 for update skip locked);
    insert into account.challenges (handle_hash, purpose, state) values (handle, 'sign_in', kept);
$$;
alter function door.keep_challenge(bytea, jsonb) owner to stile_door;
revoke all on function door.keep_challenge(bytea, jsonb) from public;
grant execute on function door.keep_challenge(bytea, jsonb) to stile_app;
