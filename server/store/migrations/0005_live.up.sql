-- What happens to seats, workspaces and sessions, told to every server; the audit logs of all three planes; the
-- general settings of a workspace, its deletion and its restoration.

-- The audit logs. Who did it is the person of the transaction and nobody else, and when it was is the database's word:
-- `at` can't be written (security.md T-30). `actor` is what the person was called then.

create table account.organization_audit_log (
    organization_id uuid not null references account.organizations (id),
    id uuid not null,
    at timestamptz not null default now(),
    user_id uuid not null references account.users (id),
    actor text not null default '' check (length(actor) <= 120),
    action text not null,
    target uuid,
    detail jsonb not null default '{}' check (octet_length(detail::text) <= 16384),
    primary key (organization_id, id)
);
create index on account.organization_audit_log (organization_id, user_id, id);

alter table workspace.audit_log
    add actor text not null default '' check (length(actor) <= 120),
    add check (octet_length(detail::text) <= 16384);
create index on workspace.audit_log (workspace_id, user_id, id);
create index on workspace.audit_log (workspace_id, action, id);
alter table account.audit_log
    add actor text not null default '' check (length(actor) <= 120),
    add target uuid,
    add check (octet_length(detail::text) <= 16384);

do $$
declare
    me constant text := 'user_id = (select nullif(current_setting(''stile.user_id'', true), '''')::uuid)';
    org constant text := 'organization_id = (select nullif(current_setting(''stile.organization_id'', true), '''')::uuid)';
    ws constant text := 'workspace_id = (select nullif(current_setting(''stile.workspace_id'', true), '''')::uuid)';
begin
    call ops.protect('account.organization_audit_log', org, null, null);
    execute format('create policy adds on account.organization_audit_log for insert with check (%s and %s)', org, me);
    drop policy adds on workspace.audit_log;
    execute format('create policy adds on workspace.audit_log for insert with check (%s and %s)', ws, me);
end
$$;

grant select, insert (organization_id, id, user_id, actor, action, target, detail) on account.organization_audit_log to stile_app;
revoke insert on workspace.audit_log, account.audit_log from stile_app;
grant insert (workspace_id, id, user_id, actor, action, target, detail) on workspace.audit_log to stile_app;
grant insert (id, user_id, session_id, actor, action, target, ip, detail) on account.audit_log to stile_app;

-- The general settings.

alter table account.workspaces
    add description text not null default '' check (length(description) <= 500),
    add time_zone text not null default 'UTC' check (length(time_zone) between 1 and 64);
grant update (description, time_zone) on account.workspaces to stile_app;

-- The events. Each says whom it concerns and never what to show: servers wake the tabs of that person, and each tab is
-- told what the door says now. They are written by triggers, in the transaction of what they tell, so that nobody has to
-- remember to; and read by the number of their transaction, because ids commit out of order (blueprint section 8).

create table account.events (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('seat_granted', 'role_changed', 'seat_revoked', 'workspace_created', 'workspace_changed',
        'workspace_renamed', 'workspace_deleted', 'workspace_restored', 'organization_changed', 'session_ended', 'person_changed')),
    user_id uuid not null references account.users (id) on delete cascade,
    organization_id uuid,
    workspace_id uuid,
    session_id uuid,
    at timestamptz not null default now(),
    written_by xid8 not null default pg_current_xact_id()
);
create index on account.events (written_by);
create index on account.events (at);
alter table account.events enable row level security;
alter table account.events force row level security;
create policy door_reads on account.events for select to stile_door using (true);
create policy door_adds on account.events for insert to stile_door with check (true);
create policy door_removes on account.events for delete to stile_door using (true);
grant select, insert, delete on account.events to stile_door;

set local role stile_door;

create function door.tell_member() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    it constant jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
begin
    insert into account.events (kind, user_id, workspace_id, organization_id)
    values (case tg_op when 'INSERT' then 'seat_granted' when 'DELETE' then 'seat_revoked' else 'role_changed' end,
        (it ->> 'user_id')::uuid, (it ->> 'workspace_id')::uuid, (it ->> 'organization_id')::uuid);
    perform pg_notify('stile_events', '');
    return null;
end
$$;

-- Everybody with a seat in the workspace, direct or inherited.
create function door.tell_workspace() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id, workspace_id, organization_id)
    select case
            when tg_op = 'INSERT' then 'workspace_created'
            when old.deleted_at is null and new.deleted_at is not null then 'workspace_deleted'
            when old.deleted_at is not null and new.deleted_at is null then 'workspace_restored'
            when old.slug <> new.slug then 'workspace_renamed'
            else 'workspace_changed'
        end, p.user_id, new.id, new.organization_id
    from (select m.user_id from account.workspace_members m where m.workspace_id = new.id
        union select m.user_id from account.organization_members m where m.organization_id = new.organization_id) p;
    perform pg_notify('stile_events', '');
    return null;
end
$$;

create function door.tell_organization() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id, organization_id)
    select 'organization_changed', p.user_id, new.id
    from (select m.user_id from account.organization_members m where m.organization_id = new.id
        union select m.user_id from account.workspace_members m
        join account.workspaces w on w.id = m.workspace_id where w.organization_id = new.id) p;
    perform pg_notify('stile_events', '');
    return null;
end
$$;

create function door.tell_session() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id, session_id) values ('session_ended', new.user_id, new.id);
    perform pg_notify('stile_events', '');
    return null;
end
$$;

create function door.tell_person() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into account.events (kind, user_id) values ('person_changed', new.id);
    perform pg_notify('stile_events', '');
    return null;
end
$$;

-- Whom events concern, of all transactions from number `since` on, and the number from which to ask next. What is
-- running now has a number of at least that one, so whatever it writes is seen then; some events come twice.
-- Ids only, nothing that says more; without `since`, just the number.
create function door.events(since text)
returns table (horizon text, id bigint, user_id uuid, session_id uuid)
language sql stable security definer set search_path = '' as $$
    select pg_snapshot_xmin(pg_current_snapshot())::text, e.id, e.user_id, e.session_id
    from (select) once left join account.events e on e.written_by >= since::xid8
    order by e.id limit 50000
$$;

-- Events are of no use to anybody after an hour: whoever was away for so long is told how things are now.
create function door.sweep_events() returns void
language sql volatile security definer set search_path = '' as $$
    delete from account.events e where e.at < now() - interval '1 hour'
$$;

-- Whether a workspace may take that address: nobody ever had it, or the workspace of this transaction itself did.
create function door.slug_is_free(wanted text) returns boolean
language sql stable security definer set search_path = '' as $$
    select nullif(current_setting('stile.user_id', true), '') is not null and not exists (
        select from account.slugs s where s.slug = wanted
            and s.workspace_id is distinct from nullif(current_setting('stile.workspace_id', true), '')::uuid)
$$;

-- The workspaces that were deleted within 14 days and that the person of this transaction owned: what they can restore.
create function door.deleted_workspaces()
returns table (slug text, name text, organization text, deleted_at timestamptz)
language sql stable security definer set search_path = '' as $$
    select w.slug, w.name, o.name, w.deleted_at
    from account.workspaces w
    join account.organizations o on o.id = w.organization_id
    where w.deleted_at > now() - interval '14 days' and w.id in (
        select m.workspace_id from account.workspace_members m
        where m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid and m.role = 'owner'
        union all
        select i.id from account.organization_members m
        join account.workspaces i on i.organization_id = m.organization_id and i.deleted_at is not null
        where m.user_id = nullif(current_setting('stile.user_id', true), '')::uuid and m.role = 'owner')
    order by w.deleted_at desc
$$;

-- Into a workspace that was deleted within 14 days, for its owners and for nothing but to restore it.
create function door.deleted_workspace(kind text, secret_hash bytea, wanted text)
returns table (session_id uuid, user_id uuid, user_name text, workspace_id uuid, name text)
language plpgsql volatile security definer set search_path = '' as $$
declare
    who record;
begin
    select * into who from door.person(kind, secret_hash);
    return query
        select who.session_id, who.user_id, who.user_name, w.id, w.name
        from account.workspaces w
        left join account.workspace_members m on m.workspace_id = w.id and m.user_id = who.user_id
        left join account.organization_members om on om.organization_id = w.organization_id and om.user_id = who.user_id
        where w.slug = wanted and w.deleted_at > now() - interval '14 days'
            and (m.role = 'owner' or om.role = 'owner')
            and set_config('stile.workspace_id', w.id::text, true) is not null;
end
$$;

revoke all on function door.tell_member(), door.tell_workspace(), door.tell_organization(), door.tell_session(),
    door.tell_person(), door.events(text), door.sweep_events(), door.slug_is_free(text), door.deleted_workspaces(),
    door.deleted_workspace(text, bytea, text) from public;
grant execute on function door.events(text), door.sweep_events(), door.slug_is_free(text), door.deleted_workspaces(),
    door.deleted_workspace(text, bytea, text) to stile_app;
grant execute on function door.tell_member(), door.tell_workspace(), door.tell_organization(), door.tell_session(),
    door.tell_person() to session_user;

reset role;

create trigger tell after insert or delete on account.workspace_members
    for each row execute function door.tell_member();
create trigger tell_change after update of role on account.workspace_members
    for each row when (old.role is distinct from new.role) execute function door.tell_member();
create trigger tell after insert or delete on account.organization_members
    for each row execute function door.tell_member();
create trigger tell_change after update of role on account.organization_members
    for each row when (old.role is distinct from new.role) execute function door.tell_member();
create trigger tell after insert on account.workspaces
    for each row execute function door.tell_workspace();
create trigger tell_change after update of slug, name, deleted_at on account.workspaces
    for each row when ((old.slug, old.name, old.deleted_at) is distinct from (new.slug, new.name, new.deleted_at))
    execute function door.tell_workspace();
create trigger tell_change after update of name on account.organizations
    for each row when (old.name is distinct from new.name) execute function door.tell_organization();
create trigger tell_end after update of ended_at on account.sessions
    for each row when (old.ended_at is null and new.ended_at is not null) execute function door.tell_session();
create trigger tell_change after update of name, email, disabled_at on account.users
    for each row when ((old.name, old.email, old.disabled_at) is distinct from (new.name, new.email, new.disabled_at))
    execute function door.tell_person();

-- Whoever ends a session waits for the person's writes in flight, as whoever takes a seat away does: a write with that
-- session has committed by the time that its end returns, or never does.
create trigger fence before update of ended_at on account.sessions
    for each row when (old.ended_at is null and new.ended_at is not null) execute function door.fence_person();
