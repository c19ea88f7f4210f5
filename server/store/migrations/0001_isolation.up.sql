-- The floor of isolation: roles, schemas, and the one way in which a table gets its policies.
--
-- Three roles. The owner runs migrations and nothing else. `stile_app` is what the server logs in as: it owns
-- nothing, is a member of nothing and bypasses nothing. `stile_door` can't log in: it owns the few SECURITY DEFINER
-- functions of schema `door`, the only code that looks across people, and has just the privileges those need.

do $$
begin
    if not exists (select from pg_roles where rolname = 'stile_door') then
        create role stile_door nologin nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
    end if;
    if not exists (select from pg_roles where rolname = 'stile_app') then
        create role stile_app login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
    end if;
    -- Since PostgreSQL 16 whoever creates a role is a member of it without the right to become it.
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant stile_door to %I', current_user);
    end if;
end
$$;

do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to stile_app', current_database());
end
$$;
revoke all on schema public from public;

create schema account;
create schema workspace;
create schema door authorization stile_door;
create schema ops;

grant usage on schema account, workspace, door to stile_app;
grant usage on schema account, workspace to stile_door;

-- Turns row level security on and forces it on the owner too, and writes one policy per command.
-- A null condition leaves the command without a policy, and so without rows.
create procedure ops.protect(target regclass, reads text, writes text, removes text)
language plpgsql set search_path = '' as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    if reads is not null then
        execute format('create policy reads on %s for select using (%s)', target, reads);
    end if;
    if writes is not null then
        execute format('create policy adds on %s for insert with check (%s)', target, writes);
        execute format('create policy changes on %s for update using (%s) with check (%s)', target, writes, writes);
    end if;
    if removes is not null then
        execute format('create policy removes on %s for delete using (%s)', target, removes);
    end if;
end
$$;

-- The policies of a tenant table. `shared`, if given, is the condition under which a guest may read a row too;
-- without it guests read nothing of the table.
create procedure ops.protect_tenant(target regclass, shared text default 'false')
language plpgsql set search_path = '' as $$
declare
    here constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
    reach constant text := '(select current_setting(''stile.reach'', true)) = ''all''';
begin
    call ops.protect(target, format('%s and (%s or (%s))', here, reach, shared), here, here);
end
$$;

-- The keys under which a person's or a workspace's writes in flight are fenced against a revocation:
-- writers share them, who revokes or deletes takes them alone (blueprint section 3, invariant 3).
create function ops.fence(what text, id uuid) returns bigint
language sql immutable strict parallel safe as
$$ select pg_catalog.hashtextextended(id::text, case what when 'person' then 1 else 2 end) $$;
grant usage on schema ops to stile_app, stile_door;
revoke all on all functions in schema ops from public;
revoke all on all procedures in schema ops from public;
grant execute on function ops.fence(text, uuid) to stile_app, stile_door;
