-- Declines an open invite to the current user's verified address. Returns whom to notify; no row if there is no such
-- invite.
create or replace function door.decline_invite(wanted uuid) returns table (inviter_email text, place text, email text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        update account.invites i set declined_at = now()
        from account.users p, account.users u, account.organizations o
        where i.id = wanted and p.id = me and p.email = i.email and p.email_verified_at is not null
            and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > now()
            and u.id = i.invited_by and o.id = i.organization_id
        returning u.email, coalesce((select w.name from account.workspaces w where w.id = i.workspace_id), o.name), i.email;
end
$$;
alter function door.decline_invite(uuid) owner to stile_door;
revoke all on function door.decline_invite(uuid) from public;
grant execute on function door.decline_invite(uuid) to stile_app;
