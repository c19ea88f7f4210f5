-- Trigger function: writes an event when a seat or a role is created, changed or removed.
create or replace function door.tell_member() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    it constant jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
begin
    insert into account.events (kind, user_id, workspace_id, organization_id)
    values (case tg_op when 'INSERT' then 'seat_granted' when 'DELETE' then 'seat_revoked' else 'role_changed' end,
        (it ->> 'user_id')::uuid, (it ->> 'workspace_id')::uuid, (it ->> 'organization_id')::uuid);
    perform pg_notify('stile_events', '');
    return null;
end
$$;
alter function door.tell_member() owner to stile_door;
revoke all on function door.tell_member() from public;
grant execute on function door.tell_member() to session_user;
