-- Deletes events that are older than one hour.
create or replace function door.sweep_events() returns void
language sql volatile security definer set search_path = '' as $$
    delete from account.events e where e.at < now() - interval '1 hour'
$$;
alter function door.sweep_events() owner to stile_door;
revoke all on function door.sweep_events() from public;
grant execute on function door.sweep_events() to stile_app;
