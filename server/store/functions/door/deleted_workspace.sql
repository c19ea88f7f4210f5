-- Authenticates a session or token, and sets the context to a workspace that was deleted in the last 14 days, so that
-- an owner can restore it. Returns no row for anybody else.
create or replace function door.deleted_workspace(kind text, secret_hash bytea, wanted text)
returns table (session_id uuid, user_id uuid, user_name text, workspace_id uuid, name text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    who record;
begin
    select * into who from door.person(kind, secret_hash);
    for session_id, user_id, user_name, workspace_id, name in
        select who.session_id, who.user_id, who.user_name, w.id, w.name
        from account.workspaces w
        left join account.workspace_members m on m.workspace_id = w.id and m.user_id = who.user_id
        left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = who.user_id
        where w.slug = wanted and w.deleted_at > now() - interval '14 days'
            and (m.role = 'owner' or om.role = 'owner')
    loop
        perform set_config('stile.workspace_id', workspace_id::text, true);
        return next;
    end loop;
end
$$;
alter function door.deleted_workspace(text, bytea, text) owner to stile_door;
revoke all on function door.deleted_workspace(text, bytea, text) from public;
grant execute on function door.deleted_workspace(text, bytea, text) to stile_app;
