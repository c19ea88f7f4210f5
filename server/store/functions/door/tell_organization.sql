-- Trigger function: writes an event to everybody with a role or a seat in an organization that has changed.
create or replace function door.tell_organization() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id, organization_id)
    select 'organization_changed', p.user_id, new.id
    from (select m.user_id from account.organization_members m where m.organization_id = new.id
        union select m.user_id from account.workspace_members m
        join account.workspaces w on w.id = m.workspace_id where w.organization_id = new.id) p;
    perform pg_notify('stile_events', '');
    return null;
end
$$;
alter function door.tell_organization() owner to stile_door;
revoke all on function door.tell_organization() from public;
grant execute on function door.tell_organization() to session_user;
