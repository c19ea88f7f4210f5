-- Returns the users who can answer requests for access to a workspace: its owners and admins, direct or inherited.
create or replace function door.deciders(workspace uuid) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select m.user_id from account.workspace_members m
    where m.workspace_id = workspace and ops.rank(m.role) >= ops.rank('admin')
    union
    select m.user_id from account.workspaces w join account.organization_members m on m.organization_id = w.organization_id
    where w.id = workspace and ops.rank(m.role) >= ops.rank('admin')
$$;
alter function door.deciders(uuid) owner to stile_door;
revoke all on function door.deciders(uuid) from public;
