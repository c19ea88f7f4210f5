-- Requests access to the workspace at the address `wanted`. Returns 'asked', also if there is no such workspace, or if
-- an earlier request for this address is open or was refused within 7 days; 'limited' after 10 requests in a day;
-- 'seat' if the current user has a seat. Each address counts separately, including the former addresses of a workspace.
-- If the user already has an open or recently refused request for the same workspace, the new row is stored without the
-- workspace, so nobody is notified of it.
create or replace function door.request_access(id uuid, wanted text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    found_id uuid;
    has_seat boolean;
    waits boolean;
begin
    if me is null then
        return 'limited';
    end if;
    -- One at a time of a person, so that the limit holds.
    perform pg_advisory_xact_lock(hashtextextended(me::text, 5));
    select w.id,
        exists (select from account.workspace_members m where m.workspace_id = w.id and m.user_id = me)
            or exists (select from account.organization_members m where m.organization_id = w.organization_id and m.user_id = me)
        into found_id, has_seat
    from account.slugs s join account.workspaces w on w.id = s.workspace_id
    where s.slug = wanted and w.deleted_at is null;
    if has_seat then
        return 'seat';
    end if;
    if exists (select from account.access_requests r
        where r.user_id = me and r.slug = wanted and r.created_at > now() - interval '7 days'
            and r.outcome is distinct from 'approved') then
        return 'asked';
    end if;
    if (select count(*) from account.access_requests r where r.user_id = me and r.created_at > now() - interval '1 day') >= 10 then
        return 'limited';
    end if;
    select exists (select from account.access_requests r
        where r.user_id = me and r.workspace_id = found_id
            and (r.resolved_at is null or r.outcome = 'refused' and r.created_at > now() - interval '7 days')) into waits;
    insert into account.access_requests (id, user_id, slug, workspace_id)
    values (request_access.id, me, wanted, case when not waits then found_id end);
    return 'asked';
end
$$;
alter function door.request_access(uuid, text) owner to stile_door;
revoke all on function door.request_access(uuid, text) from public;
grant execute on function door.request_access(uuid, text) to stile_app;
