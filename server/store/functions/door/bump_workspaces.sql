-- Trigger function: increments the seat epoch of the organizations of the workspaces in the transition table `changed`,
-- and of the members of these workspaces. See door.bump_people.
create or replace function door.bump_workspaces() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update account.organizations o set seat_epoch = o.seat_epoch + 1
    where o.id in (select c.organization_id from changed c);
    update account.users u set seat_epoch = u.seat_epoch + 1
    where u.id in (select m.user_id from account.workspace_members m join changed c on c.id = m.workspace_id);
    return null;
end
$$;
alter function door.bump_workspaces() owner to stile_door;
revoke all on function door.bump_workspaces() from public;
grant execute on function door.bump_workspaces() to session_user;
