-- Accepts an invite for the current user. `outcome` is 'seated', or the reason why not: 'absent', 'other_person',
-- 'unverified', or a state of door.invite_state. Concurrent calls for the same invite wait for its row lock, and one of
-- them succeeds. If the current user accepted the invite earlier, `slug` is the address of its workspace. After an
-- invite to a workspace is accepted, the context is set to that workspace, so that the same transaction can log the
-- action there.
create or replace function door.accept_invite(wanted uuid)
returns table (outcome text, workspace_id uuid, slug text, organization_id uuid, place text, role text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    person account.users;
    i account.invites;
    state text;
    place record;
begin
    select u.* into person from account.users u where u.id = me;
    select v.* into i from account.invites v where v.id = wanted for update;
    if person.id is null or i.id is null then
        return query select 'absent', null::uuid, null::text, null::uuid, null::text, null::text;
        return;
    end if;
    if person.email <> i.email or person.email_verified_at is null then
        return query select case when person.email <> i.email then 'other_person' else 'unverified' end,
            null::uuid, null::text, null::uuid, null::text, null::text;
        return;
    end if;
    select w.slug, coalesce(w.name, o.name) as name into place
    from account.organizations o left join account.workspaces w on w.id = i.workspace_id where o.id = i.organization_id;
    state := door.invite_state(i);
    if state <> 'open' then
        return query select state, null::uuid, case when i.accepted_by = me then place.slug end, null::uuid, null::text, null::text;
        return;
    end if;
    update account.invites v set accepted_at = now(), accepted_by = me where v.id = wanted;
    if i.workspace_id is null then
        perform door.enroll_person(i.organization_id, me, i.role);
    else
        perform door.seat_person(i.workspace_id, me, i.role);
        perform set_config('stile.workspace_id', i.workspace_id::text, true), set_config('stile.reach', 'shared', true);
    end if;
    return query select 'seated', i.workspace_id, place.slug, i.organization_id, place.name, i.role;
end
$$;
alter function door.accept_invite(uuid) owner to stile_door;
revoke all on function door.accept_invite(uuid) from public;
grant execute on function door.accept_invite(uuid) to stile_app;
