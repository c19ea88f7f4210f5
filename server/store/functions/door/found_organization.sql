-- Creates an organization that the current user owns.
create or replace function door.found_organization(id uuid, name text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    if me is null then
        raise exception 'nobody is signed in' using errcode = '42501';
    end if;
    insert into account.organizations (id, name) values (found_organization.id, found_organization.name);
    insert into account.organization_members (organization_id, user_id, role) values (found_organization.id, me, 'owner');
end
$$;
alter function door.found_organization(uuid, text) owner to stile_door;
revoke all on function door.found_organization(uuid, text) from public;
grant execute on function door.found_organization(uuid, text) to stile_app;
