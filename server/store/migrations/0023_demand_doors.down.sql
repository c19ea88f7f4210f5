drop trigger ask_factor on account.workspace_members;
drop trigger ask_factor on account.organization_members;
drop trigger ask_factor on account.workspaces;
drop trigger ask_factor on account.invites;
drop trigger ask_factor on account.auto_joins;

set local role stile_door;

-- As in 0007.
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
        continue when door.invite_state(i) <> 'open';
        update account.invites v set accepted_at = now(), accepted_by = me where v.id = i.id;
        perform door.enroll_person(i.organization_id, me, i.role);
        return query select o.id, o.name, i.role from account.organizations o where o.id = i.organization_id;
    end loop;
end
$$;

drop function door.ask_factor();
drop function door.organization_demands(uuid);
drop function door.has_proven();

reset role;
