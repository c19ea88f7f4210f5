-- Returns the open invites to the current user's verified address.
create or replace function door.my_invites()
returns table (
    id uuid, email text, role text, organization_id uuid, workspace_id uuid, place text, organization text,
    inviter text, expires_at timestamptz
)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        select i.id, i.email, i.role, i.organization_id, i.workspace_id, coalesce(w.name, o.name), o.name, u.name, i.expires_at
        from account.users p
        join account.invites i on i.email = p.email
        join account.organizations o on o.id = i.organization_id
        join account.users u on u.id = i.invited_by
        left join account.workspaces w on w.id = i.workspace_id
        where p.id = me and p.email_verified_at is not null and i.accepted_at is null and i.declined_at is null
            and i.revoked_at is null and door.invite_state(i) = 'open'
        order by i.created_at desc, i.id;
end
$$;
alter function door.my_invites() owner to stile_door;
revoke all on function door.my_invites() from public;
grant execute on function door.my_invites() to stile_app;
