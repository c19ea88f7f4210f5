-- Authenticates a session or token, and reads the person's seat in the workspace with the slug `wanted`. `outcome` is
-- 'seat', and the context is then set to the workspace; 'moved' if the workspace was renamed and the person has a seat
-- (`slug` is the new one); 'gone' if it was deleted and the person had a seat; 'factor' if the person has a seat, but
-- the workspace requires a second factor and this session has not verified one (an operator token never has); 'none' if
-- there is no such workspace or the person has no seat. Returns no row if door.person returns none.
create or replace function door.workspace(kind text, secret_hash bytea, wanted text)
returns table (
    outcome text, session_id uuid, user_id uuid, user_name text, email text, epoch text,
    workspace_id uuid, slug text, name text, organization_id uuid, organization text,
    direct_role text, organization_role text, hue smallint, logo text, portrait text
)
language plpgsql volatile security definer set search_path = '' as $$
declare
    who record;
    place record;
begin
    select * into who from door.person(kind, secret_hash);
    if not found then
        return;
    end if;
    select w.id, w.slug, w.name, w.deleted_at, w.demands_factor, w.organization_id, w.hue, w.logo, o.name as organization,
        m.role as direct_role, om.role as organization_role
    into place
    from account.slugs s
    join account.workspaces w on w.id = s.workspace_id
    join account.organizations o on o.id = w.organization_id
    left join account.workspace_members m on m.workspace_id = w.id and m.user_id = who.user_id
    left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = who.user_id
    where s.slug = wanted and coalesce(m.role, om.role) is not null;
    if not found then
        return query select 'none'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, null::text, null::text, null::uuid, null::text, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    if place.deleted_at is not null then
        return query select 'gone'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, null::text, null::text, null::uuid, null::text, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    if place.slug <> wanted then
        if current_setting('transaction_read_only') = 'off' then
            update account.slugs s set last_used_at = now()
            where s.slug = wanted and (s.last_used_at is null or s.last_used_at < now() - interval '1 minute');
        end if;
        return query select 'moved'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, place.slug, null::text, null::uuid, null::text, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    if place.demands_factor and not exists (
        select from account.sessions s where s.id = who.session_id and s.factor_at is not null
    ) then
        return query select 'factor'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            place.id, place.slug, place.name, place.organization_id, place.organization, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    perform set_config('stile.workspace_id', place.id::text, true),
        set_config('stile.reach', case
            when place.direct_role = 'guest' and place.organization_role is null then 'shared' else 'all' end, true);
    return query select 'seat'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
        place.id, place.slug, place.name, place.organization_id, place.organization,
        place.direct_role, place.organization_role, place.hue, place.logo, who.portrait;
end
$$;
alter function door.workspace(text, bytea, text) owner to stile_door;
revoke all on function door.workspace(text, bytea, text) from public;
grant execute on function door.workspace(text, bytea, text) to stile_app;
