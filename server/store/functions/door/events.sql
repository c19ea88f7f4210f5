-- Returns the users and sessions that events concern, for all events that were written by transactions with the ID
-- `since` or later, and the value to pass as `since` in the next call (`horizon`). Transactions that are still running
-- have an ID of at least `horizon`, so their events are returned by the next call; an event can be returned twice. If
-- `since` is null, only `horizon` is returned.
create or replace function door.events(since text)
returns table (horizon text, id bigint, user_id uuid, session_id uuid)
language sql stable security definer set search_path = '' as $$
    select pg_snapshot_xmin(pg_current_snapshot())::text, e.id, e.user_id, e.session_id
    from (select) once left join account.events e on e.written_by >= since::xid8
    order by e.id limit 50000
$$;
alter function door.events(text) owner to stile_door;
revoke all on function door.events(text) from public;
grant execute on function door.events(text) to stile_app;
