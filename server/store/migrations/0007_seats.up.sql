-- How seats are offered, asked for, joined and kept: invites, requests, auto-join by domain, the last owner.
--
-- Tokens are stored as SHA-256 and nothing else. What an invite allows stands in its row and never in its token; it is
-- bound to a normalized address, and only a person whose verified address that is can take it (security.md, row 13).

alter table account.workspaces add constraint workspace_of_organization unique (id, organization_id);

-- An offer: of a seat in a workspace, or (without one) of a role in the organization. Words as in model::role.
create table account.invites (
    id uuid primary key,
    organization_id uuid not null references account.organizations (id),
    workspace_id uuid,
    email text not null check (email = lower(email) and length(email) <= 254),
    role text not null check (case when workspace_id is null then role in ('owner', 'admin', 'member')
        else role in ('owner', 'admin', 'billing_admin', 'member', 'viewer', 'guest') end),
    invited_by uuid not null references account.users (id),
    created_at timestamptz not null default now(),
    sent_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '7 days',
    accepted_at timestamptz,
    accepted_by uuid references account.users (id),
    declined_at timestamptz,
    revoked_at timestamptz,
    foreign key (workspace_id, organization_id) references account.workspaces (id, organization_id),
    check (num_nonnulls(accepted_at, declined_at, revoked_at) <= 1),
    check ((accepted_at is null) = (accepted_by is null))
);
create unique index invite_is_open on account.invites (coalesce(workspace_id, organization_id), email)
    where accepted_at is null and declined_at is null and revoked_at is null;
create index on account.invites (email) where accepted_at is null and declined_at is null and revoked_at is null;
create index on account.invites (workspace_id, email);
create index on account.invites (organization_id, email);

-- The links to an invite. Whoever has the mailed one has read the mailbox; the copied one was shown to the inviter, so
-- it proves nothing about its holder.
create table account.invite_links (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    invite_id uuid not null references account.invites (id),
    organization_id uuid not null references account.organizations (id),
    workspace_id uuid,
    kind text not null check (kind in ('mailed', 'copied')),
    created_at timestamptz not null default now()
);
create index on account.invite_links (invite_id);

-- Domains whose people may join a workspace by themselves: never above Member.
create table account.auto_joins (
    workspace_id uuid not null,
    organization_id uuid not null,
    domain text not null check (domain = lower(domain) and length(domain) <= 253),
    role text not null check (role in ('member', 'viewer', 'guest')),
    created_by uuid not null references account.users (id),
    created_at timestamptz not null default now(),
    primary key (workspace_id, domain),
    foreign key (workspace_id, organization_id) references account.workspaces (id, organization_id)
);
create index on account.auto_joins (domain);
create index on account.auto_joins (organization_id);

-- Whoever was put out of a workspace does not walk in again by their domain. An invite lifts it.
create table account.barred (
    workspace_id uuid not null references account.workspaces (id),
    user_id uuid not null references account.users (id),
    created_at timestamptz not null default now(),
    primary key (workspace_id, user_id)
);
create index on account.barred (user_id);

-- Requests for a seat, by the address that was asked for: one that leads nowhere is written down just the same, so that
-- nothing tells whether there is a workspace.
create table account.access_requests (
    id uuid primary key,
    user_id uuid not null references account.users (id),
    slug text not null check (length(slug) between 3 and 30),
    workspace_id uuid references account.workspaces (id),
    created_at timestamptz not null default now(),
    resolved_at timestamptz,
    resolved_by uuid references account.users (id),
    outcome text check (outcome in ('approved', 'refused')),
    check (num_nonnulls(resolved_at, resolved_by, outcome) in (0, 3))
);
create index on account.access_requests (user_id, created_at);
create index on account.access_requests (workspace_id, created_at) where resolved_at is null;

do $$
declare
    org constant text := 'organization_id = (select nullif(current_setting(''stile.organization_id'', true), '''')::uuid)';
    ws constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    call ops.protect('account.invites', format('%s or %s', ws, org), format('%s or %s', ws, org), null);
    call ops.protect('account.invite_links', format('%s or %s', ws, org), format('%s or %s', ws, org), null);
    call ops.protect('account.auto_joins', format('%s or %s', ws, org), ws, format('%s or %s', ws, org));
    call ops.protect('account.barred', ws, ws, ws);
    call ops.protect('account.access_requests', ws, ws, null);
end
$$;

grant select, insert, update (sent_at, expires_at, revoked_at) on account.invites to stile_app;
grant select, insert on account.invite_links to stile_app;
grant select, insert, update (role), delete on account.auto_joins to stile_app;
grant select, insert, delete on account.barred to stile_app;
grant select, update (resolved_at, resolved_by, outcome) on account.access_requests to stile_app;

grant select on account.invites, account.invite_links, account.auto_joins, account.barred, account.access_requests to stile_door;
grant update (accepted_at, accepted_by, declined_at) on account.invites to stile_door;
grant insert on account.access_requests, account.workspace_members to stile_door;
grant update (role) on account.workspace_members, account.organization_members to stile_door;
grant delete on account.barred, account.organization_members to stile_door;

do $$
declare
    name text;
begin
    foreach name in array array['invites', 'invite_links', 'auto_joins', 'barred', 'access_requests'] loop
        execute format('create policy door_reads on account.%I for select to stile_door using (true)', name);
    end loop;
    foreach name in array array['access_requests', 'workspace_members'] loop
        execute format('create policy door_adds on account.%I for insert to stile_door with check (true)', name);
    end loop;
    foreach name in array array['invites', 'workspace_members', 'organization_members'] loop
        execute format('create policy door_changes on account.%I for update to stile_door using (true) with check (true)', name);
    end loop;
    create policy door_removes on account.barred for delete to stile_door using (true);
    create policy door_removes on account.organization_members for delete to stile_door using (true);
end
$$;

-- Takes the fences of everybody whose seat is about to change, alone, and the writer's own, shared unless theirs is one
-- of them: all in one order, so that two people who change each other's seats wait and don't deadlock. The locks come
-- in a statement of their own, before any seat is read.
create function ops.fence_people(writer uuid, others uuid[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
    lock record;
begin
    for lock in
        select f.key, bool_or(f.alone) as alone
        from (select ops.fence('person', writer) as key, false as alone
            union all select ops.fence('person', o.id), true from unnest(others) o (id)) f
        group by f.key order by f.key
    loop
        if lock.alone then
            perform pg_advisory_xact_lock(lock.key);
        else
            perform pg_advisory_xact_lock_shared(lock.key);
        end if;
    end loop;
end
$$;

-- How strong a role is, an organization's as it is inherited.
create function ops.rank(role text) returns int
language sql immutable parallel safe set search_path = '' as $$
    select case role when 'owner' then 6 when 'admin' then 5 when 'billing_admin' then 4 when 'member' then 3
        when 'viewer' then 2 when 'guest' then 1 else 0 end
$$;
revoke all on function ops.fence_people(uuid, uuid[]), ops.rank(text) from public;
grant execute on function ops.fence_people(uuid, uuid[]) to stile_app;
grant execute on function ops.rank(text) to stile_app, stile_door;

set local role stile_door;

-- The people with a seat in the workspace of this transaction, direct or inherited.
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

-- The people with a role in the organization of this transaction.
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

-- Who made the open invites of this transaction's workspace, or, with none, organization.
create function door.inviters() returns table (user_id uuid, name text)
language plpgsql stable security definer set search_path = '' as $$
declare
    ws constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
    org constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select distinct u.id, u.name from account.invites i join account.users u on u.id = i.invited_by
        where i.accepted_at is null and i.declined_at is null and i.revoked_at is null
            and case when ws is not null then i.workspace_id = ws else i.organization_id = org and i.workspace_id is null end;
end
$$;

-- How many people have a seat in each workspace of this transaction's organization.
create function door.seat_counts() returns table (workspace_id uuid, seats bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.organization_id', true), '')::uuid;
begin
    return query
        select w.id, (select count(*) from (
            select m.user_id from account.workspace_members m where m.workspace_id = w.id
            union
            select m.user_id from account.organization_members m where m.organization_id = here) people)
        from account.workspaces w where w.organization_id = here and w.deleted_at is null;
end
$$;

-- Where an invite stands. What its maker could not give now, it does not give either (T-16).
create function door.invite_state(i account.invites) returns text
language sql stable security definer set search_path = '' as $$
    select case
        when i.accepted_at is not null then 'accepted'
        when i.declined_at is not null then 'declined'
        when i.revoked_at is not null then 'revoked'
        when i.expires_at <= now() then 'expired'
        when i.workspace_id is not null and not exists (
            select from account.workspaces w where w.id = i.workspace_id and w.deleted_at is null) then 'withdrawn'
        when greatest(
            (select ops.rank(m.role) from account.organization_members m
                where m.organization_id = i.organization_id and m.user_id = i.invited_by),
            (select ops.rank(m.role) from account.workspace_members m
                where m.workspace_id = i.workspace_id and m.user_id = i.invited_by),
            0) < greatest(ops.rank(i.role), ops.rank('admin')) then 'withdrawn'
        else 'open' end
$$;

-- What a link leads to, for whoever holds it. It consumes nothing. `known`: whether the address has an account; told
-- only to the mailbox's own reader.
create function door.invite(token_hash bytea)
returns table (
    id uuid, kind text, state text, email text, role text, organization_id uuid, workspace_id uuid,
    place text, organization text, inviter text, expires_at timestamptz, known boolean
)
language sql stable security definer set search_path = '' as $$
    select i.id, l.kind, door.invite_state(i), i.email, i.role, i.organization_id, i.workspace_id,
        coalesce(w.name, o.name), o.name, u.name, i.expires_at,
        case when l.kind = 'mailed' then exists (select from account.users k where k.email = i.email) end
    from account.invite_links l
    join account.invites i on i.id = l.invite_id
    join account.organizations o on o.id = i.organization_id
    join account.users u on u.id = i.invited_by
    left join account.workspaces w on w.id = i.workspace_id
    where l.token_hash = invite.token_hash
$$;

-- The open invites to the verified address of this transaction's person.
create function door.my_invites()
returns table (
    id uuid, email text, role text, organization_id uuid, workspace_id uuid, place text, organization text,
    inviter text, expires_at timestamptz
)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        select i.id, i.email, i.role, i.organization_id, i.workspace_id, coalesce(w.name, o.name), o.name, u.name, i.expires_at
        from account.users p
        join account.invites i on i.email = p.email
        join account.organizations o on o.id = i.organization_id
        join account.users u on u.id = i.invited_by
        left join account.workspaces w on w.id = i.workspace_id
        where p.id = me and p.email_verified_at is not null and i.accepted_at is null and i.declined_at is null
            and i.revoked_at is null and door.invite_state(i) = 'open'
        order by i.created_at desc, i.id;
end
$$;

-- Gives a seat; a stronger one that is held stays.
create function door.seat_person(workspace uuid, person uuid, as_role text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.workspace_members as held (workspace_id, user_id, role) values (workspace, person, as_role)
    on conflict (workspace_id, user_id) do update set role = excluded.role
        where ops.rank(excluded.role) > ops.rank(held.role);
    delete from account.barred b where b.workspace_id = workspace and b.user_id = person
$$;

create function door.enroll_person(organization uuid, person uuid, as_role text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into account.organization_members as held (organization_id, user_id, role) values (organization, person, as_role)
    on conflict (organization_id, user_id) do update set role = excluded.role
        where ops.rank(excluded.role) > ops.rank(held.role)
$$;

-- The person of this transaction takes an invite. Of any number at once one wins: they queue at its row. `outcome`:
-- 'seated', or why not: 'absent', 'other_person', 'unverified', or a state of the invite. An invite that was accepted by
-- this very person says where it led. When seated in a workspace, the context of that workspace is set, so that the
-- deed can be noted there in the same transaction.
create function door.accept_invite(wanted uuid)
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

-- The person of this transaction does not want an invite. Answers with whom to tell.
create function door.decline_invite(wanted uuid) returns table (inviter_email text, place text, email text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        update account.invites i set declined_at = now()
        from account.users p, account.users u, account.organizations o
        where i.id = wanted and p.id = me and p.email = i.email and p.email_verified_at is not null
            and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > now()
            and u.id = i.invited_by and o.id = i.organization_id
        returning u.email, coalesce((select w.name from account.workspaces w where w.id = i.workspace_id), o.name), i.email;
end
$$;

-- Whoever holds the mailed link declines without signing in: they have read the mailbox.
create function door.decline_by_link(token_hash bytea) returns table (inviter_email text, place text, email text)
language sql volatile security definer set search_path = '' as $$
    update account.invites i set declined_at = now()
    from account.invite_links l, account.users u, account.organizations o
    where l.token_hash = decline_by_link.token_hash and l.kind = 'mailed' and i.id = l.invite_id
        and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > now()
        and u.id = i.invited_by and o.id = i.organization_id
    returning u.email, coalesce((select w.name from account.workspaces w where w.id = i.workspace_id), o.name), i.email
$$;

-- Takes all open organization invites to the verified address of this transaction's person, in one step.
create function door.bind_invites() returns table (organization_id uuid, organization text, role text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    person account.users;
    i account.invites;
begin
    select u.* into person from account.users u where u.id = me and u.email_verified_at is not null;
    for i in
        select v.* from account.invites v
        where v.email = person.email and v.workspace_id is null
            and v.accepted_at is null and v.declined_at is null and v.revoked_at is null
        order by v.id for update
    loop
        continue when door.invite_state(i) <> 'open';
        update account.invites v set accepted_at = now(), accepted_by = me where v.id = i.id;
        perform door.enroll_person(i.organization_id, me, i.role);
        return query select o.id, o.name, i.role from account.organizations o where o.id = i.organization_id;
    end loop;
end
$$;

-- A new person by the mailed link of an open invite, which proves that the mailbox is theirs. Answers with the address;
-- nothing when the link is no such one, or the address has an account.
create function door.register_by_invite(token_hash bytea, id uuid, name text, password_hash text) returns text
language sql volatile security definer set search_path = '' as $$
    insert into account.users (id, email, name, password_hash, email_verified_at)
    select register_by_invite.id, i.email, register_by_invite.name, register_by_invite.password_hash, now()
    from account.invite_links l join account.invites i on i.id = l.invite_id
    where l.token_hash = register_by_invite.token_hash and l.kind = 'mailed' and door.invite_state(i) = 'open'
    on conflict (email) do nothing
    returning email
$$;

-- The workspaces that the domain of the person's verified address lets them join.
create function door.join_offers() returns table (workspace_id uuid, name text, organization text, role text)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        select w.id, w.name, o.name, a.role
        from account.users p
        join account.auto_joins a on a.domain = split_part(p.email, '@', 2)
        join account.workspaces w on w.id = a.workspace_id and w.deleted_at is null
        join account.organizations o on o.id = w.organization_id
        where p.id = me and p.email_verified_at is not null
            and not exists (select from account.workspace_members m where m.workspace_id = w.id and m.user_id = me)
            and not exists (select from account.organization_members m where m.organization_id = w.organization_id and m.user_id = me)
            and not exists (select from account.barred b where b.workspace_id = w.id and b.user_id = me)
        order by lower(o.name), lower(w.name), w.id;
end
$$;

-- The person of this transaction joins one of them. No row: it is none of them.
create function door.auto_join(wanted uuid) returns table (workspace_id uuid, slug text, name text, role text)
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

-- What the person of this transaction is in an organization.
create function door.my_organization(wanted uuid) returns table (name text, role text)
language sql stable security definer set search_path = '' as $$
    select o.name, m.role from account.organization_members m join account.organizations o on o.id = m.organization_id
    where m.organization_id = wanted and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid
$$;

-- The person of this transaction leaves an organization, whatever they are in it; the last owner is kept (below).
create function door.leave_organization(wanted uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    delete from account.organization_members m
    where m.organization_id = wanted and m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid;
    return found;
end
$$;

-- Asks for a seat at an address. The same work and the same answer whether anything is there: 'asked', also when it was
-- asked before or refused within a week; 'limited' after ten a day; 'seat' for whoever has one.
create function door.request_access(id uuid, wanted text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
    found_id uuid;
    has_seat boolean;
begin
    if me is null then
        return 'limited';
    end if;
    -- One at a time of a person, so that the limit holds.
    perform pg_advisory_xact_lock(hashtextextended(me::text, 5));
    select w.id,
        exists (select from account.workspace_members m where m.workspace_id = w.id and m.user_id = me)
            or exists (select from account.organization_members m where m.organization_id = w.organization_id and m.user_id = me)
        into found_id, has_seat
    from account.slugs s join account.workspaces w on w.id = s.workspace_id
    where s.slug = wanted and w.deleted_at is null;
    if has_seat then
        return 'seat';
    end if;
    if exists (select from account.access_requests r
        where r.user_id = me and (r.slug = wanted or r.workspace_id = found_id) and r.created_at > now() - interval '7 days'
            and r.outcome is distinct from 'approved') then
        return 'asked';
    end if;
    if (select count(*) from account.access_requests r where r.user_id = me and r.created_at > now() - interval '1 day') >= 10 then
        return 'limited';
    end if;
    insert into account.access_requests (id, user_id, slug, workspace_id)
    values (request_access.id, me, wanted, found_id);
    return 'asked';
end
$$;

-- The open requests of this transaction's workspace; whoever got a seat meanwhile does not ask any more.
create function door.access_requests() returns table (id uuid, user_id uuid, name text, email text, created_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
    here constant uuid := nullif(current_setting('stile.workspace_id', true), '')::uuid;
begin
    return query
        select r.id, u.id, u.name, u.email, r.created_at
        from account.access_requests r join account.users u on u.id = r.user_id
        join account.workspaces w on w.id = r.workspace_id
        where r.workspace_id = here and r.resolved_at is null
            and not exists (select from account.workspace_members m where m.workspace_id = here and m.user_id = u.id)
            and not exists (select from account.organization_members m where m.organization_id = w.organization_id and m.user_id = u.id)
        order by r.created_at, r.id;
end
$$;

-- In which workspaces people wait for this transaction's person to answer, and how many.
create function door.waiting_requests() returns table (slug text, name text, waiting bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('stile.user_id', true), '')::uuid;
begin
    return query
        select w.slug, w.name, count(*)
        from account.access_requests r
        join account.workspaces w on w.id = r.workspace_id and w.deleted_at is null
        left join account.workspace_members m on m.workspace_id = w.id and m.user_id = me
        left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = me
        where r.resolved_at is null and greatest(ops.rank(m.role), ops.rank(om.role)) >= ops.rank('admin')
            and not exists (select from account.workspace_members h where h.workspace_id = w.id and h.user_id = r.user_id)
            and not exists (select from account.organization_members h where h.organization_id = w.organization_id and h.user_id = r.user_id)
        group by w.id order by lower(w.name), w.id;
end
$$;

-- There is always an owner: an organization has one of its own, a workspace a direct or an inherited one. Asked at the
-- end of the transaction, so that a successor may come before or after; one transaction at a time in an organization,
-- so that two owners who remove each other can't both see the other.
create function door.keep_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    it constant jsonb := to_jsonb(old);
    workspace constant uuid := it ->> 'workspace_id';
    organization uuid := it ->> 'organization_id';
begin
    if workspace is not null then
        select w.organization_id into organization from account.workspaces w where w.id = workspace;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(organization::text, 4));
    if not exists (select from account.organization_members m where m.organization_id = organization and m.role = 'owner')
        and not exists (select from account.workspace_members m where m.workspace_id = workspace and m.role = 'owner') then
        raise exception 'nobody would be left to own it' using errcode = '23514', constraint = 'owner_is_left';
    end if;
    return null;
end
$$;

revoke all on all functions in schema door from public;
grant execute on function door.members(), door.organization_people(), door.inviters(), door.seat_counts(), door.invite(bytea),
    door.my_invites(), door.accept_invite(uuid), door.decline_invite(uuid), door.decline_by_link(bytea), door.bind_invites(),
    door.register_by_invite(bytea, uuid, text, text), door.join_offers(), door.auto_join(uuid),
    door.my_organization(uuid), door.leave_organization(uuid), door.request_access(uuid, text), door.access_requests(), door.waiting_requests() to stile_app;
grant execute on function door.keep_owner() to session_user;

reset role;

create constraint trigger keep_owner after delete on account.organization_members
    deferrable initially deferred for each row when (old.role = 'owner') execute function door.keep_owner();
create constraint trigger keep_owner_role after update on account.organization_members
    deferrable initially deferred for each row when (old.role = 'owner' and new.role <> 'owner') execute function door.keep_owner();
create constraint trigger keep_owner after delete on account.workspace_members
    deferrable initially deferred for each row when (old.role = 'owner') execute function door.keep_owner();
create constraint trigger keep_owner_role after update on account.workspace_members
    deferrable initially deferred for each row when (old.role = 'owner' and new.role <> 'owner') execute function door.keep_owner();
