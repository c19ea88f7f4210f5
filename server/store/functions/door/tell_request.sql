-- Trigger function: notifies the users who can answer a request for access that it has changed.
create or replace function door.tell_request() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform door.tell_deciders(new.workspace_id);
    return null;
end
$$;
alter function door.tell_request() owner to stile_door;
revoke all on function door.tell_request() from public;
grant execute on function door.tell_request() to session_user;
