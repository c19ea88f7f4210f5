set local role stile_door;

create or replace function door.person(kind text, secret_hash bytea)
returns table (session_id uuid, user_id uuid, user_name text, email text, epoch text, landing text, portrait text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    found_session uuid;
    found_user uuid;
    stale boolean;
begin
    if kind = 'session' then
        select s.id, s.user_id, s.last_seen_at < now() - interval '5 minutes' into found_session, found_user, stale
        from account.sessions s
        where s.token_hash = secret_hash and s.ended_at is null
            and s.expires_at > now() and s.last_seen_at > now() - interval '14 days';
        if stale then
            update account.sessions s set last_seen_at = now()
            where s.id = (select i.id from account.sessions i
                where i.id = found_session and i.last_seen_at < now() - interval '5 minutes' for update skip locked);
        end if;
    elsif kind = 'token' then
        select t.user_id, t.last_used_at is null or t.last_used_at < now() - interval '1 minute' into found_user, stale
        from account.operator_tokens t where t.token_hash = secret_hash and t.revoked_at is null;
        if stale then
            update account.operator_tokens t set last_used_at = now()
            where t.id = (select i.id from account.operator_tokens i
                where i.token_hash = secret_hash and i.revoked_at is null
                    and (i.last_used_at is null or i.last_used_at < now() - interval '1 minute') for update skip locked);
        end if;
    end if;
    -- The context is set by a statement of its own, from the row that was found. As a condition of the query it would be
    -- up to the planner for which rows it is evaluated, and the last one would stand.
    for session_id, user_id, user_name, email, epoch, landing, portrait in
        select found_session, u.id, u.name, u.email,
            u.seat_epoch || '.' || coalesce((
                select sum(o.seat_epoch) from account.organization_members m
                join account.organizations o on o.id = m.organization_id where m.user_id = u.id), 0),
            coalesce((select p.landing from account.preferences p where p.user_id = u.id), 'last'),
            u.portrait
        from account.users u
        where u.id = found_user and u.disabled_at is null
    loop
        perform set_config('stile.user_id', user_id::text, true);
        return next;
    end loop;
end
$$;

create or replace function door.workspace(kind text, secret_hash bytea, wanted text)
returns table (
    outcome text, session_id uuid, user_id uuid, user_name text, email text, epoch text,
    workspace_id uuid, slug text, name text, organization_id uuid, organization text,
    direct_role text, organization_role text, hue smallint, logo text, portrait text
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
    select w.id, w.slug, w.name, w.deleted_at, w.demands_factor, w.organization_id, w.hue, w.logo, o.name as organization,
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
            null::uuid, null::text, null::text, null::uuid, null::text, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    if place.deleted_at is not null then
        return query select 'gone'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, null::text, null::text, null::uuid, null::text, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    if place.slug <> wanted then
        update account.slugs s set last_used_at = now()
        where s.slug = wanted and (s.last_used_at is null or s.last_used_at < now() - interval '1 minute');
        return query select 'moved'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            null::uuid, place.slug, null::text, null::uuid, null::text, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    if place.demands_factor and not exists (
        select from account.sessions s where s.id = who.session_id and s.factor_at is not null
    ) then
        return query select 'factor'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
            place.id, place.slug, place.name, place.organization_id, place.organization, null::text, null::text,
            null::smallint, null::text, who.portrait;
        return;
    end if;
    perform set_config('stile.workspace_id', place.id::text, true),
        set_config('stile.reach', case
            when place.direct_role = 'guest' and place.organization_role is null then 'shared' else 'all' end, true);
    return query select 'seat'::text, who.session_id, who.user_id, who.user_name, who.email, who.epoch,
        place.id, place.slug, place.name, place.organization_id, place.organization,
        place.direct_role, place.organization_role, place.hue, place.logo, who.portrait;
end
$$;

reset role;
