-- Trigger function: increments the seat epoch of the people with a seat in an organization whose name has changed. See
-- door.bump_people.
create or replace function door.name_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update account.users u set seat_epoch = u.seat_epoch + 1
    where u.id in (
        select m.user_id from account.organization_members m where m.organization_id = new.id
        union
        select m.user_id from account.workspace_members m
        join account.workspaces w on w.id = m.workspace_id where w.organization_id = new.id);
    return null;
end
$$;
alter function door.name_changed() owner to stile_door;
revoke all on function door.name_changed() from public;
grant execute on function door.name_changed() to session_user;
