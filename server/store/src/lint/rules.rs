//! Rules of the lint, as queries of the catalog.

/// Prerequisites of the other rules: two roles and four schemas.
pub(super) const FOUNDATION: &str = "
    select 'role ' || name, 'does not exist; run `stile migrate`'
    from unnest(array['stile_app', 'stile_door']) name where not exists (select from pg_roles where rolname = name)
    union all
    select 'schema ' || name, 'does not exist; run `stile migrate`'
    from unnest(array['account', 'workspace', 'door', 'ops']) name
    where not exists (select from pg_namespace where nspname = name)";

/// Builds a rule: a query that returns objects and their faults. It can use `app` and `door`, the roles; `tables`, the
/// relations that store rows in the two planes; and `schemas`, all except PostgreSQL's own, with `ours` set for
/// Stile's. Objects are looked up by oid, so the result does not depend on the privileges of the current role.
macro_rules! rule {
    ($sql:literal) => {
        concat!(
            "with app as (select * from pg_roles where rolname = 'stile_app'),
                door as (select * from pg_roles where rolname = 'stile_door'),
                schemas as (
                    select oid, nspname, nspname in ('account', 'workspace', 'door', 'ops') as ours from pg_namespace
                    where nspname <> 'information_schema' and nspname not like 'pg\\_%'),
                tables as (
                    select c.*, n.nspname as plane, format('%I.%I', n.nspname, c.relname) as name
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname in ('account', 'workspace') and c.relkind in ('r', 'p', 'f')) ",
            $sql
        )
    };
}

pub(super) use rule;

/// Rules for everything except the form of policies.
pub(super) const RULES: &[&str] = &[
    // Row level security is supported and enabled, also for the owner.
    rule!("select name, 'is a foreign table, which can have no row level security; make it a table' from tables where relkind = 'f'"),
    rule!("select name, format('row level security is off; run: alter table %s enable row level security', name)
        from tables where relkind <> 'f' and not relrowsecurity"),
    rule!("select name, format('its owner is exempt from row level security; run: alter table %s force row level security', name)
        from tables where relkind <> 'f' and not relforcerowsecurity"),
    rule!("select name, 'has no policy; call ops.protect or ops.protect_tenant on it in the migration that makes it'
        from tables t where relkind <> 'f' and not exists (select from pg_policy p where p.polrelid = t.oid)"),
    rule!("select t.name, format('stile_app may %s, but no policy says on which rows; add one for %1$s, or revoke it', c.word)
        from tables t, app, (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) c (word, cmd)
        where t.relkind <> 'f'
            and case c.word when 'delete' then has_table_privilege(app.oid, t.oid, 'delete')
                else has_any_column_privilege(app.oid, t.oid, c.word) end
            and not exists (select from pg_policy p where p.polrelid = t.oid and p.polcmd::text in (c.cmd, '*')
                and (0 = any(p.polroles) or app.oid = any(p.polroles)))"),
    // The planner chooses the rows and order in which a condition is evaluated, so a context set in one may be for the
    // wrong row.
    rule!("select format('%s', p.oid::regprocedure), 'sets the context in a condition of a query, for rows that the planner chooses; '
            'find the row first, and set it by a statement of its own'
        from pg_proc p join schemas s on s.oid = p.pronamespace
        where s.ours and p.prosrc ~* '\\m(where|and|or|on|when|not)\\s+\\(?set_config\\M'"),
    // The tenant is part of every row's identity and of every reference.
    rule!("select name, 'has no column workspace_id of type uuid not null; every table of this schema leads with it'
        from tables t where plane = 'workspace' and not exists (select from pg_attribute a where a.attrelid = t.oid
            and a.attname = 'workspace_id' and a.atttypid = 'uuid'::regtype and a.attnotnull and not a.attisdropped)"),
    rule!("select name, 'has no primary key; give it one that leads with workspace_id'
        from tables t where plane = 'workspace' and relkind <> 'f'
            and not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)"),
    rule!("select t.name, format('the unique index %I does not lead with workspace_id, so one workspace can learn what another holds; '
            'lead with it', c.relname)
        from tables t join pg_index i on i.indrelid = t.oid join pg_class c on c.oid = i.indexrelid
        left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
        where t.plane = 'workspace' and (i.indisunique or i.indisexclusion) and a.attname is distinct from 'workspace_id'"),
    rule!("select t.name, format('the foreign key %I to %s can reach another workspace; reference (workspace_id, ...) from (workspace_id, ...)',
            f.conname, r.name)
        from pg_constraint f join tables t on t.oid = f.conrelid join tables r on r.oid = f.confrelid
        left join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
        left join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[1]
        where f.contype = 'f' and r.plane = 'workspace'
            and (a.attname is distinct from 'workspace_id' or b.attname is distinct from 'workspace_id')"),
    rule!("select t.name, format('column %I is an enum, whose operators are not leakproof, so that no index on it serves under row level '
            'security; make it text with a check', a.attname)
        from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        join pg_type y on y.oid = a.atttypid
        left join pg_type inner_type on inner_type.oid = case when y.typtype = 'd' then y.typbasetype else y.typelem end
        where y.typtype = 'e' or inner_type.typtype = 'e'"),
    // Nothing bypasses row level security: views, functions, privileges.
    rule!("select format('%I.%I', s.nspname, c.relname), format('reads with its owner''s eyes; run: alter view %I.%I set (security_invoker = true)',
            s.nspname, c.relname)
        from pg_class c join schemas s on s.oid = c.relnamespace, app
        where c.relkind = 'v' and (s.ours or has_any_column_privilege(app.oid, c.oid, 'select, insert, update')
                or has_table_privilege(app.oid, c.oid, 'delete'))
            and not coalesce((select o.option_value::boolean from pg_options_to_table(c.reloptions) o
                where o.option_name = 'security_invoker'), false)
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')"),
    rule!("select format('%I.%I', s.nspname, c.relname), 'is a materialized view, to which no policy applies; revoke it from stile_app'
        from pg_class c join schemas s on s.oid = c.relnamespace, app
        where c.relkind = 'm' and has_any_column_privilege(app.oid, c.oid, 'select')"),
    // Allowlist of door functions, by signature. New ones must be added here, which triggers a review.
    rule!(", definers as (
            select format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)) as name, p.proowner, p.proconfig, s.ours,
                has_function_privilege(app.oid, p.oid, 'execute') as reachable
            from pg_proc p join schemas s on s.oid = p.pronamespace, app
            where p.prosecdef
                and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))
        select name, format('is security definer and open to stile_app, but is no door; revoke execute on function %s from public, stile_app', name)
        from definers where reachable and name not in ('door.person(text, bytea)', 'door.workspace(text, bytea, text)', 'door.key(bytea, text)', 'door.job(uuid, text)', 'door.due(text)', 'door.clock(uuid)',
            'door.organization(text, bytea, uuid)', 'door.credentials(text)', 'door.register(uuid, text, text, text)',
            'door.found_organization(uuid, text)', 'door.seats()', 'door.logo(text, text)', 'door.portrait(uuid, text)',
            'door.queue_mail(uuid, text)', 'door.claim_mail(integer)', 'door.settle_mail(uuid, text, boolean)',
            'door.members()', 'door.concerned(uuid[])', 'door.organization_concerned(uuid[])', 'door.take_try(bytea[], integer[], integer[])',
            'door.return_try(bytea[], integer[])', 'door.has_signed_in_from(text, inet)', 'door.organization_people()', 'door.inviters()', 'door.seat_counts()', 'door.invite(bytea)',
            'door.my_invites()', 'door.accept_invite(uuid)', 'door.decline_invite(uuid)', 'door.decline_by_link(bytea)',
            'door.bind_invites()', 'door.register_by_invite(bytea, uuid, text, text)', 'door.join_offers()', 'door.auto_join(uuid)',
            'door.my_organization(uuid)', 'door.leave_organization(uuid)', 'door.request_access(uuid, text)',
            'door.access_requests()', 'door.waiting_requests()', 'door.tell_request_news()',
            'door.mail_allowance()', 'door.cause_mail(text, text)',
            'door.offer_link(bytea, text, text, text)', 'door.offer_address(bytea, text)', 'door.look_at_link(bytea, text)',
            'door.take_link(bytea, text)', 'door.take_address(bytea)',
            'door.events(text)', 'door.sweep_events()', 'door.slug_is_free(text)', 'door.deleted_workspaces()',
            'door.deleted_workspace(text, bytea, text)',
            'door.prover(bytea)', 'door.passkey(bytea)', 'door.keep_challenge(bytea, jsonb)', 'door.take_challenge(bytea)', 'door.settle_answer(uuid, integer, text, text, text, bytea)')
        union all
        select name, format('is security definer with the rights of %s; run: alter function %s owner to stile_door', proowner::regrole, name)
        from definers, door where (reachable or ours) and proowner <> door.oid
        union all
        select name, format('is security definer and finds names by its caller''s search path; run: alter function %s set search_path = ''''', name)
        from definers where (reachable or ours) and not coalesce('search_path=\"\"' = any(proconfig), false)"),
    rule!("select format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)),
            'may be executed by anybody; run: revoke all on routine ... from public'
        from pg_proc p join schemas s on s.oid = p.pronamespace and s.ours,
            aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where a.grantee = 0 and a.privilege_type = 'EXECUTE'"),
    rule!("select format('%I.%I', s.nspname, c.relname), format('stile_app may %s, which no policy governs; revoke it', word)
        from pg_class c join schemas s on s.oid = c.relnamespace, app, unnest(array['truncate', 'references', 'trigger']) word
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
            and (has_table_privilege(app.oid, c.oid, word)
                or (word = 'references' and has_any_column_privilege(app.oid, c.oid, 'references')))"),
    rule!("select t.name, format('stile_app may %s it, but an audit log is only ever added to; revoke it', word)
        from tables t, app, unnest(array['update', 'delete']) word
        where t.relname like '%audit\\_log' and case word when 'update' then has_any_column_privilege(app.oid, t.oid, 'update')
            else has_table_privilege(app.oid, t.oid, 'delete') end"),
    // The two roles have minimal privileges.
    rule!("select 'role ' || r.rolname, format('%s; run: alter role %s %s', f.fault, r.rolname, f.mend)
        from (select * from app union all select * from door) r, lateral (values
            (r.rolsuper, 'is a superuser', 'nosuperuser'), (r.rolbypassrls, 'has bypassrls', 'nobypassrls'),
            (r.rolcreaterole, 'may create roles', 'nocreaterole'), (r.rolcreatedb, 'may create databases', 'nocreatedb'),
            (r.rolcanlogin and r.rolname = 'stile_door', 'can log in', 'nologin')) f (found, fault, mend)
        where f.found"),
    rule!("select 'role ' || r.rolname, format('is a member of %s; run: revoke %1$s from %s', m.roleid::regrole, r.rolname)
        from (select * from app union all select * from door) r join pg_auth_members m on m.member = r.oid"),
    rule!("select case when i.type in ('schema', 'database') then i.type || ' ' else '' end
            || replace(replace(i.identity, 'pg_catalog.', ''), ',', ', '), format('is a %s of stile_app, which must own nothing; give it to the role that runs migrations', i.type)
        from app join pg_shdepend d on d.refclassid = 'pg_authid'::regclass and d.refobjid = app.oid and d.deptype = 'o'
            and d.dbid in (0, (select oid from pg_database where datname = current_database())),
            pg_identify_object(d.classid, d.objid, 0) i"),
    rule!("select 'schema ' || s.nspname, format('stile_app may create objects in it; run: revoke create on schema %I from public, stile_app', s.nspname)
        from schemas s, app where has_schema_privilege(app.oid, s.oid, 'create')
        union all
        select 'database ' || current_database(), format('stile_app may %s; run: revoke %s on database %I from public, stile_app',
            f.fault, f.word, current_database())
        from app, (values ('create', 'create schemas in it'), ('temporary', 'make temporary tables and functions in it')) f (word, fault)
        where has_database_privilege(app.oid, current_database(), f.word)"),
];
