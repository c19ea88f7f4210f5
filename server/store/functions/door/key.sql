-- Authenticates an API key of the workspace with the slug `wanted`, and reads its owner's seat. `outcome` is 'seat', and
-- the context is then set to the workspace and the owner; 'moved' if the workspace was renamed (`slug` is the new one);
-- 'factor' if the workspace requires a second factor and the key was created without one. Returns no row if no such key
-- of this workspace exists, if it was revoked or has expired, if its owner has no seat or is disabled, or if the
-- workspace was deleted. A key of another workspace is not looked for. The time of the last use is updated once a minute,
-- and only if the transaction can write. A row that another transaction has locked is skipped.
create or replace function door.key(secret_hash bytea, wanted text)
returns table (
    outcome text, key_id uuid, scopes text[], user_id uuid, user_name text, email text,
    workspace_id uuid, slug text, name text, organization_id uuid, organization text,
    direct_role text, organization_role text, hue smallint, logo text, portrait text
)
language plpgsql volatile security definer set search_path = '' as $$
declare
    place record;
begin
    select k.id as key_id, k.scopes, k.proven, k.last_used_at is null or k.last_used_at < now() - interval '1 minute' as stale,
        u.id as user_id, u.name as user_name, u.email, u.portrait,
        w.id, w.slug, w.name, w.demands_factor, w.organization_id, w.hue, w.logo, o.name as organization,
        m.role as direct_role, om.role as organization_role
    into place
    from account.slugs s
    join account.workspaces w on w.id = s.workspace_id
    join account.organizations o on o.id = w.organization_id
    join account.api_keys k on k.workspace_id = w.id and k.token_hash = secret_hash
    join account.users u on u.id = k.owner
    left join account.workspace_members m on m.workspace_id = w.id and m.user_id = k.owner
    left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = k.owner
    where s.slug = wanted and w.deleted_at is null and u.disabled_at is null
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        and coalesce(m.role, om.role) is not null;
    if not found then
        return;
    end if;
    if place.stale and current_setting('transaction_read_only') = 'off' then
        update account.api_keys k set last_used_at = now()
        where k.id = (select i.id from account.api_keys i
            where i.id = place.key_id and (i.last_used_at is null or i.last_used_at < now() - interval '1 minute')
            for update skip locked);
    end if;
    if place.slug <> wanted then
        return query select 'moved'::text, place.key_id, place.scopes, place.user_id, place.user_name, place.email,
            null::uuid, place.slug, null::text, null::uuid, null::text, null::text, null::text, null::smallint, null::text,
            place.portrait;
        return;
    end if;
    if place.demands_factor and not place.proven then
        return query select 'factor'::text, place.key_id, place.scopes, place.user_id, place.user_name, place.email,
            place.id, place.slug, place.name, place.organization_id, place.organization, null::text, null::text,
            null::smallint, null::text, place.portrait;
        return;
    end if;
    perform set_config('stile.user_id', place.user_id::text, true),
        set_config('stile.workspace_id', place.id::text, true),
        set_config('stile.reach', case
            when place.direct_role = 'guest' and place.organization_role is null then 'shared' else 'all' end, true);
    return query select 'seat'::text, place.key_id, place.scopes, place.user_id, place.user_name, place.email,
        place.id, place.slug, place.name, place.organization_id, place.organization,
        place.direct_role, place.organization_role, place.hue, place.logo, place.portrait;
end
$$;
alter function door.key(bytea, text) owner to stile_door;
revoke all on function door.key(bytea, text) from public;
grant execute on function door.key(bytea, text) to stile_app;
