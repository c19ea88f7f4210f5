-- Takes the locks of ops.fence that a transaction starts with: exclusive for `people`, shared for `writer` unless they
-- are one of them, and for the workspace `place`, if it is not null, exclusive if `alone` is true and shared otherwise.
-- All locks are taken in the order of their keys, so that concurrent calls don't deadlock. Fails with 55P03 after
-- waiting `patience` milliseconds for a lock.
create or replace function ops.take_fences(writer uuid, people uuid[], place uuid, alone boolean, patience integer) returns void
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
revoke all on function ops.take_fences(uuid, uuid[], uuid, boolean, integer) from public;
grant execute on function ops.take_fences(uuid, uuid[], uuid, boolean, integer) to stile_app;
