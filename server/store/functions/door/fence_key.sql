-- Trigger function: takes the exclusive lock of ops.fence for the owner of the API key that is revoked or gets another
-- owner. So it waits for the writes by this key in progress, and new ones wait until this transaction ends.
create or replace function door.fence_key() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(ops.fence('person', old.owner));
    return new;
end
$$;
alter function door.fence_key() owner to stile_door;
revoke all on function door.fence_key() from public;
grant execute on function door.fence_key() to session_user;
