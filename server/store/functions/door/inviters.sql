-- Returns the users who created the open invites of the current workspace or, without one, of the current organization.
create or replace function door.inviters() returns table (user_id uuid, name text)
language plpgsql stable security definer set search_path = '' as $$
declare
    ws constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
    org constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select distinct u.id, u.name from account.invites i join account.users u on u.id = i.invited_by
        where i.accepted_at is null and i.declined_at is null and i.revoked_at is null
            and case when ws is not null then i.workspace_id = ws else i.organization_id = org and i.workspace_id is null end;
end
$$;
alter function door.inviters() owner to stile_door;
revoke all on function door.inviters() from public;
grant execute on function door.inviters() to stile_app;
