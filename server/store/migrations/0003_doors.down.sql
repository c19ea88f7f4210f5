drop trigger note_slug on account.workspaces;
drop trigger fence on account.workspaces;
drop trigger fence on account.organization_members;
drop trigger fence on account.workspace_members;
drop trigger bump_update on account.organizations;
drop trigger bump_update on account.workspaces;
drop trigger bump_insert on account.workspaces;
drop trigger bump_delete on account.organization_members;
drop trigger bump_update on account.organization_members;
drop trigger bump_insert on account.organization_members;
drop trigger bump_delete on account.workspace_members;
drop trigger bump_update on account.workspace_members;
drop trigger bump_insert on account.workspace_members;
do $$
declare
    routine regprocedure;
    policy record;
begin
    for routine in select oid::regprocedure from pg_proc where pronamespace = 'door'::regnamespace loop
        execute format('drop function %s', routine);
    end loop;
    for policy in select polrelid::regclass as tab, polname from pg_policy where polname like 'door\_%' loop
        execute format('drop policy %I on %s', policy.polname, policy.tab);
    end loop;
end
$$;
revoke all on all tables in schema account from stile_door;
