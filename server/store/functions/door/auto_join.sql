-- Adds the current user to a workspace that door.join_offers offers. Sets the context to that workspace. Returns no row
-- if it is not one of the offers.
create or replace function door.auto_join(wanted uuid) returns table (workspace_id uuid, slug text, name text, role text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    offer record;
begin
    select o.workspace_id, o.name, o.role into offer from door.join_offers() o where o.workspace_id = wanted;
    if not found then
        return;
    end if;
    perform door.seat_person(wanted, me, offer.role);
    perform set_config('stile.workspace_id', wanted::text, true), set_config('stile.reach', 'shared', true);
    return query select w.id, w.slug, w.name, offer.role from account.workspaces w where w.id = wanted;
end
$$;
alter function door.auto_join(uuid) owner to stile_door;
revoke all on function door.auto_join(uuid) from public;
grant execute on function door.auto_join(uuid) to stile_app;
