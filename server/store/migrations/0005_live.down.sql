drop trigger fence on account.sessions;
drop trigger tell_change on account.users;
drop trigger tell_end on account.sessions;
drop trigger tell_change on account.organizations;
drop trigger tell_change on account.workspaces;
drop trigger tell on account.workspaces;
drop trigger tell_change on account.organization_members;
drop trigger tell on account.organization_members;
drop trigger tell_change on account.workspace_members;
drop trigger tell on account.workspace_members;
drop function door.tell_member(), door.tell_workspace(), door.tell_organization(), door.tell_session(), door.tell_person(),
    door.events(text), door.sweep_events(), door.slug_is_free(text), door.deleted_workspaces(),
    door.deleted_workspace(text, bytea, text);
drop table account.events;
alter table account.workspaces drop description, drop time_zone;
revoke insert (workspace_id, id, user_id, actor, action, target, detail) on workspace.audit_log from stile_app;
revoke insert (id, user_id, session_id, actor, action, target, ip, detail) on account.audit_log from stile_app;
drop table account.organization_audit_log;
alter table account.audit_log drop constraint audit_log_detail_check, drop actor, drop target;
drop index workspace.audit_log_workspace_id_user_id_id_idx, workspace.audit_log_workspace_id_action_id_idx;
alter table workspace.audit_log drop constraint audit_log_detail_check, drop actor;
drop policy adds on workspace.audit_log;
create policy adds on workspace.audit_log for insert
    with check (workspace_id = (select nullif(current_setting('stile.workspace_id', true), '')::uuid));
grant insert on workspace.audit_log, account.audit_log to stile_app;
