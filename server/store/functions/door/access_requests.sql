-- Returns the open requests for access to the current workspace. People who have got a seat in the meantime are left
-- out.
create or replace function door.access_requests() returns table (id uuid, user_id uuid, name text, email text, created_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
begin
    return query
        select r.id, u.id, u.name, u.email, r.created_at
        from account.access_requests r join account.users u on u.id = r.user_id
        join account.workspaces w on w.id = r.workspace_id
        where r.workspace_id = here and r.resolved_at is null
            and not exists (select from account.workspace_members m where m.workspace_id = here and m.user_id = u.id)
            and not exists (select from account.organization_members m where m.organization_id = w.organization_id and m.user_id = u.id)
        order by r.created_at, r.id;
end
$$;
alter function door.access_requests() owner to stile_door;
revoke all on function door.access_requests() from public;
grant execute on function door.access_requests() to stile_app;
