-- Creates a user with a verified address. An address that has an account is a unique violation (23505).
create or replace function door.register(id uuid, email text, name text, password_hash text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.users (id, email, name, password_hash, email_verified_at)
    values (id, email, name, password_hash, now())
$$;
alter function door.register(uuid, text, text, text) owner to stile_door;
revoke all on function door.register(uuid, text, text, text) from public;
grant execute on function door.register(uuid, text, text, text) to stile_app;
