-- Opens a workspace for a job of the server, which acts without a person. The context is then set to the workspace and
-- the job. Returns no row if the workspace does not exist or was deleted, or if there is no such job.
create or replace function door.job(workspace uuid, wanted text)
returns table (slug text, name text, organization_id uuid, organization text, hue smallint, logo text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    place record;
begin
    select w.id, w.slug, w.name, w.organization_id, o.name as organization, w.hue, w.logo
    into place
    from account.workspaces w join account.organizations o on o.id = w.organization_id
    where w.id = workspace and w.deleted_at is null and wanted in ('deliver', 'invoice');
    if not found then
        return;
    end if;
    perform set_config('stile.user_id', '', true),
        set_config('stile.session_id', '', true),
        set_config('stile.workspace_id', place.id::text, true),
        set_config('stile.reach', 'all', true),
        set_config('stile.job', wanted, true);
    return query select place.slug, place.name, place.organization_id, place.organization, place.hue, place.logo;
end
$$;
alter function door.job(uuid, text) owner to stile_door;
revoke all on function door.job(uuid, text) from public;
grant execute on function door.job(uuid, text) to stile_app;
