-- Notifies the users who can answer requests for access to a workspace: increments their seat epoch, because the list
-- of seats includes the number of requests, and writes an event for their open tabs. User rows are locked in the order
-- of their IDs, so that concurrent calls don't deadlock.
create or replace function door.tell_deciders(workspace uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    people uuid[];
begin
    select array_agg(l.id) into people from (
        select u.id from account.users u where u.id in (select door.deciders(workspace)) order by u.id for no key update) l;
    update account.users u set seat_epoch = u.seat_epoch + 1 where u.id = any(people);
    insert into account.events (kind, user_id, workspace_id) select 'workspace_changed', p.id, workspace from unnest(people) p (id);
    perform pg_notify('stile_events', '');
end
$$;
alter function door.tell_deciders(uuid) owner to stile_door;
revoke all on function door.tell_deciders(uuid) from public;
