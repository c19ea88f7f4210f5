-- Returns whether a workspace can use a slug: no workspace has ever had it, or only the current one. Always false if
-- nobody is signed in.
create or replace function door.slug_is_free(wanted text) returns boolean
language sql stable security definer set search_path = '' as $$
    select nullif(current_setting('stile.user_id', true), '') is not null and not exists (
        select from account.slugs s where s.slug = wanted
            and s.workspace_id is distinct from nullif(current_setting('stile.workspace_id', true), '')::uuid)
$$;
alter function door.slug_is_free(text) owner to stile_door;
revoke all on function door.slug_is_free(text) from public;
grant execute on function door.slug_is_free(text) to stile_app;
