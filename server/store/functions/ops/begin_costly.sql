-- Lets a user run one expensive statement at a time, on all servers together, until the transaction ends. Waits up to
-- `patience` milliseconds for the lock (55P03 after that), and sets the statement timeout to `most` milliseconds.
create or replace function ops.begin_costly(who uuid, patience integer, most integer) returns void
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
revoke all on function ops.begin_costly(uuid, integer, integer) from public;
grant execute on function ops.begin_costly(uuid, integer, integer) to stile_app;
