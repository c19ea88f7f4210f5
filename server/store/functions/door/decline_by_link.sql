-- Declines the invite that a mailed link belongs to. The link is enough, because only the recipient has received it.
-- Returns whom to notify; no row if the invite is not open.
create or replace function door.decline_by_link(token_hash bytea) returns table (inviter_email text, place text, email text)
language sql volatile security definer set search_path = '' as $$
    update account.invites i set declined_at = now()
    from account.invite_links l, account.users u, account.organizations o
    where l.token_hash = decline_by_link.token_hash and l.kind = 'mailed' and i.id = l.invite_id
        and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > now()
        and u.id = i.invited_by and o.id = i.organization_id
    returning u.email, coalesce((select w.name from account.workspaces w where w.id = i.workspace_id), o.name), i.email
$$;
alter function door.decline_by_link(bytea) owner to stile_door;
revoke all on function door.decline_by_link(bytea) from public;
grant execute on function door.decline_by_link(bytea) to stile_app;
