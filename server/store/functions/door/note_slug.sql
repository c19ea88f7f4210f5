-- Trigger function: stores the slug of a workspace. A slug that has ever belonged to another workspace is rejected
-- (23505).
create or replace function door.note_slug() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op = 'UPDATE' then
        update account.slugs s set retired_at = now() where s.slug = old.slug;
    end if;
    update account.slugs s set retired_at = null where s.slug = new.slug and s.workspace_id = new.id;
    if not found then
        insert into account.slugs (slug, workspace_id) values (new.slug, new.id);
    end if;
    return null;
end
$$;
alter function door.note_slug() owner to stile_door;
revoke all on function door.note_slug() from public;
grant execute on function door.note_slug() to session_user;
