drop trigger tell on account.access_requests;
drop trigger tell_requests on account.workspace_members;
drop trigger tell_requests on account.organization_members;
drop function door.tell_request_news();
drop function door.tell_seated();
drop function door.tell_request();
drop function door.tell_deciders(uuid);
drop function door.deciders(uuid);
drop policy door_changes on account.access_requests;
revoke update (told_at) on account.access_requests from stile_door;
alter table account.access_requests drop column told_at;

set local role stile_door;

-- Asks for a seat at an address. The same work and the same answer whether anything is there: 'asked', also when it was
-- asked before or refused within a week; 'limited' after ten a day; 'seat' for whoever has one.
create or replace function door.request_access(id uuid, wanted text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    found_id uuid;
    has_seat boolean;
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
        where r.user_id = me and (r.slug = wanted or r.workspace_id = found_id) and r.created_at > now() - interval '7 days'
            and r.outcome is distinct from 'approved') then
        return 'asked';
    end if;
    if (select count(*) from account.access_requests r where r.user_id = me and r.created_at > now() - interval '1 day') >= 10 then
        return 'limited';
    end if;
    insert into account.access_requests (id, user_id, slug, workspace_id)
    values (request_access.id, me, wanted, found_id);
    return 'asked';
end
$$;

-- In which workspaces people wait for this transaction's person to answer, and how many.
create or replace function door.waiting_requests() returns table (slug text, name text, waiting bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        select w.slug, w.name, count(*)
        from account.access_requests r
        join account.workspaces w on w.id = r.workspace_id and w.deleted_at is null
        left join account.workspace_members m on m.workspace_id = w.id and m.user_id = me
        left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = me
        where r.resolved_at is null and greatest(ops.rank(m.role), ops.rank(om.role)) >= ops.rank('admin')
            and not exists (select from account.workspace_members h where h.workspace_id = w.id and h.user_id = r.user_id)
            and not exists (select from account.organization_members h where h.organization_id = w.organization_id and h.user_id = r.user_id)
        group by w.id order by lower(w.name), w.id;
end
$$;

reset role;
