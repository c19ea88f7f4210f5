-- Pictures: a workspace's colour and logo, a person's portrait. What is stored was decoded and encoded anew by the server,
-- and is small. Who may see one is asked of a door each time it is fetched.

alter table account.workspaces
    add hue smallint check (hue between 0 and 35),
    add logo text check (logo ~ '^[0-9a-f]{32}$');
grant update (hue, logo) on account.workspaces to stile_app;
alter table account.users add portrait text check (portrait ~ '^[0-9a-f]{32}$');
grant update (portrait) on account.users to stile_app;

create table account.logos (
    workspace_id uuid primary key references account.workspaces (id),
    image bytea not null check (octet_length(image) between 1 and 262144)
);
create table account.portraits (
    user_id uuid primary key references account.users (id),
    image bytea not null check (octet_length(image) between 1 and 262144)
);

do $$
declare
    mine constant text := 'user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
    here constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    call ops.protect('account.logos', here, here, here);
    call ops.protect('account.portraits', mine, mine, mine);
end
$$;
grant select, insert, update (image), delete on account.logos, account.portraits to stile_app;
grant select on account.logos, account.portraits to stile_door;
create policy door_reads on account.logos for select to stile_door using (true);
create policy door_reads on account.portraits for select to stile_door using (true);

drop function door.person(text, bytea);
drop function door.workspace(text, bytea, text);
drop function door.seats();
drop function door.members();
drop function door.organization_people();

set local role stile_door;

-- Who presents this secret? As in 0003, with the portrait.
create function door.person(kind text, secret_hash bytea)
returns table (session_id uuid, user_id uuid, user_name text, email text, epoch text, landing text, portrait text)
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

-- One statement into a workspace: the person and, read live in the same breath, their seat. As in 0008, with the brand.
create function door.workspace(kind text, secret_hash bytea, wanted text)
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

-- All that the person of this transaction can reach, as in 0009, with the brands.
create function door.seats()
returns table (
    organization_id uuid, organization text, organization_role text,
    workspace_id uuid, slug text, name text, direct_role text, entered_at timestamptz, pinned boolean, former text[], hue smallint, logo text
)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        with reach as (
            select w.id, w.organization_id, w.slug, w.name, w.hue, w.logo, null::text as direct_role
            from account.organization_members m
            join account.workspaces w on w.organization_id = m.organization_id
            where m.user_id = me and w.deleted_at is null
                and not exists (select from account.workspace_members d where d.workspace_id = w.id and d.user_id = me)
            union all
            select w.id, w.organization_id, w.slug, w.name, w.hue, w.logo, m.role
            from account.workspace_members m
            join account.workspaces w on w.id = m.workspace_id
            where m.user_id = me and w.deleted_at is null
        )
        select o.id, o.name, om.role, r.id, r.slug, r.name, r.direct_role, v.entered_at, v.pinned_at is not null,
            array(select s.slug from account.slugs s where s.workspace_id = r.id and s.slug <> r.slug order by s.slug),
            r.hue, r.logo
        from account.organizations o
        left join account.organization_members om on om.organization_id = o.id and om.user_id = me
        left join reach r on r.organization_id = o.id
        left join account.visits v on v.user_id = me and v.workspace_id = r.id
        where o.id in (select m.organization_id from account.organization_members m where m.user_id = me
            union select r2.organization_id from reach r2)
        order by lower(o.name), o.id, lower(r.name), r.id;
end
$$;

-- Everybody with a seat in the workspace of this transaction, strongest first, as in 0007, with their portraits.
create function door.members()
returns table (user_id uuid, name text, email text, verified boolean, direct_role text, organization_role text, since timestamptz, portrait text)
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
        select u.id, u.name, u.email, u.email_verified_at is not null, max(s.direct_role), max(s.organization_role), min(s.created_at), u.portrait
        from seats s join account.users u on u.id = s.user_id
        group by u.id
        order by greatest(ops.rank(max(s.direct_role)), ops.rank(max(s.organization_role))) desc, lower(u.name), u.id;
end
$$;

-- The people with a role in the organization of this transaction, likewise.
create function door.organization_people()
returns table (user_id uuid, name text, email text, role text, since timestamptz, portrait text)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select u.id, u.name, u.email, m.role, m.created_at, u.portrait
        from account.organization_members m join account.users u on u.id = m.user_id
        where m.organization_id = here
        order by ops.rank(m.role) desc, lower(u.name), u.id;
end
$$;

-- The logo of a workspace in which the person of this transaction has a seat; null for any other, and for none.
create function door.logo(wanted text, picture text) returns bytea
language sql stable security definer set search_path = '' as $$
    select l.image
    from account.workspaces w
    join account.logos l on l.workspace_id = w.id
    where w.slug = wanted and w.logo = picture and w.deleted_at is null and (
        exists (select from account.workspace_members m where m.workspace_id = w.id and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid)
        or exists (select from account.organization_members m
            where m.organization_id = w.organization_id and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid))
$$;

-- The portrait of a person whom the one of this transaction works with: themselves, whoever has a seat in a workspace of
-- theirs or belongs to an organization of theirs; null for anybody else.
create function door.portrait(wanted uuid, picture text) returns bytea
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

revoke all on function door.person(text, bytea), door.workspace(text, bytea, text), door.seats(), door.members(),
    door.organization_people(), door.logo(text, text), door.portrait(uuid, text) from public;
grant execute on function door.person(text, bytea), door.workspace(text, bytea, text), door.seats(),
    door.members(), door.organization_people(), door.logo(text, text), door.portrait(uuid, text) to stile_app;

reset role;

-- Who has a tab open sees another picture at once, as another name.
drop trigger tell_change on account.workspaces;
create trigger tell_change after update of slug, name, deleted_at, hue, logo on account.workspaces
    for each row when ((old.slug, old.name, old.deleted_at, old.hue, old.logo)
        is distinct from (new.slug, new.name, new.deleted_at, new.hue, new.logo))
    execute function door.tell_workspace();
