-- Returns the workspaces that were deleted in the last 14 days and that the current user can restore because they own
-- them.
create or replace function door.deleted_workspaces()
returns table (slug text, name text, organization text, deleted_at timestamptz)
language sql stable security definer set search_path = '' as $$
    select w.slug, w.name, o.name, w.deleted_at
    from account.workspaces w
    join account.organizations o on o.id = w.organization_id
    where w.deleted_at > now() - interval '14 days' and w.id in (
        select m.workspace_id from account.workspace_members m
        where m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid and m.role = 'owner'
        union all
        select i.id from account.organization_members m
        join account.workspaces i on i.organization_id = m.organization_id and i.deleted_at is not null
        where m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid and m.role = 'owner')
    order by w.deleted_at desc
$$;
alter function door.deleted_workspaces() owner to stile_door;
revoke all on function door.deleted_workspaces() from public;
grant execute on function door.deleted_workspaces() to stile_app;
