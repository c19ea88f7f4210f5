-- Returns those of `people` whom a change to the seats of the current workspace can affect: people with a seat in it,
-- direct or inherited, and people with an open request for access to it.
create or replace function door.concerned(people uuid[]) returns table (user_id uuid)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
begin
    return query
        select m.user_id from account.workspace_members m where m.workspace_id = here and m.user_id = any (people)
        union
        select m.user_id from account.workspaces w join account.organization_members m on m.organization_id = w.organization_id
        where w.id = here and m.user_id = any (people)
        union
        select r.user_id from account.access_requests r
        where r.workspace_id = here and r.resolved_at is null and r.user_id = any (people);
end
$$;
alter function door.concerned(uuid[]) owner to stile_door;
revoke all on function door.concerned(uuid[]) from public;
grant execute on function door.concerned(uuid[]) to stile_app;
