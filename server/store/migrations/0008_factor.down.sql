drop trigger tell_demand on account.workspaces;
drop trigger fence_factor on account.workspaces;
drop function door.prover(bytea);
drop function door.passkey(bytea);
drop function door.keep_challenge(bytea, jsonb);
drop function door.take_challenge(bytea);

set local role stile_door;
-- One statement into a workspace: the person and, read live in the same breath, their seat. `outcome`:
-- 'seat' (and only then is the workspace context set), 'moved' (the slug was renamed and there is a seat: `slug` is the
-- new one), 'gone' (deleted, and there was a seat), 'none' (no such workspace, or no seat: the same).
-- No row at all: nobody is signed in with that secret.
create or replace function door.workspace(kind text, secret_hash bytea, wanted text)
returns table (
    outcome text, session_id uuid, user_id uuid, user_name text, email text, epoch text,
    workspace_id uuid, slug text, name text, organization_id uuid, organization text,
    direct_role text, organization_role text
)
language plpgsql volatile security definer set search_path = '' as $$
declare
    who record;
    place record;
begin
    select * into who from door.person(kind, secret_hash);
    if not found then
        return;
    end if;
    select w.id, w.slug, w.name, w.deleted_at, w.organization_id, o.name as organization,
        m.role as direct_role, om.role as organization_role
    into place
    from account.slugs s
    join account.workspaces w on w.id = s.workspace_id
    join account.organizations o on o.id = w.organization_id
    left join account.workspace_members m on m.workspace_id = w.id and m.user_id = who.user_id
    left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = who.user_id
    where s.slug = wanted and coalesce(m.role, om.role) is not null;
    if not found then
        return query select 'none'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, null::text, null::text, null::uuid, null::text, null::text, null::text;
        return;
    end if;
    if place.deleted_at is not null then
        return query select 'gone'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, null::text, null::text, null::uuid, null::text, null::text, null::text;
        return;
    end if;
    if place.slug <> wanted then
        update account.slugs s set last_used_at = now()
        where s.slug = wanted and (s.last_used_at is null or s.last_used_at < now() - interval '1 minute');
        return query select 'moved'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, place.slug, null::text, null::uuid, null::text, null::text, null::text;
        return;
    end if;
    perform set_config('stile.workspace_id', place.id::text, true),
        set_config('stile.reach', case
            when place.direct_role = 'guest' and place.organization_role is null then 'shared' else 'all' end, true);
    return query select 'seat'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
        place.id, place.slug, place.name, place.organization_id, place.organization,
        place.direct_role, place.organization_role;
end
$$;
reset role;

-- A column that is dropped keeps its privileges.
revoke update (factor_asked) on account.preferences from stile_app;
revoke update (demands_factor) on account.workspaces from stile_app;
revoke update (token_hash, factor_at) on account.sessions from stile_app;
alter table account.preferences drop factor_asked;
alter table account.workspaces drop demands_factor;
alter table account.sessions drop factor_at;
drop table account.sign_ins, account.factor_tries, account.challenges, account.passkeys, account.recovery_codes, account.totp;
