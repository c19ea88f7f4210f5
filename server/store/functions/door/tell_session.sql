-- Trigger function: writes an event when a session has ended.
create or replace function door.tell_session() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id, session_id) values ('session_ended', new.user_id, new.id);
    perform pg_notify('stile_events', '');
    return null;
end
$$;
alter function door.tell_session() owner to stile_door;
revoke all on function door.tell_session() from public;
grant execute on function door.tell_session() to session_user;
