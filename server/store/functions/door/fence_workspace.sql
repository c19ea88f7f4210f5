-- Trigger function: takes the exclusive lock of ops.fence for the workspace that is changed. So it waits for the writes
-- in progress there, and new ones wait until this transaction ends.
create or replace function door.fence_workspace() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(ops.fence('workspace', old.id));
    return new;
end
$$;
alter function door.fence_workspace() owner to stile_door;
revoke all on function door.fence_workspace() from public;
grant execute on function door.fence_workspace() to session_user;
