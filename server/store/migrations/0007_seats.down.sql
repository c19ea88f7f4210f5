drop trigger keep_owner on account.organization_members;
drop trigger keep_owner_role on account.organization_members;
drop trigger keep_owner on account.workspace_members;
drop trigger keep_owner_role on account.workspace_members;
drop function door.keep_owner(), door.waiting_requests(), door.access_requests(), door.request_access(uuid, text),
    door.leave_organization(uuid), door.my_organization(uuid),
    door.auto_join(uuid), door.join_offers(), door.register_by_invite(bytea, uuid, text, text), door.bind_invites(),
    door.decline_by_link(bytea), door.decline_invite(uuid), door.accept_invite(uuid), door.enroll_person(uuid, uuid, text),
    door.seat_person(uuid, uuid, text), door.my_invites(), door.invite(bytea), door.invite_state(account.invites),
    door.seat_counts(), door.inviters(), door.organization_people(), door.members();
drop function ops.rank(text), ops.fence_people(uuid, uuid[]);
drop policy door_adds on account.workspace_members;
drop policy door_changes on account.workspace_members;
drop policy door_changes on account.organization_members;
drop policy door_removes on account.organization_members;
revoke insert, update on account.workspace_members from stile_door;
revoke update, delete on account.organization_members from stile_door;
drop table account.access_requests, account.barred, account.auto_joins, account.invite_links, account.invites;
alter table account.workspaces drop constraint workspace_of_organization;
