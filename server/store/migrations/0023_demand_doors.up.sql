-- Whoever gives, changes, takes or restores a seat where a workspace demands a second factor has proven theirs in this
-- session. Triggers ask for it, so it holds at every door. An operator token has no session and never proves one.
--
-- A transaction without a person (migrations, the operator's commands) is not asked.

set local role stile_door;

-- Whether the session of this transaction has proven a second factor.
create function door.has_proven() returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (select from account.sessions s
        where s.id = nullif(current_setting('stile.session_id', true), '')::uuid
            and s.user_id = nullif(current_setting('stile.user_id', true), '')::uuid
            and s.ended_at is null and s.factor_at is not null)
$$;

-- Whether a workspace of the organization demands a second factor: a role in the organization is a seat in it. One that
-- was deleted and can be restored counts.
create function door.organization_demands(organization uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (select from account.workspaces w
        where w.organization_id = organization and w.demands_factor
            and (w.deleted_at is null or w.deleted_at > now() - interval '14 days'))
$$;

create function door.ask_factor() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    it constant jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
    workspace constant uuid := it ->> case tg_table_name when 'workspaces' then 'id' else 'workspace_id' end;
    demanded boolean;
begin
    if nullif(current_setting('stile.user_id', true), '') is not null then
        if workspace is null then
            demanded := door.organization_demands((it ->> 'organization_id')::uuid);
        else
            select w.demands_factor or coalesce((it ->> 'demands_factor')::boolean, false) into demanded
            from account.workspaces w where w.id = workspace;
        end if;
        if demanded and not door.has_proven() then
            raise exception 'a second factor is asked for first' using errcode = '42501', constraint = 'factor_demanded';
        end if;
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

-- As in 0007. An invite into an organization that demands a second factor waits for a session that has proven one.
create or replace function door.bind_invites() returns table (organization_id uuid, organization text, role text)
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
        continue when door.invite_state(i) <> 'open'
            or door.organization_demands(i.organization_id) and not door.has_proven();
        update account.invites v set accepted_at = now(), accepted_by = me where v.id = i.id;
        perform door.enroll_person(i.organization_id, me, i.role);
        return query select o.id, o.name, i.role from account.organizations o where o.id = i.organization_id;
    end loop;
end
$$;

revoke all on function door.has_proven(), door.organization_demands(uuid), door.ask_factor() from public;
grant execute on function door.ask_factor() to session_user;

reset role;

-- Before the fences: who is not let through is not waited for.
create trigger ask_factor before insert or update of role or delete on account.workspace_members
    for each row execute function door.ask_factor();
create trigger ask_factor before insert or update of role or delete on account.organization_members
    for each row execute function door.ask_factor();
create trigger ask_factor before update of deleted_at, demands_factor on account.workspaces
    for each row execute function door.ask_factor();
create trigger ask_factor before insert or update of sent_at on account.invites
    for each row execute function door.ask_factor();
create trigger ask_factor before insert or update of role on account.auto_joins
    for each row execute function door.ask_factor();
