drop trigger tell_change on account.workspaces;
create trigger tell_change after update of slug, name, deleted_at on account.workspaces
    for each row when ((old.slug, old.name, old.deleted_at) is distinct from (new.slug, new.name, new.deleted_at))
    execute function door.tell_workspace();

drop function door.person(text, bytea);
drop function door.workspace(text, bytea, text);
drop function door.seats();
drop function door.members();
drop function door.organization_people();
drop function door.logo(text, text);
drop function door.portrait(uuid, text);
drop table account.logos;
drop table account.portraits;
revoke update (hue, logo) on account.workspaces from stile_app;
revoke update (portrait) on account.users from stile_app;
alter table account.workspaces drop column hue, drop column logo;
alter table account.users drop column portrait;

set local role stile_door;

create function door.person(kind text, secret_hash bytea)
returns table (session_id uuid, user_id uuid, user_name text, email text, epoch text, landing text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    found_session uuid;
    found_user uuid;
begin
    if kind = 'session' then
        select s.id, s.user_id into found_session, found_user
        from account.sessions s
        where s.token_hash = secret_hash and s.ended_at is null
            and s.expires_at > now() and s.last_seen_at > now() - interval '14 days';
        if found_user is not null then
            update account.sessions s set last_seen_at = now()
            where s.id = (select i.id from account.sessions i
                where i.id = found_session and i.last_seen_at < now() - interval '5 minutes' for update skip locked);
        end if;
    elsif kind = 'token' then
        select t.user_id into found_user
        from account.operator_tokens t where t.token_hash = secret_hash and t.revoked_at is null;
        update account.operator_tokens t set last_used_at = now()
        where t.id = (select i.id from account.operator_tokens i
            where i.token_hash = secret_hash and i.revoked_at is null
                and (i.last_used_at is null or i.last_used_at < now() - interval '1 minute') for update skip locked);
    end if;
    -- The context is set by a statement of its own, from the row that was found. As a condition of the query it would be
    -- up to the planner for which rows it is evaluated, and the last one would stand.
    for session_id, user_id, user_name, email, epoch, landing in
        select found_session, u.id, u.name, u.email,
            u.seat_epoch || '.' || coalesce((
                select sum(o.seat_epoch) from account.organization_members m
                join account.organizations o on o.id = m.organization_id where m.user_id = u.id), 0),
            coalesce((select p.landing from account.preferences p where p.user_id = u.id), 'last')
        from account.users u
        where u.id = found_user and u.disabled_at is null
    loop
        perform set_config('stile.user_id', user_id::text, true);
        return next;
    end loop;
end
$$;

create function door.workspace(kind text, secret_hash bytea, wanted text)
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
    select w.id, w.slug, w.name, w.deleted_at, w.demands_factor, w.organization_id, o.name as organization,
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
    if place.demands_factor and not exists (
        select from account.sessions s where s.id = who.session_id and s.factor_at is not null
    ) then
        return query select 'factor'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            place.id, place.slug, place.name, place.organization_id, place.organization, null::text, null::text;
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

create function door.seats()
returns table (
    organization_id uuid, organization text, organization_role text,
    workspace_id uuid, slug text, name text, direct_role text, entered_at timestamptz, pinned boolean, former text[]
)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        with reach as (
            select w.id, w.organization_id, w.slug, w.name, null::text as direct_role
            from account.organization_members m
            join account.workspaces w on w.organization_id = m.organization_id
            where m.user_id = me and w.deleted_at is null
                and not exists (select from account.workspace_members d where d.workspace_id = w.id and d.user_id = me)
            union all
            select w.id, w.organization_id, w.slug, w.name, m.role
            from account.workspace_members m
            join account.workspaces w on w.id = m.workspace_id
            where m.user_id = me and w.deleted_at is null
        )
        select o.id, o.name, om.role, r.id, r.slug, r.name, r.direct_role, v.entered_at, v.pinned_at is not null,
            array(select s.slug from account.slugs s where s.workspace_id = r.id and s.slug <> r.slug order by s.slug)
        from account.organizations o
        left join account.organization_members om on om.organization_id = o.id and om.user_id = me
        left join reach r on r.organization_id = o.id
        left join account.visits v on v.user_id = me and v.workspace_id = r.id
        where o.id in (select m.organization_id from account.organization_members m where m.user_id = me
            union select r2.organization_id from reach r2)
        order by lower(o.name), o.id, lower(r.name), r.id;
end
$$;

create function door.members()
returns table (user_id uuid, name text, email text, verified boolean, direct_role text, organization_role text, since timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
begin
    return query
        with seats as (
            select m.user_id, m.role as direct_role, null::text as organization_role, m.created_at
            from account.workspace_members m where m.workspace_id = here
            union all
            select m.user_id, null, m.role, m.created_at
            from account.workspaces w join account.organization_members m on m.organization_id = w.organization_id
            where w.id = here
        )
        select u.id, u.name, u.email, u.email_verified_at is not null, max(s.direct_role), max(s.organization_role), min(s.created_at)
        from seats s join account.users u on u.id = s.user_id
        group by u.id
        order by greatest(ops.rank(max(s.direct_role)), ops.rank(max(s.organization_role))) desc, lower(u.name), u.id;
end
$$;

create function door.organization_people()
returns table (user_id uuid, name text, email text, role text, since timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select u.id, u.name, u.email, m.role, m.created_at
        from account.organization_members m join account.users u on u.id = m.user_id
        where m.organization_id = here
        order by ops.rank(m.role) desc, lower(u.name), u.id;
end
$$;

revoke all on function door.person(text, bytea), door.workspace(text, bytea, text), door.seats(), door.members(),
    door.organization_people() from public;
grant execute on function door.person(text, bytea), door.workspace(text, bytea, text), door.seats(), door.members(),
    door.organization_people() to stile_app;

reset role;
