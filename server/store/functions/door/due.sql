-- Returns the workspaces in which the job `wanted` has something due, longest due first, at most 200. Only ids: what is
-- due is read in the workspace, by door.job.
create or replace function door.due(wanted text) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select d.workspace_id from account.due_jobs d join account.workspaces w on w.id = d.workspace_id
    where d.job = wanted and d.due_at <= now() and w.deleted_at is null
    group by d.workspace_id order by min(d.due_at) limit 200
$$;
alter function door.due(text) owner to stile_door;
revoke all on function door.due(text) from public;
grant execute on function door.due(text) to stile_app;
