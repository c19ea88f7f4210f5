-- Trigger function: a person who gets a seat no longer needs an answer to their requests for access, so the users who
-- could have answered are notified.
create or replace function door.tell_seated() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    it constant jsonb := to_jsonb(new);
    waited record;
begin
    for waited in
        select distinct r.workspace_id from account.access_requests r join account.workspaces w on w.id = r.workspace_id
        where r.user_id = new.user_id and r.resolved_at is null and r.told_at is not null
            and (w.id = (it ->> 'workspace_id')::uuid or w.organization_id = (it ->> 'organization_id')::uuid)
        order by r.workspace_id
    loop
        perform door.tell_deciders(waited.workspace_id);
    end loop;
    return null;
end
$$;
alter function door.tell_seated() owner to stile_door;
revoke all on function door.tell_seated() from public;
grant execute on function door.tell_seated() to session_user;
