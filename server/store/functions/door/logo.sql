-- Returns the logo of a workspace in which the current user has a seat; null for any other workspace, or if `picture`
-- is not its current logo.
create or replace function door.logo(wanted text, picture text) returns bytea
language sql stable security definer set search_path = '' as $$
    select l.image
    from account.workspaces w
    join account.logos l on l.workspace_id = w.id
    where w.slug = wanted and w.logo = picture and w.deleted_at is null and (
        exists (select from account.workspace_members m where m.workspace_id = w.id and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid)
        or exists (select from account.organization_members m
            where m.organization_id = w.organization_id and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid))
$$;
alter function door.logo(text, text) owner to stile_door;
revoke all on function door.logo(text, text) from public;
grant execute on function door.logo(text, text) to stile_app;
