-- Webhooks, what was sent to them, and log entries of jobs are lost.
set local role stile_door;
drop function door.job(uuid, text);
drop function door.due(text);
reset role;
drop table account.due_jobs;
drop table workspace.webhook_deliveries;
drop table workspace.webhooks;
alter table workspace.audit_log no force row level security;
delete from workspace.audit_log where user_id is null;
alter table workspace.audit_log force row level security;
alter table workspace.audit_log alter column user_id set not null;
drop policy adds on workspace.audit_log;
do $$
declare
    me constant text := 'user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
    ws constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    execute format('create policy adds on workspace.audit_log for insert with check (%s and %s)', ws, me);
end
$$;
