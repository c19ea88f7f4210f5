-- Takes the locks of ops.fence for a change to seats: exclusive for `others`, shared for `writer` unless they are one
-- of them. All locks are taken in the order of their keys, so that concurrent calls don't deadlock, and in a statement
-- of their own, before any seat is read.
create or replace function ops.fence_people(writer uuid, others uuid[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
    lock record;
begin
    for lock in
        select f.key, bool_or(f.alone) as alone
        from (select ops.fence('person', writer) as key, false as alone
            union all select ops.fence('person', o.id), true from unnest(others) o (id)) f
        group by f.key order by f.key
    loop
        if lock.alone then
            perform pg_advisory_xact_lock(lock.key);
        else
            perform pg_advisory_xact_lock_shared(lock.key);
        end if;
    end loop;
end
$$;
revoke all on function ops.fence_people(uuid, uuid[]) from public;
grant execute on function ops.fence_people(uuid, uuid[]) to stile_app;
