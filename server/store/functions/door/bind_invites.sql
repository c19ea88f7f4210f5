-- Accepts all open invites to organizations that were sent to the current user's verified address. An invite to an
-- organization that requires a second factor is left open until the session has verified one.
create or replace function door.bind_invites() returns table (organization_id uuid, organization text, role text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    person account.users;
    i account.invites;
begin
    select u.* into person from account.users u where u.id = me and u.email_verified_at is not null;
    for i in
        select v.* from account.invites v
        where v.email = person.email and v.workspace_id is null
            and v.accepted_at is null and v.declined_at is null and v.revoked_at is null
        order by v.id for update
    loop
        continue when door.invite_state(i) <> 'open'
            or door.organization_demands(i.organization_id) and not door.has_proven();
        update account.invites v set accepted_at = now(), accepted_by = me where v.id = i.id;
        perform door.enroll_person(i.organization_id, me, i.role);
        return query select o.id, o.name, i.role from account.organizations o where o.id = i.organization_id;
    end loop;
end
$$;
alter function door.bind_invites() owner to stile_door;
revoke all on function door.bind_invites() from public;
grant execute on function door.bind_invites() to stile_app;
