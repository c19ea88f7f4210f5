-- Gives a person a seat in a workspace, and removes their bar. A stronger role that they have is kept.
create or replace function door.seat_person(workspace uuid, person uuid, as_role text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.workspace_members as held (workspace_id, user_id, role) values (workspace, person, as_role)
    on conflict (workspace_id, user_id) do update set role = excluded.role
        where ops.rank(excluded.role) > ops.rank(held.role);
    delete from account.barred b where b.workspace_id = workspace and b.user_id = person
$$;
alter function door.seat_person(uuid, uuid, text) owner to stile_door;
revoke all on function door.seat_person(uuid, uuid, text) from public;
