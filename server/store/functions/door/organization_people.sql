-- Returns the people with a role in the current organization, strongest role first.
create or replace function door.organization_people()
returns table (user_id uuid, name text, email text, role text, since timestamptz, portrait text)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select u.id, u.name, u.email, m.role, m.created_at, u.portrait
        from account.organization_members m join account.users u on u.id = m.user_id
        where m.organization_id = here
        order by ops.rank(m.role) desc, lower(u.name), u.id;
end
$$;
alter function door.organization_people() owner to stile_door;
revoke all on function door.organization_people() from public;
grant execute on function door.organization_people() to stile_app;
