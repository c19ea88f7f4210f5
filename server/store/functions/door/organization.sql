-- Authenticates a session or token, and sets the context to an organization that this person owns or administers.
-- Returns no row for anybody else.
create or replace function door.organization(kind text, secret_hash bytea, wanted uuid)
returns table (session_id uuid, user_id uuid, role text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    who record;
begin
    select * into who from door.person(kind, secret_hash);
    for session_id, user_id, role in
        select who.session_id, m.user_id, m.role
        from account.organization_members m
        where m.organization_id = wanted and m.user_id = who.user_id and m.role in ('owner', 'admin')
    loop
        perform set_config('stile.organization_id', wanted::text, true);
        return next;
    end loop;
end
$$;
alter function door.organization(text, bytea, uuid) owner to stile_door;
revoke all on function door.organization(text, bytea, uuid) from public;
grant execute on function door.organization(text, bytea, uuid) to stile_app;
