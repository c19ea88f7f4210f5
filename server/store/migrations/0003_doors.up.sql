-- The doors: the only statements that look across people. Each runs as `stile_door`, takes a secret or an address
-- that the caller must know, and sets the transaction-local context from the very row it found.

grant select on account.users, account.sessions, account.organizations, account.organization_members,
    account.workspaces, account.slugs, account.workspace_members, account.visits, account.operator_tokens,
    account.preferences to stile_door;
grant insert on account.users, account.organizations, account.organization_members, account.slugs to stile_door;
grant update (seat_epoch) on account.users, account.organizations to stile_door;
grant update (last_seen_at) on account.sessions to stile_door;
grant update (last_used_at) on account.operator_tokens to stile_door;
grant update (retired_at, last_used_at) on account.slugs to stile_door;

do $$
declare
    name text;
begin
    foreach name in array array['users', 'sessions', 'organizations', 'organization_members', 'workspaces', 'slugs',
        'workspace_members', 'visits', 'operator_tokens', 'preferences'] loop
        execute format('create policy door_reads on account.%I for select to stile_door using (true)', name);
    end loop;
    foreach name in array array['users', 'organizations', 'organization_members', 'slugs'] loop
        execute format('create policy door_adds on account.%I for insert to stile_door with check (true)', name);
    end loop;
    foreach name in array array['users', 'organizations', 'sessions', 'operator_tokens', 'slugs'] loop
        execute format('create policy door_changes on account.%I for update to stile_door using (true) with check (true)', name);
    end loop;
end
$$;

set local role stile_door;

-- Who presents this secret? `kind` is 'session' (a cookie) or 'token' (an operator token).
-- Live or nothing: ended, expired (30 days), idle (14 days) and disabled give no row (ASVS 7.3).
-- When it was last used is noted by whoever comes first: the others are not to wait for that one's transaction.
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

-- One statement into a workspace: the person and, read live in the same breath, their seat. `outcome`:
-- 'seat' (and only then is the workspace context set), 'moved' (the slug was renamed and there is a seat: `slug` is the
-- new one), 'gone' (deleted, and there was a seat), 'none' (no such workspace, or no seat: the same).
-- No row at all: nobody is signed in with that secret.
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

-- Into the management of an organization: for its owners and admins.
create function door.organization(kind text, secret_hash bytea, wanted uuid)
returns table (session_id uuid, user_id uuid, role text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    who record;
begin
    select * into who from door.person(kind, secret_hash);
    for session_id, user_id, role in
        select who.session_id, m.user_id, m.role
        from account.organization_members m
        where m.organization_id = wanted and m.user_id = who.user_id and m.role in ('owner', 'admin')
    loop
        perform set_config('stile.organization_id', wanted::text, true);
        return next;
    end loop;
end
$$;

-- Before sign-in: what a password is checked against.
create function door.credentials(wanted text)
returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = '' as $$
    select u.id, u.password_hash from account.users u where u.email = wanted and u.disabled_at is null
$$;

-- A new person. A taken address is a unique violation.
create function door.register(id uuid, email text, name text, password_hash text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.users (id, email, name, password_hash, email_verified_at)
    values (id, email, name, password_hash, now())
$$;

-- A new organization, owned by the person of this transaction.
create function door.found_organization(id uuid, name text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    if me is null then
        raise exception 'nobody is signed in' using errcode = '42501';
    end if;
    insert into account.organizations (id, name) values (found_organization.id, found_organization.name);
    insert into account.organization_members (organization_id, user_id, role) values (found_organization.id, me, 'owner');
end
$$;

-- All that the person of this transaction can reach: organizations they belong to and workspaces they have a seat in.
create function door.seats()
returns table (
    organization_id uuid, organization text, organization_role text,
    workspace_id uuid, slug text, name text, direct_role text, entered_at timestamptz
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
        select o.id, o.name, om.role, r.id, r.slug, r.name, r.direct_role, v.entered_at
        from account.organizations o
        left join account.organization_members om on om.organization_id = o.id and om.user_id = me
        left join reach r on r.organization_id = o.id
        left join account.visits v on v.user_id = me and v.workspace_id = r.id
        where o.id in (select m.organization_id from account.organization_members m where m.user_id = me
            union select r2.organization_id from reach r2)
        order by lower(o.name), o.id, lower(r.name), r.id;
end
$$;

-- What lists of seats are cached under changes with every change to a seat, in the same transaction, whoever makes it.
create function door.bump_people() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update account.users u set seat_epoch = u.seat_epoch + 1
    where u.id in (select c.user_id from changed c);
    return null;
end
$$;

create function door.bump_workspaces() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update account.organizations o set seat_epoch = o.seat_epoch + 1
    where o.id in (select c.organization_id from changed c);
    update account.users u set seat_epoch = u.seat_epoch + 1
    where u.id in (select m.user_id from account.workspace_members m join changed c on c.id = m.workspace_id);
    return null;
end
$$;

-- Only the name shows in lists, and seat_epoch is not to wake itself.
create function door.name_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update account.users u set seat_epoch = u.seat_epoch + 1
    where u.id in (
        select m.user_id from account.organization_members m where m.organization_id = new.id
        union
        select m.user_id from account.workspace_members m
        join account.workspaces w on w.id = m.workspace_id where w.organization_id = new.id);
    return null;
end
$$;

-- Whoever takes a seat away or changes it waits for the person's writes in flight, and keeps new ones out until commit.
create function door.fence_person() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(ops.fence('person', old.user_id));
    return case tg_op when 'DELETE' then old else new end;
end
$$;

create function door.fence_workspace() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(ops.fence('workspace', old.id));
    return new;
end
$$;

-- A slug in use is noted for ever; one that another workspace ever had is refused (23505).
create function door.note_slug() returns trigger
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

revoke all on all functions in schema door from public;
grant execute on function door.person(text, bytea), door.workspace(text, bytea, text),
    door.organization(text, bytea, uuid), door.credentials(text), door.register(uuid, text, text, text),
    door.found_organization(uuid, text), door.seats() to stile_app;
grant execute on function door.bump_people(), door.bump_workspaces(), door.name_changed(), door.fence_person(),
    door.fence_workspace(), door.note_slug() to session_user;

reset role;

create trigger bump_insert after insert on account.workspace_members
    referencing new table as changed for each statement execute function door.bump_people();
create trigger bump_update after update on account.workspace_members
    referencing new table as changed for each statement execute function door.bump_people();
create trigger bump_delete after delete on account.workspace_members
    referencing old table as changed for each statement execute function door.bump_people();
create trigger bump_insert after insert on account.organization_members
    referencing new table as changed for each statement execute function door.bump_people();
create trigger bump_update after update on account.organization_members
    referencing new table as changed for each statement execute function door.bump_people();
create trigger bump_delete after delete on account.organization_members
    referencing old table as changed for each statement execute function door.bump_people();
create trigger bump_insert after insert on account.workspaces
    referencing new table as changed for each statement execute function door.bump_workspaces();
create trigger bump_update after update on account.workspaces
    referencing new table as changed for each statement execute function door.bump_workspaces();
create trigger bump_update after update of name on account.organizations
    for each row execute function door.name_changed();

create trigger fence before update or delete on account.workspace_members
    for each row execute function door.fence_person();
create trigger fence before update or delete on account.organization_members
    for each row execute function door.fence_person();
create trigger fence before update of slug, deleted_at on account.workspaces
    for each row execute function door.fence_workspace();
create trigger note_slug after insert or update of slug on account.workspaces
    for each row execute function door.note_slug();
