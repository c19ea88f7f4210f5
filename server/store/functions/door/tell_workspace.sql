-- Trigger function: writes an event to everybody with a seat in a workspace, direct or inherited, when the workspace is
-- created or changed.
create or replace function door.tell_workspace() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id, workspace_id, organization_id)
    select case
            when tg_op = 'INSERT' then 'workspace_created'
            when old.deleted_at is null and new.deleted_at is not null then 'workspace_deleted'
            when old.deleted_at is not null and new.deleted_at is null then 'workspace_restored'
            when old.slug <> new.slug then 'workspace_renamed'
            else 'workspace_changed'
        end, p.user_id, new.id, new.organization_id
    from (select m.user_id from account.workspace_members m where m.workspace_id = new.id
        union select m.user_id from account.organization_members m where m.organization_id = new.organization_id) p;
    perform pg_notify('stile_events', '');
    return null;
end
$$;
alter function door.tell_workspace() owner to stile_door;
revoke all on function door.tell_workspace() from public;
grant execute on function door.tell_workspace() to session_user;
