-- Returns the organization of the current workspace or, without one, the current organization.
create or replace function door.mailing_organization() returns uuid
language sql stable security definer set search_path = '' as $$
    select coalesce(
        (select w.organization_id from account.workspaces w
            where w.id = nullif(current_setting('stile.workspace_id', true), '')::uuid),
        nullif(current_setting('stile.organization_id', true), '')::uuid)
$$;
alter function door.mailing_organization() owner to stile_door;
revoke all on function door.mailing_organization() from public;
