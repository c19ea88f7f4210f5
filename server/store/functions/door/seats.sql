-- Returns the organizations in which the current user has a role or a seat, and the workspaces in which they have a
-- seat, direct or inherited. `former` holds the former slugs of a workspace.
create or replace function door.seats()
returns table (
    organization_id uuid, organization text, organization_role text,
    workspace_id uuid, slug text, name text, direct_role text, entered_at timestamptz, pinned boolean, former text[], hue smallint, logo text
)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        with reach as (
            select w.id, w.organization_id, w.slug, w.name, w.hue, w.logo, null::text as direct_role
            from account.organization_members m
            join account.workspaces w on w.organization_id = m.organization_id
            where m.user_id = me and w.deleted_at is null
                and not exists (select from account.workspace_members d where d.workspace_id = w.id and d.user_id = me)
            union all
            select w.id, w.organization_id, w.slug, w.name, w.hue, w.logo, m.role
            from account.workspace_members m
            join account.workspaces w on w.id = m.workspace_id
            where m.user_id = me and w.deleted_at is null
        )
        select o.id, o.name, om.role, r.id, r.slug, r.name, r.direct_role, v.entered_at, v.pinned_at is not null,
            array(select s.slug from account.slugs s where s.workspace_id = r.id and s.slug <> r.slug order by s.slug),
            r.hue, r.logo
        from account.organizations o
        left join account.organization_members om on om.organization_id = o.id and om.user_id = me
        left join reach r on r.organization_id = o.id
        left join account.visits v on v.user_id = me and v.workspace_id = r.id
        where o.id in (select m.organization_id from account.organization_members m where m.user_id = me
            union select r2.organization_id from reach r2)
        order by lower(o.name), o.id, lower(r.name), r.id;
end
$$;
alter function door.seats() owner to stile_door;
revoke all on function door.seats() from public;
grant execute on function door.seats() to stile_app;
