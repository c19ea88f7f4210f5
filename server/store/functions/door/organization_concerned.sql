-- Returns those of `people` whom a change to the roles in the current organization can affect: people with a role in
-- it.
create or replace function door.organization_concerned(people uuid[]) returns table (user_id uuid)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select m.user_id from account.organization_members m where m.organization_id = here and m.user_id = any (people);
end
$$;
alter function door.organization_concerned(uuid[]) owner to stile_door;
revoke all on function door.organization_concerned(uuid[]) from public;
grant execute on function door.organization_concerned(uuid[]) to stile_app;
