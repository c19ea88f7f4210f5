-- Takes an advisory lock on a user until the transaction ends, so that a limit on the number of their rows can be
-- checked.
create or replace function ops.one_at_a_time(who uuid) returns void
language sql volatile set search_path = '' as $$
    select pg_advisory_xact_lock(hashtextextended(who::text, 10))
$$;
revoke all on function ops.one_at_a_time(uuid) from public;
grant execute on function ops.one_at_a_time(uuid) to stile_app;
