-- Authenticates a session, or a sign-in that waits for its second factor, so that a second factor can be verified. Sets
-- the context to the user and nothing else.
create or replace function door.prover(presented bytea)
returns table (kind text, holder uuid, user_id uuid, user_name text, email text)
language plpgsql volatile security definer set search_path = '' as $$
begin
    return query select 'session'::text, p.session_id, p.user_id, p.user_name, p.email from door.person('session', presented) p;
    if found then
        return;
    end if;
    for kind, holder, user_id, user_name, email in
        select 'sign_in'::text, s.id, u.id, u.name, u.email
        from account.sign_ins s join account.users u on u.id = s.user_id
        where s.secret_hash = presented and s.expires_at > now() and u.disabled_at is null
    loop
        perform set_config('stile.user_id', user_id::text, true);
        return next;
    end loop;
end
$$;
alter function door.prover(bytea) owner to stile_door;
revoke all on function door.prover(bytea) from public;
grant execute on function door.prover(bytea) to stile_app;
