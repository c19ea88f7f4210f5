-- Returns the invite that a link belongs to, without accepting it. `known` is whether the invited address has an
-- account. It is null unless the link was sent to that address by email.
create or replace function door.invite(token_hash bytea)
returns table (
    id uuid, kind text, state text, email text, role text, organization_id uuid, workspace_id uuid,
    place text, organization text, inviter text, expires_at timestamptz, known boolean
)
language sql stable security definer set search_path = '' as $$
    select i.id, l.kind, door.invite_state(i), i.email, i.role, i.organization_id, i.workspace_id,
        coalesce(w.name, o.name), o.name, u.name, i.expires_at,
        case when l.kind = 'mailed' then exists (select from account.users k where k.email = i.email) end
    from account.invite_links l
    join account.invites i on i.id = l.invite_id
    join account.organizations o on o.id = i.organization_id
    join account.users u on u.id = i.invited_by
    left join account.workspaces w on w.id = i.workspace_id
    where l.token_hash = invite.token_hash
$$;
alter function door.invite(bytea) owner to stile_door;
revoke all on function door.invite(bytea) from public;
grant execute on function door.invite(bytea) to stile_app;
