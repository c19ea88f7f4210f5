-- Creates a user by the mailed link of an open invite, which verifies their address. Returns the address; null if there
-- is no such open invite, or if the address has an account.
create or replace function door.register_by_invite(token_hash bytea, id uuid, name text, password_hash text) returns text
language sql volatile security definer set search_path = '' as $$
    insert into account.users (id, email, name, password_hash, email_verified_at)
    select register_by_invite.id, i.email, register_by_invite.name, register_by_invite.password_hash, now()
    from account.invite_links l join account.invites i on i.id = l.invite_id
    where l.token_hash = register_by_invite.token_hash and l.kind = 'mailed' and door.invite_state(i) = 'open'
    on conflict (email) do nothing
    returning email
$$;
alter function door.register_by_invite(bytea, uuid, text, text) owner to stile_door;
revoke all on function door.register_by_invite(bytea, uuid, text, text) from public;
grant execute on function door.register_by_invite(bytea, uuid, text, text) to stile_app;
