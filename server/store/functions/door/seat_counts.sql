-- Returns the number of people with a seat in each workspace of the current organization.
create or replace function door.seat_counts() returns table (workspace_id uuid, seats bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select w.id, (select count(*) from (
            select m.user_id from account.workspace_members m where m.workspace_id = w.id
            union
            select m.user_id from account.organization_members m where m.organization_id = here) people)
        from account.workspaces w where w.organization_id = here and w.deleted_at is null;
end
$$;
alter function door.seat_counts() owner to stile_door;
revoke all on function door.seat_counts() from public;
grant execute on function door.seat_counts() to stile_app;
