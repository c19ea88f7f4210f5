-- Returns whether a workspace of the organization requires a second factor: a role in the organization is an inherited
-- seat in that workspace. A deleted workspace that can be restored counts.
create or replace function door.organization_demands(organization uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (select from account.workspaces w
        where w.organization_id = organization and w.demands_factor
            and (w.deleted_at is null or w.deleted_at > now() - interval '14 days'))
$$;
alter function door.organization_demands(uuid) owner to stile_door;
revoke all on function door.organization_demands(uuid) from public;
