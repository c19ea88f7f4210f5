-- The time zone of a workspace is used: its days end at its own midnight.

set local role stile_door;

-- The clock of the workspace of this transaction: its time zone and the day that it is there. No row for any other
-- workspace. A zone that this server's time zone database does not know any more counts as UTC, so that the workspace
-- still opens.
create function door.clock(workspace uuid) returns table (time_zone text, today date)
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

revoke all on function door.clock(uuid) from public;
grant execute on function door.clock(uuid) to stile_app;

reset role;
