-- Trigger function: writes an event when a user has changed.
create or replace function door.tell_person() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id) values ('person_changed', new.id);
    perform pg_notify('stile_events', '');
    return null;
end
$$;
alter function door.tell_person() owner to stile_door;
revoke all on function door.tell_person() from public;
grant execute on function door.tell_person() to session_user;
