-- Gives a person a role in an organization. A stronger role that they have is kept.
create or replace function door.enroll_person(organization uuid, person uuid, as_role text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.organization_members as held (organization_id, user_id, role) values (organization, person, as_role)
    on conflict (organization_id, user_id) do update set role = excluded.role
        where ops.rank(excluded.role) > ops.rank(held.role)
$$;
alter function door.enroll_person(uuid, uuid, text) owner to stile_door;
revoke all on function door.enroll_person(uuid, uuid, text) from public;
