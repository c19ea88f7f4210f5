-- Fences are waited for a short time only, so that whoever waits for one does not keep a connection; and only people
-- whom a change can concern are fenced.

-- Takes the fences that a transaction begins with, all in one order, so that no two transactions wait for each other:
-- those of `people` alone, the writer's own shared unless they are one of them, and the workspace's, if there is one,
-- shared or `alone`. Whoever holds one for longer than `patience` milliseconds makes it fail (55P03).
create function ops.take_fences(writer uuid, people uuid[], place uuid, alone boolean, patience integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
    former constant text := current_setting('lock_timeout');
    lock record;
begin
    perform set_config('lock_timeout', patience::text, true);
    for lock in
        select f.key, bool_or(f.only_one) as only_one
        from (select ops.fence('person', writer) as key, false as only_one
            union all select ops.fence('person', p.id), true from unnest(people) p (id)
            union all select ops.fence('workspace', place), alone where place is not null) f
        group by f.key order by f.key
    loop
        if lock.only_one then
            perform pg_advisory_xact_lock(lock.key);
        else
            perform pg_advisory_xact_lock_shared(lock.key);
        end if;
    end loop;
    perform set_config('lock_timeout', former, true);
end
$$;

-- Lets a person run one costly statement at a time, at all servers together, until the transaction ends. Waits
-- `patience` milliseconds for the one before; from here on statements may take `most` milliseconds.
create function ops.begin_costly(who uuid, patience integer, most integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
    former constant text := current_setting('lock_timeout');
begin
    perform set_config('lock_timeout', patience::text, true);
    perform pg_advisory_xact_lock(hashtextextended(who::text, 9));
    perform set_config('lock_timeout', former, true);
    perform set_config('statement_timeout', most::text, true);
end
$$;

-- One transaction at a time of a person, from here to its end: for what may be there only so often.
create function ops.one_at_a_time(who uuid) returns void
language sql volatile set search_path = '' as $$
    select pg_advisory_xact_lock(hashtextextended(who::text, 10))
$$;

revoke all on function ops.take_fences(uuid, uuid[], uuid, boolean, integer), ops.begin_costly(uuid, integer, integer),
    ops.one_at_a_time(uuid) from public;
grant execute on function ops.take_fences(uuid, uuid[], uuid, boolean, integer), ops.begin_costly(uuid, integer, integer),
    ops.one_at_a_time(uuid) to stile_app;

set local role stile_door;

-- Whom of `people` a change to the seats of this transaction's workspace can concern: those who have a seat in it,
-- direct or inherited, and those who ask for one.
create function door.concerned(people uuid[]) returns table (user_id uuid)
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

-- The same for the organization of this transaction: those who have a role in it.
create function door.organization_concerned(people uuid[]) returns table (user_id uuid)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select m.user_id from account.organization_members m where m.organization_id = here and m.user_id = any (people);
end
$$;

revoke all on function door.concerned(uuid[]), door.organization_concerned(uuid[]) from public;
grant execute on function door.concerned(uuid[]), door.organization_concerned(uuid[]) to stile_app;

reset role;

-- Servers of the former version take their fences by this one until they are replaced.
comment on function ops.fence_people(uuid, uuid[]) is 'superseded by ops.take_fences';
