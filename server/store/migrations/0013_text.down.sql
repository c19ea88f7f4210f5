alter table workspace.products drop column name_key, drop column searchable;
alter table workspace.rate_plans drop column name_key, drop column searchable;
alter table workspace.customers drop column name_key, drop column searchable;
alter table workspace.products add name_key text collate "C" not null generated always as (lower(name)) stored;
alter table workspace.rate_plans add name_key text collate "C" not null generated always as (lower(name)) stored;
alter table workspace.customers add name_key text collate "C" not null generated always as (lower(name)) stored;
create index on workspace.products (workspace_id, name_key, id);
create index on workspace.rate_plans (workspace_id, name_key, id);
create index on workspace.customers (workspace_id, name_key, id);

alter table workspace.invoices alter column number type text collate "C";

drop function ops.searchable(text);
drop function ops.plain(text);
drop function ops.fold(text);

create procedure ops.recollate(target regclass, collated text) language plpgsql set search_path = '' as $$
declare
    taken text[];
    made text[];
    one text;
begin
    select coalesce(array_agg(format('drop trigger %I on %s', t.tgname, target)), '{}'),
        coalesce(array_agg(pg_get_triggerdef(t.oid)), '{}') into taken, made
    from pg_trigger t
    where t.tgrelid = target and not t.tgisinternal
        and exists (select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_trigger'::regclass and d.objid = t.oid and d.refobjid = target and a.attname = 'name');
    foreach one in array taken loop
        execute one;
    end loop;
    execute format('alter table %s alter column name type text collate %s', target, collated);
    foreach one in array made loop
        execute one;
    end loop;
end
$$;
call ops.recollate('account.users', '"default"');
call ops.recollate('account.organizations', '"default"');
call ops.recollate('account.workspaces', '"default"');
drop procedure ops.recollate(regclass, text);
drop collation ops.by_name;
