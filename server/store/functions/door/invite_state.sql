-- Returns the state of an invite: 'open', 'accepted', 'declined', 'revoked', 'expired' or 'withdrawn'. It is
-- 'withdrawn' if its workspace is deleted, or if the inviter could not grant this role any more (docs/SECURITY.md,
-- I-12).
create or replace function door.invite_state(i account.invites) returns text
language sql stable security definer set search_path = '' as $$
    select case
        when i.accepted_at is not null then 'accepted'
        when i.declined_at is not null then 'declined'
        when i.revoked_at is not null then 'revoked'
        when i.expires_at <= now() then 'expired'
        when i.workspace_id is not null and not exists (
            select from account.workspaces w where w.id = i.workspace_id and w.deleted_at is null) then 'withdrawn'
        when greatest(
            (select ops.rank(m.role) from account.organization_members m
                where m.organization_id = i.organization_id and m.user_id = i.invited_by),
            (select ops.rank(m.role) from account.workspace_members m
                where m.workspace_id = i.workspace_id and m.user_id = i.invited_by),
            0) < greatest(ops.rank(i.role), ops.rank('admin')) then 'withdrawn'
        else 'open' end
$$;
alter function door.invite_state(account.invites) owner to stile_door;
revoke all on function door.invite_state(account.invites) from public;
