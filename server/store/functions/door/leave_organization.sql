-- Removes the current user from an organization. Returns whether they had a role in it. door.keep_owner keeps the last
-- owner.
create or replace function door.leave_organization(wanted uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    delete from account.organization_members m
    where m.organization_id = wanted and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid;
    return found;
end
$$;
alter function door.leave_organization(uuid) owner to stile_door;
revoke all on function door.leave_organization(uuid) from public;
grant execute on function door.leave_organization(uuid) to stile_app;
