-- Returns the name of an organization and the current user's role in it; no row if they have none.
create or replace function door.my_organization(wanted uuid) returns table (name text, role text)
language sql stable security definer set search_path = '' as $$
    select o.name, m.role from account.organization_members m join account.organizations o on o.id = m.organization_id
    where m.organization_id = wanted and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid
$$;
alter function door.my_organization(uuid) owner to stile_door;
revoke all on function door.my_organization(uuid) from public;
grant execute on function door.my_organization(uuid) to stile_app;
