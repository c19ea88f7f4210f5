-- Returns the time zone of the current workspace and the current date there; no row if `workspace` is not the current
-- one. UTC is used if this server does not know the time zone.
create or replace function door.clock(workspace uuid) returns table (time_zone text, today date)
language plpgsql stable security definer set search_path = '' as $$
declare
    zone text;
begin
    select w.time_zone into zone from account.workspaces w
    where w.id = workspace and w.id = nullif(current_setting('stile.workspace_id', true), '')::uuid;
    if not found then
        return;
    end if;
    begin
        return query select zone, (now() at time zone zone)::date;
    exception when invalid_parameter_value then
        return query select 'UTC'::text, (now() at time zone 'UTC')::date;
    end;
end
$$;
alter function door.clock(uuid) owner to stile_door;
revoke all on function door.clock(uuid) from public;
grant execute on function door.clock(uuid) to stile_app;
