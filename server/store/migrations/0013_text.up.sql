-- How names are sorted and found.
--
-- Sorted: as people read them, by Unicode's collation (accents beside their letters, 9 before 10), and not by code point.
-- The columns themselves have the collation, so every statement that sorts by one follows it.
--
-- Found: in one form whatever the spelling (NFKC, small letters, `ß` as `ss`, nothing invisible), with accents and
-- without. `model::text` does the same in the browser.

do $$
begin
    if not exists (select from pg_collation where collprovider = 'i') then
        raise exception 'this PostgreSQL is built without ICU, by whose collation Stile sorts names'
            using hint = 'Use a PostgreSQL built with ICU, as all Debian, Red Hat and official container packages are.';
    end if;
end
$$;
create collation ops.by_name (provider = icu, locale = 'und-u-kn-true');

-- A column can't change its collation while a trigger names it, so these are taken away and made again.
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
call ops.recollate('account.users', 'ops.by_name');
call ops.recollate('account.organizations', 'ops.by_name');
call ops.recollate('account.workspaces', 'ops.by_name');
drop procedure ops.recollate(regclass, text);

-- An invoice's number, too: 9 before 10.
alter table workspace.invoices alter column number type text collate ops.by_name;

-- The form in which a text is searched.
create function ops.fold(text) returns text language sql immutable strict parallel safe as $$
    select translate(replace(lower(normalize(regexp_replace($1,
        '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]',
        '', 'g'), nfkc) collate ops.by_name), 'ß', 'ss'), 'ς', 'σ')
$$;

-- A folded text without accents and vowel points.
create function ops.plain(text) returns text language sql immutable strict parallel safe as $$
    select normalize(translate(regexp_replace(normalize($1, nfd),
        '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g'), 'łøđħıŧ', 'lodhit'), nfc)
$$;

-- What a search looks through: the folded text, and behind a line break the same without accents, unless it has none. So
-- an accent that is typed is meant, and one that is not is found all the same.
create function ops.searchable(text) returns text language plpgsql immutable strict parallel safe set search_path = '' as $$
declare
    folded constant text := ops.fold($1);
    plain constant text := ops.plain(folded);
begin
    return case when plain = folded then folded else folded || E'\n' || plain end;
end
$$;
revoke all on function ops.fold(text), ops.plain(text), ops.searchable(text) from public;
grant execute on function ops.fold(text), ops.plain(text), ops.searchable(text) to stile_app;

alter table workspace.products drop column name_key;
alter table workspace.rate_plans drop column name_key;
alter table workspace.customers drop column name_key;
alter table workspace.products
    add name_key text collate ops.by_name not null generated always as (normalize(name, nfc)) stored,
    add searchable text collate "C" not null generated always as (ops.searchable(name || E'\n' || code)) stored;
alter table workspace.rate_plans
    add name_key text collate ops.by_name not null generated always as (normalize(name, nfc)) stored,
    add searchable text collate "C" not null generated always as (ops.searchable(name)) stored;
alter table workspace.customers
    add name_key text collate ops.by_name not null generated always as (normalize(name, nfc)) stored,
    add searchable text collate "C" not null generated always as (ops.searchable(name || E'\n' || email)) stored;
create index on workspace.products (workspace_id, name_key, id);
create index on workspace.rate_plans (workspace_id, name_key, id);
create index on workspace.customers (workspace_id, name_key, id);
