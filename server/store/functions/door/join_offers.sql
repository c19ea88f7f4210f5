-- Returns the workspaces that the current user can join because of the domain of their verified address, with the role
-- that they get. Workspaces in which they have a seat or from which they are barred are left out.
create or replace function door.join_offers() returns table (workspace_id uuid, name text, organization text, role text)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        select w.id, w.name, o.name, a.role
        from account.users p
        join account.auto_joins a on a.domain = split_part(p.email, '@', 2)
        join account.workspaces w on w.id = a.workspace_id and w.deleted_at is null
        join account.organizations o on o.id = w.organization_id
        where p.id = me and p.email_verified_at is not null
            and not exists (select from account.workspace_members m where m.workspace_id = w.id and m.user_id = me)
            and not exists (select from account.organization_members m where m.organization_id = w.organization_id and m.user_id = me)
            and not exists (select from account.barred b where b.workspace_id = w.id and b.user_id = me)
        order by lower(o.name), lower(w.name), w.id;
end
$$;
alter function door.join_offers() owner to stile_door;
revoke all on function door.join_offers() from public;
grant execute on function door.join_offers() to stile_app;
