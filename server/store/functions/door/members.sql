-- Returns the people with a seat in the current workspace, direct or inherited, strongest role first.
create or replace function door.members()
returns table (user_id uuid, name text, email text, verified boolean, direct_role text, organization_role text, since timestamptz, portrait text)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
begin
    return query
        with seats as (
            select m.user_id, m.role as direct_role, null::text as organization_role, m.created_at
            from account.workspace_members m where m.workspace_id = here
            union all
            select m.user_id, null, m.role, m.created_at
            from account.workspaces w join account.organization_members m on m.organization_id = w.organization_id
            where w.id = here
        )
        select u.id, u.name, u.email, u.email_verified_at is not null, max(s.direct_role), max(s.organization_role), min(s.created_at), u.portrait
        from seats s join account.users u on u.id = s.user_id
        group by u.id
        order by greatest(ops.rank(max(s.direct_role)), ops.rank(max(s.organization_role))) desc, lower(u.name), u.id;
end
$$;
alter function door.members() owner to stile_door;
revoke all on function door.members() from public;
grant execute on function door.members() to stile_app;
