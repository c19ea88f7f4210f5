-- Returns the workspaces whose requests for access the current user can answer, with the number of open requests. The
-- query starts from the workspaces that the user manages, so its cost does not depend on requests elsewhere.
create or replace function door.waiting_requests() returns table (slug text, name text, waiting bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        with mine as materialized (
            select m.workspace_id as id from account.workspace_members m
            where m.user_id = me and ops.rank(m.role) >= ops.rank('admin')
            union
            select i.id from account.organization_members om join account.workspaces i on i.organization_id = om.organization_id
            where om.user_id = me and ops.rank(om.role) >= ops.rank('admin'))
        select w.slug, w.name, count(*)
        from mine
        join account.workspaces w on w.id = mine.id and w.deleted_at is null
        join account.access_requests r on r.workspace_id = w.id and r.resolved_at is null
        where not exists (select from account.workspace_members h where h.workspace_id = w.id and h.user_id = r.user_id)
            and not exists (select from account.organization_members h where h.organization_id = w.organization_id and h.user_id = r.user_id)
        group by w.id order by lower(w.name), w.id;
end
$$;
alter function door.waiting_requests() owner to stile_door;
revoke all on function door.waiting_requests() from public;
grant execute on function door.waiting_requests() to stile_app;
