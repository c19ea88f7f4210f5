-- Enables row level security on a table of the workspace plane, and creates its policies. `shared` is the condition
-- under which guests can read a row; by default they can't read any.
create or replace procedure ops.protect_tenant(target regclass, shared text default 'false')
language plpgsql set search_path = '' as $$
declare
    here constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
    reach constant text := '(select current_setting(''stile.reach'', true)) = ''all''';
begin
    call ops.protect(target, format('%s and (%s or (%s))', here, reach, shared), here, here);
end
$$;
revoke all on procedure ops.protect_tenant(regclass, text) from public;
