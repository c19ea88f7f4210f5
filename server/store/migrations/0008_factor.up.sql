-- Second factors: an authenticator app, recovery codes, passkeys; and workspaces that demand one.
-- Sources: issue 3, item 9; security.md threats 17, 20, 22 (ASVS 6.5, 7.2.4).

-- A person's authenticator app. The secret is sealed by the server (AEAD, bound to the person); `last_step` is the last
-- 30 s step a code was taken of, so that each is good once. Until it is confirmed it counts for nothing.
create table account.totp (
    user_id uuid primary key references account.users (id),
    secret bytea not null check (octet_length(secret) between 40 and 200),
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    last_step bigint not null default 0
);

-- 120 random bits each, so a plain hash is enough (ASVS 6.5.2). Good once.
create table account.recovery_codes (
    user_id uuid not null references account.users (id),
    code_hash bytea not null check (octet_length(code_hash) = 32),
    used_at timestamptz,
    primary key (user_id, code_hash)
);

create table account.passkeys (
    id uuid primary key,
    user_id uuid not null references account.users (id),
    credential_id bytea not null check (octet_length(credential_id) between 1 and 1023),
    name text not null check (length(name) between 1 and 80),
    credential jsonb not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    constraint passkey_known unique (credential_id)
);
create index on account.passkeys (user_id);

-- What a browser was asked to sign, until it has: once, for 5 minutes. `holder` is the session or the pending sign-in
-- that it was made for; before sign-in there is neither a holder nor a person.
create table account.challenges (
    handle_hash bytea primary key check (octet_length(handle_hash) = 32),
    purpose text not null check (purpose in ('register', 'prove', 'sign_in')),
    user_id uuid references account.users (id),
    holder uuid,
    state jsonb not null,
    expires_at timestamptz not null default now() + interval '5 minutes',
    check ((purpose = 'sign_in') = (user_id is null) and (user_id is null) = (holder is null))
);
create index on account.challenges (expires_at);
create index on account.challenges (user_id);

-- Guesses at a person's second factor since `since`, on all servers together.
create table account.factor_tries (
    user_id uuid primary key references account.users (id),
    failed integer not null,
    since timestamptz not null default now()
);

-- Sign-ins whose password was right and whose second factor is still asked for. Not a session: it opens nothing but
-- the page that asks (door.prover), for 10 minutes.
create table account.sign_ins (
    id uuid primary key,
    secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
    user_id uuid not null references account.users (id),
    user_agent text not null default '' check (length(user_agent) <= 400),
    ip inet,
    expires_at timestamptz not null default now() + interval '10 minutes'
);
create index on account.sign_ins (user_id);

-- When this session's holder last proved a second factor.
alter table account.sessions add factor_at timestamptz;
-- Entering asks for a second factor.
alter table account.workspaces add demands_factor boolean not null default false;
-- Whether a person who has a second factor is asked for it at each sign-in, or only where a workspace demands it.
alter table account.preferences add factor_asked text not null default 'sign_in'
    check (factor_asked in ('sign_in', 'workspace'));

do $$
declare
    mine constant text := 'user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
begin
    call ops.protect('account.totp', mine, mine, mine);
    call ops.protect('account.recovery_codes', mine, mine, mine);
    call ops.protect('account.passkeys', mine, mine, mine);
    call ops.protect('account.challenges', mine, mine, mine);
    call ops.protect('account.factor_tries', mine, mine, null);
    call ops.protect('account.sign_ins', mine, mine, mine);
end
$$;

grant select, insert, update (secret, created_at, confirmed_at, last_step), delete on account.totp to stile_app;
grant select, insert, update (used_at), delete on account.recovery_codes to stile_app;
grant select, insert, update (name, credential, last_used_at), delete on account.passkeys to stile_app;
grant select, insert, delete on account.challenges to stile_app;
grant select, insert, update (failed, since) on account.factor_tries to stile_app;
grant select, insert, delete on account.sign_ins to stile_app;
grant update (token_hash, factor_at) on account.sessions to stile_app;
grant update (demands_factor) on account.workspaces to stile_app;
grant update (factor_asked) on account.preferences to stile_app;

grant select on account.passkeys, account.sign_ins to stile_door;
grant select, insert, delete, update (expires_at) on account.challenges to stile_door;
create policy door_reads on account.passkeys for select to stile_door using (true);
create policy door_reads on account.sign_ins for select to stile_door using (true);
create policy door_reads on account.challenges for select to stile_door using (true);
create policy door_adds on account.challenges for insert to stile_door with check (true);
create policy door_changes on account.challenges for update to stile_door using (true) with check (true);
create policy door_removes on account.challenges for delete to stile_door using (true);

set local role stile_door;

-- One statement into a workspace: the person and, read live in the same breath, their seat. `outcome`:
-- 'seat' (and only then is the workspace context set), 'moved' (the slug was renamed and there is a seat: `slug` is the
-- new one), 'gone' (deleted, and there was a seat), 'factor' (there is a seat, the workspace demands a second factor and
-- this session has proven none; an operator token never has), 'none' (no such workspace, or no seat: the same).
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

-- Who may prove a second factor with this cookie: the holder of a session, or of a sign-in that waits for just that.
-- Sets the person's context and nothing else.
create function door.prover(presented bytea)
returns table (kind text, holder uuid, user_id uuid, user_name text, email text)
language plpgsql volatile security definer set search_path = '' as $$
begin
    return query select 'session'::text, p.session_id, p.user_id, p.user_name, p.email from door.person('session', presented) p;
    if found then
        return;
    end if;
    for kind, holder, user_id, user_name, email in
        select 'sign_in'::text, s.id, u.id, u.name, u.email
        from account.sign_ins s join account.users u on u.id = s.user_id
        where s.secret_hash = presented and s.expires_at > now() and u.disabled_at is null
    loop
        perform set_config('stile.user_id', user_id::text, true);
        return next;
    end loop;
end
$$;

-- Before sign-in: whose passkey this is, and what its signature is checked against.
create function door.passkey(wanted bytea)
returns table (user_id uuid, id uuid, credential jsonb)
language sql stable security definer set search_path = '' as $$
    select k.user_id, k.id, k.credential
    from account.passkeys k join account.users u on u.id = k.user_id
    where k.credential_id = wanted and u.disabled_at is null
$$;

-- Before sign-in: keeps what a browser is asked to sign. Those that ran out are swept away in passing.
create function door.keep_challenge(handle bytea, kept jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    delete from account.challenges c where c.handle_hash in (
        select o.handle_hash from account.challenges o where o.expires_at < now() limit 100 for update skip locked);
    insert into account.challenges (handle_hash, purpose, state) values (handle, 'sign_in', kept);
$$;

-- Takes it away again: of any number who ask, one gets it.
create function door.take_challenge(handle bytea) returns jsonb
language sql volatile security definer set search_path = '' as $$
    delete from account.challenges c
    where c.handle_hash = handle and c.purpose = 'sign_in' and c.expires_at > now() returning c.state
$$;

revoke all on function door.prover(bytea), door.passkey(bytea), door.keep_challenge(bytea, jsonb),
    door.take_challenge(bytea) from public;
grant execute on function door.prover(bytea), door.passkey(bytea), door.keep_challenge(bytea, jsonb),
    door.take_challenge(bytea) to stile_app;

reset role;

-- Open tabs hear of it. A write that was let in without a factor has ended, one way or the other, when the demand for one stands.
create trigger tell_demand after update of demands_factor on account.workspaces
    for each row when (old.demands_factor is distinct from new.demands_factor) execute function door.tell_workspace();
create trigger fence_factor before update of demands_factor on account.workspaces
    for each row execute function door.fence_workspace();
