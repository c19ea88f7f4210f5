-- Requests for a seat reach those who may decide: by mail, and as a count in their open tabs.
--
-- Asking writes one row, whether or not there is a workspace. What follows from it (mails, events) is written a moment
-- later by the sender of mails, so that neither an answer nor its time tells whether there is one.

-- When those who decide were told; null until then, and for ever where there is nobody to tell.
alter table account.access_requests add column told_at timestamptz;
create index on account.access_requests (created_at) where told_at is null and workspace_id is not null;
-- What waits already has been seen on the picker.
alter table account.access_requests no force row level security;
update account.access_requests set told_at = created_at where workspace_id is not null;
alter table account.access_requests force row level security;
grant update (told_at) on account.access_requests to stile_door;
create policy door_changes on account.access_requests for update to stile_door using (true) with check (true);

set local role stile_door;

-- Asks for a seat at an address. As in 0007, but each address counts by itself: a former address and the present one
-- of a workspace are two, as any two others are. Where the person already waits for an answer, or got one, the row leads
-- nowhere.
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

-- In which workspaces people wait for this transaction's person to answer, and how many. As in 0007, but it begins with
-- what the person manages, however many wait elsewhere.
create or replace function door.waiting_requests() returns table (slug text, name text, waiting bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        with mine as materialized (
            select m.workspace_id as id from account.workspace_members m
            where m.user_id = me and ops.rank(m.role) >= ops.rank('admin')
            union
            select i.id from account.organization_members om join account.workspaces i on i.organization_id = om.organization_id
            where om.user_id = me and ops.rank(om.role) >= ops.rank('admin'))
        select w.slug, w.name, count(*)
        from mine
        join account.workspaces w on w.id = mine.id and w.deleted_at is null
        join account.access_requests r on r.workspace_id = w.id and r.resolved_at is null
        where not exists (select from account.workspace_members h where h.workspace_id = w.id and h.user_id = r.user_id)
            and not exists (select from account.organization_members h where h.organization_id = w.organization_id and h.user_id = r.user_id)
        group by w.id order by lower(w.name), w.id;
end
$$;

-- Who may answer requests in a workspace: owners and admins, direct or inherited.
create function door.deciders(workspace uuid) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select m.user_id from account.workspace_members m
    where m.workspace_id = workspace and ops.rank(m.role) >= ops.rank('admin')
    union
    select m.user_id from account.workspaces w join account.organization_members m on m.organization_id = w.organization_id
    where w.id = workspace and ops.rank(m.role) >= ops.rank('admin')
$$;

-- Their lists of seats, which count requests, are read again, and their open tabs hear of it. People are changed in the
-- order of their ids, so that two who do so at once wait for each other and don't deadlock.
create function door.tell_deciders(workspace uuid) returns void
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

create function door.tell_request() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform door.tell_deciders(new.workspace_id);
    return null;
end
$$;

-- Whoever gets a seat by another way does not ask any more.
create function door.tell_seated() returns trigger
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

-- Takes a request of which nobody has been told, tells open tabs, and answers with whom to write to: at most twenty, who
-- have proven their address and got fewer than ten such mails within a day. No row when there is no request; the first
-- is without an address. One at a time, as each locks people and recipients in an order of its own.
create function door.tell_request_news()
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

revoke all on function door.deciders(uuid), door.tell_deciders(uuid), door.tell_request(), door.tell_seated(),
    door.tell_request_news() from public;
grant execute on function door.tell_request_news() to stile_app;
grant execute on function door.tell_request(), door.tell_seated() to session_user;

reset role;

create trigger tell after update of told_at, resolved_at on account.access_requests
    for each row when (new.workspace_id is not null
        and (old.told_at, old.resolved_at) is distinct from (new.told_at, new.resolved_at))
    execute function door.tell_request();
create trigger tell_requests after insert on account.workspace_members
    for each row execute function door.tell_seated();
create trigger tell_requests after insert on account.organization_members
    for each row execute function door.tell_seated();
