-- Trigger function: takes the exclusive lock of ops.fence for the person whose seat, role or session is changed. So it
-- waits for their writes in progress, and new ones wait until this transaction ends.
create or replace function door.fence_person() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(ops.fence('person', old.user_id));
    return case tg_op when 'DELETE' then old else new end;
end
$$;
alter function door.fence_person() owner to stile_door;
revoke all on function door.fence_person() from public;
grant execute on function door.fence_person() to session_user;
