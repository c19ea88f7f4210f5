-- Returns the workspaces in which the job `wanted` has something due, longest due first, at most 200. Only ids: what is
-- due is read in the workspace, by door.job. Invoices are looked at once on each day of a workspace: the job notes the
-- next day, so a workspace without a note was not looked at yet.
create or replace function door.due(wanted text) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select w.id
    from (
        select d.workspace_id, min(d.due_at) as due_at from account.due_jobs d
        where d.job = wanted and d.due_at <= now() group by d.workspace_id
        union all
        select n.id, n.created_at from account.workspaces n
        where wanted = 'invoice'
            and not exists (select from account.due_jobs d where d.workspace_id = n.id and d.job = 'invoice')) due
    join account.workspaces w on w.id = due.workspace_id
    where w.deleted_at is null order by due.due_at limit 200
$$;
alter function door.due(text) owner to stile_door;
revoke all on function door.due(text) from public;
grant execute on function door.due(text) to stile_app;
