-- Trigger function: rejects a change to a seat, an invite, a rule for joining or a workspace if a second factor is
-- required there and the current session has not verified one (42501, constraint `factor_demanded`). A transaction
-- without a current user, such as a migration or an operator's command, is not checked.
create or replace function door.ask_factor() returns trigger
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
alter function door.ask_factor() owner to stile_door;
revoke all on function door.ask_factor() from public;
grant execute on function door.ask_factor() to session_user;
