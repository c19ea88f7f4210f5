-- Constraint trigger function: an organization keeps an owner, and a workspace keeps a direct or inherited one (23514,
-- constraint `owner_is_left`). Checked at the end of the transaction, so the order of changes does not matter. An
-- advisory lock per organization prevents two owners from removing each other at the same time.
create or replace function door.keep_owner() returns trigger
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
alter function door.keep_owner() owner to stile_door;
revoke all on function door.keep_owner() from public;
grant execute on function door.keep_owner() to session_user;
