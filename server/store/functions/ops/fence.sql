-- Returns the key of the advisory lock of a person or a workspace. Writes hold it shared; whatever revokes a seat or
-- deletes the workspace takes it exclusively (docs/SECURITY.md, I-5).
create or replace function ops.fence(what text, id uuid) returns bigint
language sql immutable strict parallel safe as
$$ select pg_catalog.hashtextextended(id::text, case what when 'person' then 1 else 2 end) $$;
revoke all on function ops.fence(text, uuid) from public;
grant execute on function ops.fence(text, uuid) to stile_app, stile_door;
