-- Returns the portrait of a user who is the current user, has a seat in one of their workspaces or belongs to one of
-- their organizations; null for anybody else, or if `picture` is not the current portrait.
create or replace function door.portrait(wanted uuid, picture text) returns bytea
language sql stable security definer set search_path = '' as $$
    with place as (
        select m.user_id, m.workspace_id as id from account.workspace_members m where m.user_id in (wanted, nullif(current_setting('stile.user_id', true), '')::uuid)
        union
        select m.user_id, w.id from account.organization_members m
        join account.workspaces w on w.organization_id = m.organization_id where m.user_id in (wanted, nullif(current_setting('stile.user_id', true), '')::uuid)
        union
        select m.user_id, m.organization_id from account.organization_members m where m.user_id in (wanted, nullif(current_setting('stile.user_id', true), '')::uuid)
    )
    select p.image
    from account.users u
    join account.portraits p on p.user_id = u.id
    where u.id = wanted and u.portrait = picture and (u.id = nullif(current_setting('stile.user_id', true), '')::uuid
        or exists (select from place mine join place theirs on theirs.id = mine.id
            where mine.user_id = nullif(current_setting('stile.user_id', true), '')::uuid and theirs.user_id = u.id))
$$;
alter function door.portrait(uuid, text) owner to stile_door;
revoke all on function door.portrait(uuid, text) from public;
grant execute on function door.portrait(uuid, text) to stile_app;
