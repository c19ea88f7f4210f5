-- Takes one new request for access, notifies open tabs by the trigger on it, and returns whom to send an email to: at
-- most 20 users who can answer it, with a verified address, and within the limits of door.cause_mail. No row if there
-- is no new request. The first row has no address, and only says that there was one. Each call takes one request,
-- because it locks users and recipients in its own order.
create or replace function door.tell_request_news()
returns table (email text, asker text, asker_email text, slug text, name text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    request record;
    person record;
begin
    update account.access_requests r set told_at = now()
    where r.id in (
        select o.id from account.access_requests o
        where o.told_at is null and o.workspace_id is not null
        order by o.created_at limit 1 for update skip locked)
    returning r.workspace_id, r.user_id, r.resolved_at into request;
    if not found then
        return;
    end if;
    return query select null::text, null::text, null::text, null::text, null::text;
    for person in
        select u.email, a.name as asker, a.email as asker_email, w.slug, w.name
        from account.users u
        join account.users a on a.id = request.user_id and a.disabled_at is null
        join account.workspaces w on w.id = request.workspace_id and w.deleted_at is null
        where request.resolved_at is null and u.id in (select door.deciders(request.workspace_id))
            and u.email_verified_at is not null and u.disabled_at is null
        -- The order in which inviters take the same locks.
        order by u.email collate "C" limit 20
    loop
        if (select c.outcome from door.cause_mail('request', person.email) c) = 'counted' then
            return query select person.email, person.asker, person.asker_email, person.slug, person.name;
        end if;
    end loop;
end
$$;
alter function door.tell_request_news() owner to stile_door;
revoke all on function door.tell_request_news() from public;
grant execute on function door.tell_request_news() to stile_app;
