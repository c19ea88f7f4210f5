-- Returns the text that a search runs on: the result of ops.fold and, if it differs, a line break and the same text
-- without accents. So a search term without accents finds both forms, and one with accents finds only its own.
create or replace function ops.searchable(text) returns text language plpgsql immutable strict parallel safe set search_path = '' as $$
declare
    folded constant text := ops.fold($1);
    plain constant text := ops.plain(folded);
begin
    return case when plain = folded then folded else folded || E'\n' || plain end;
end
$$;
revoke all on function ops.searchable(text) from public;
grant execute on function ops.searchable(text) to stile_app;
