//! Invariant: row level security is enabled, forced and uniform on every table of both planes, nothing bypasses it, and
//! the lint reports what a migration has omitted (docs/SECURITY.md, I-2). Migrations are reversible: reverting and
//! reapplying each of them, from each version, restores the same catalogue.

use crate::support::{Database, World, execute, texts};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use store::{
    Store,
    guard::{self, GuardError},
    lint::{self, Finding},
    migrate,
};

/// The condition that every policy of the workspace plane must begin with.
const TENANT: &str = "workspace_id = (select nullif(current_setting('stile.workspace_id', true), '')::uuid)";
/// A correct table of the workspace plane.
const TABLE: &str =
    "create table workspace.planted (workspace_id uuid not null references account.workspaces (id), id uuid not null,
    primary key (workspace_id, id)); call ops.protect_tenant('workspace.planted');";

async fn lint_as(options: PgConnectOptions) -> Vec<Finding> {
    lint::findings(&options).await.expect("the catalogue can't be asked")
}

#[tokio::test]
async fn the_lint_finds_nothing_in_the_migrated_schema_as_any_role() {
    let db = Database::fresh().await;
    let superuser: String = texts(&mut db.superuser().await, "select current_user::text").await.remove(0);
    for options in [db.app(), db.owner(), db.owner().username(&superuser)] {
        let found = lint_as(options.clone()).await;
        assert!(found.is_empty(), "{} finds: {}", options.get_username(), listed(&found));
    }
}

#[tokio::test]
async fn the_lint_reports_a_database_without_the_schema() {
    let db = Database::empty().await;
    let found = lint_as(db.owner()).await;
    assert!(found.iter().any(|f| f.object == "schema account"), "nothing to check passed for nothing wrong");
}

/// Control: correct objects yield no findings. Otherwise the faults below could be reported for the wrong reason.
#[tokio::test]
async fn the_lint_accepts_objects_that_follow_the_rules() {
    let db = Database::fresh().await;
    let good = format!(
        "{TABLE}
        alter table workspace.planted add column customer_id uuid,
            add foreign key (workspace_id, customer_id) references workspace.customers (workspace_id, id),
            add unique (workspace_id, customer_id);
        grant select, insert, update, delete on workspace.planted to stile_app;
        create view workspace.planted_view with (security_invoker = true) as select * from workspace.planted;
        grant select on workspace.planted_view to stile_app;
        create table account.planted (user_id uuid primary key references account.users (id));
        call ops.protect('account.planted', $$user_id = (select nullif(current_setting('stile.user_id', true), '')::uuid)$$, null, null);
        grant select on account.planted to stile_app;
        create policy door_reads on account.planted for select to stile_door using (true);
        create materialized view ops.planted as select count(*) from workspace.customers;
        create table public.planted (id uuid primary key);
        grant select on public.planted to stile_app"
    );
    execute(&mut db.superuser().await, &good).await.unwrap();
    let found = lint_as(db.app()).await;
    assert!(found.is_empty(), "a table made by the rules is blamed: {}", listed(&found));
}

/// The planted faults: SQL, the object that must be reported, and part of the message.
fn faults() -> Vec<(String, &'static str, &'static str)> {
    let on_products = |policy: &str| format!("alter policy reads on workspace.products using ({policy})");
    let definer = |schema: &str, end: &str| {
        format!(
            "create function {schema}.planted() returns bigint language sql security definer set search_path = ''
            as 'select count(*) from workspace.customers'; {end}"
        )
    };
    let table = |more: &str| format!("{TABLE} {more}");
    let on_customers = |change: &str| format!("alter table workspace.customers {change}");
    [
        // Row level security itself.
        (on_customers("no force row level security"), "workspace.customers", "force row level security"),
        ("alter table account.sessions no force row level security".into(), "account.sessions", "force row level security"),
        ("alter table workspace.invoices disable row level security".into(), "workspace.invoices", "enable row level security"),
        ("create table account.planted (id uuid primary key)".into(), "account.planted", "row level security is off"),
        (table("drop policy reads on workspace.planted; drop policy adds on workspace.planted;
            drop policy changes on workspace.planted; drop policy removes on workspace.planted"), "workspace.planted", "has no policy"),
        (format!("create table workspace.planted (workspace_id uuid not null, id uuid not null, primary key (workspace_id, id))
            partition by list (workspace_id); call ops.protect('workspace.planted', '{0}', '{0}', '{0}');
            create table workspace.planted_rest partition of workspace.planted default", TENANT.replace('\'', "''")),
            "workspace.planted_rest", "row level security is off"),
        ("create foreign data wrapper planted; create server planted foreign data wrapper planted;
            create foreign table workspace.planted (workspace_id uuid not null, id uuid) server planted".into(),
            "workspace.planted", "foreign table"),
        // A granted command without a policy.
        ("drop policy reads on workspace.products".into(), "workspace.products", "may select, but no policy"),
        ("grant delete on account.users to stile_app".into(), "account.users", "may delete, but no policy"),
        ("grant update (retired_at) on account.slugs to stile_app".into(), "account.slugs", "may update, but no policy"),
        ("grant insert on account.slugs to public".into(), "account.slugs", "may insert, but no policy"),
        // The form of policies.
        (format!("drop policy reads on workspace.products; create policy reads on workspace.products as restrictive for select using ({TENANT})"),
            "workspace.products", "reads is restrictive"),
        (format!("create policy planted on workspace.products for all using ({TENANT}) with check ({TENANT})"),
            "workspace.products", "planted is for all commands"),
        (format!("drop policy changes on workspace.products; create policy changes on workspace.products for update using ({TENANT})"),
            "workspace.products", "changes has no with check"),
        (format!("create policy planted on workspace.products for select to stile_app using ({TENANT})"),
            "workspace.products", "planted is for some roles only"),
        ("create policy planted on workspace.customers for select to stile_door using (true)".into(),
            "workspace.customers", "planted lets stile_door into the workspace plane"),
        // The tenant condition.
        (on_products("true"), "workspace.products", "reads is true for every row"),
        ("alter policy adds on workspace.usage_totals with check (true)".into(), "workspace.usage_totals", "adds is true for every row"),
        ("alter policy changes on workspace.invoices with check (true)".into(), "workspace.invoices", "changes is true for every row"),
        ("alter policy reads on account.users using (true)".into(), "account.users", "reads is true for every row"),
        (on_products(&format!("{TENANT} or status = 'active'")), "workspace.products", "tenant condition"),
        (on_products(&format!("status = 'active' and {TENANT}")), "workspace.products", "tenant condition"),
        (on_products(&format!("not ({TENANT})")), "workspace.products", "tenant condition"),
        (on_products("workspace_id = current_setting('stile.workspace_id')::uuid"), "workspace.products", "tenant condition"),
        (on_products("workspace_id = (select nullif(current_setting('stile.user_id', true), '')::uuid)"), "workspace.products", "tenant condition"),
        (on_products("id = (select nullif(current_setting('stile.workspace_id', true), '')::uuid)"), "workspace.products", "tenant condition"),
        (format!("create function ops.current_setting(text, boolean) returns text language sql stable as 'select null::text';
            revoke all on function ops.current_setting(text, boolean) from public;
            {}", on_products(&TENANT.replace("current_setting", "ops.current_setting"))), "workspace.products", "tenant condition"),
        ("alter policy reads on account.users using (id = (select nullif(current_setting('stile.user_id', true), '')::uuid)
            or disabled_at is null)".into(), "account.users", "reads has an alternative"),
        ("alter policy adds on account.audit_log with check (action <> '')".into(), "account.audit_log", "adds has an alternative"),
        // The tenant in keys and foreign keys.
        ("create table workspace.planted (id uuid primary key)".into(), "workspace.planted", "no column workspace_id"),
        ("create table workspace.planted (workspace_id uuid, id uuid primary key)".into(), "workspace.planted", "no column workspace_id"),
        ("create table workspace.planted (workspace_id uuid not null); call ops.protect_tenant('workspace.planted')".into(),
            "workspace.planted", "no primary key"),
        ("create table workspace.planted (workspace_id uuid not null, id uuid primary key); call ops.protect_tenant('workspace.planted')".into(),
            "workspace.planted", "unique index planted_pkey"),
        ("create unique index planted on workspace.customers (email)".into(), "workspace.customers", "unique index planted"),
        ("create unique index planted on workspace.customers (lower(email), workspace_id)".into(), "workspace.customers", "unique index planted"),
        (on_customers("add constraint planted exclude (email with =)"), "workspace.customers", "unique index planted"),
        (on_customers("add unique (id), add parent uuid, add constraint planted foreign key (parent) references workspace.customers (id)"),
            "workspace.customers", "foreign key planted"),
        (on_customers("add parent_workspace uuid, add parent uuid, add constraint planted
            foreign key (parent_workspace, parent) references workspace.customers (workspace_id, id)"),
            "workspace.customers", "foreign key planted"),
        ("alter table account.visits add other uuid, add customer uuid, add constraint planted
            foreign key (other, customer) references workspace.customers (workspace_id, id)".into(),
            "account.visits", "foreign key planted"),
        // Types that are slow under row level security.
        (format!("create type ops.colour as enum ('red'); {}", on_customers("add colour ops.colour")), "workspace.customers", "column colour is an enum"),
        (format!("create type ops.colour as enum ('red'); {}", on_customers("add colours ops.colour[]")), "workspace.customers", "column colours is an enum"),
        ("create type ops.colour as enum ('red'); create domain ops.hue as ops.colour; alter table account.users add hue ops.hue".into(),
            "account.users", "column hue is an enum"),
        // Ways to bypass row level security.
        ("create view workspace.planted as select * from workspace.customers".into(), "workspace.planted", "security_invoker"),
        ("create view workspace.planted with (security_invoker = false) as select * from workspace.customers".into(), "workspace.planted", "security_invoker"),
        ("create view public.planted as select * from workspace.customers; grant select (name) on public.planted to stile_app".into(),
            "public.planted", "security_invoker"),
        ("create materialized view workspace.planted as select * from workspace.customers; grant select on workspace.planted to stile_app".into(),
            "workspace.planted", "materialized view"),
        ("create materialized view public.planted as select * from workspace.customers; grant select on public.planted to public".into(),
            "public.planted", "materialized view"),
        (definer("workspace", "revoke all on function workspace.planted() from public; grant execute on function workspace.planted() to stile_app"),
            "workspace.planted()", "is no door"),
        (definer("ops", "revoke all on function ops.planted() from public"), "ops.planted()", "with the rights of"),
        (definer("public", "alter function public.planted() owner to stile_door"), "public.planted()", "is no door"),
        ("create function door.seats(who uuid) returns bigint language sql security definer set search_path = '' as 'select 1::bigint';
            alter function door.seats(uuid) owner to stile_door; revoke all on function door.seats(uuid) from public;
            grant execute on function door.seats(uuid) to stile_app".into(), "door.seats(uuid)", "is no door"),
        ("alter function door.seats() owner to stile_owner".into(), "door.seats()", "with the rights of stile_owner"),
        ("alter function door.seats() reset search_path".into(), "door.seats()", "search path"),
        ("alter function door.fence_person() set search_path = account, public".into(), "door.fence_person()", "search path"),
        ("grant execute on function ops.fence(text, uuid) to public".into(), "ops.fence(text, uuid)", "anybody"),
        ("grant execute on procedure ops.protect_tenant to public".into(), "ops.protect_tenant(regclass, text)", "anybody"),
        ("create function account.planted() returns int language sql as 'select 1'".into(), "account.planted()", "anybody"),
        ("create function door.planted() returns bigint language sql security definer set search_path = '' as $$
            select 1::bigint from account.users u where u.disabled_at is null
                and set_config('stile.user_id', u.id::text, true) is not null $$;
            revoke all on function door.planted() from public".into(), "door.planted()", "in a condition"),
        // Privileges of the app role.
        ("grant truncate on workspace.customers to stile_app".into(), "workspace.customers", "may truncate"),
        ("grant references on account.users to stile_app".into(), "account.users", "may references"),
        ("grant references (id) on workspace.customers to stile_app".into(), "workspace.customers", "may references"),
        ("grant trigger on workspace.usage_totals to public".into(), "workspace.usage_totals", "may trigger"),
        ("create table public.planted (); grant truncate on public.planted to stile_app".into(), "public.planted", "may truncate"),
        ("grant update (detail) on workspace.audit_log to stile_app".into(), "workspace.audit_log", "only ever added to"),
        (format!("grant delete on workspace.audit_log to stile_app; create policy removes on workspace.audit_log for delete using ({TENANT})"),
            "workspace.audit_log", "may delete it, but an audit log"),
        ("grant delete on account.audit_log to public".into(), "account.audit_log", "only ever added to"),
        ("alter table workspace.usage_totals owner to stile_app".into(), "workspace.usage_totals", "is a table of stile_app"),
        ("alter function ops.fence(text, uuid) owner to stile_app".into(), "ops.fence(text, uuid)", "is a function of stile_app"),
        ("alter schema ops owner to stile_app".into(), "schema ops", "is a schema of stile_app"),
        ("grant create on schema workspace to stile_app".into(), "schema workspace", "may create objects"),
        ("grant create on schema public to public".into(), "schema public", "may create objects"),
        ("do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$".into(), "database", "temporary tables"),
        ("do $$ begin execute format('grant create on database %I to stile_app', current_database()); end $$".into(), "database", "create schemas"),
        ("drop schema ops cascade".into(), "schema ops", "does not exist"),
    ]
    .into()
}

/// Plants a fault, runs the lint as the app role, which runs it in production and sees the least, and rolls the fault
/// back. Nothing is committed, because roles are shared by all databases and would affect other tests.
async fn found_after(superuser: &mut PgConnection, fault: &str) -> Vec<Finding> {
    let mut tx = superuser.begin().await.unwrap();
    execute(&mut tx, fault).await.unwrap_or_else(|error| panic!("can't plant {fault}: {error}"));
    execute(&mut tx, "set local role stile_app").await.unwrap();
    let found = lint::findings_within(&mut tx).await.unwrap_or_else(|error| panic!("can't ask after {fault}: {error}"));
    tx.rollback().await.unwrap();
    found
}

#[tokio::test]
async fn the_lint_reports_every_planted_fault() {
    let db = Database::fresh().await;
    let mut superuser = db.superuser().await;
    for (fault, object, words) in faults() {
        let found = found_after(&mut superuser, &fault).await;
        let about = |f: &Finding| f.object == object || (object == "database" && f.object.starts_with("database "));
        assert!(
            found.iter().any(|f| about(f) && f.fault.contains(words)),
            "not found: {fault}\nexpected {object}: ...{words}..., found: {}",
            listed(&found)
        );
        assert!(found.iter().all(about), "{fault}\nis blamed on others, too: {}", listed(&found));
    }
    let found = lint_as(db.app()).await;
    assert!(found.is_empty(), "a planted fault was left behind: {}", listed(&found));
}

#[tokio::test]
async fn the_lint_reports_every_fault_of_a_role() {
    let db = Database::fresh().await;
    let mut superuser = db.superuser().await;
    for (fault, object, words) in [
        ("alter role stile_app superuser", "role stile_app", "is a superuser"),
        ("alter role stile_app bypassrls", "role stile_app", "has bypassrls"),
        ("alter role stile_app createrole", "role stile_app", "may create roles"),
        ("alter role stile_app createdb", "role stile_app", "may create databases"),
        ("grant pg_read_all_data to stile_app", "role stile_app", "is a member of pg_read_all_data"),
        ("grant stile_door to stile_app", "role stile_app", "is a member of stile_door"),
        ("alter role stile_door login", "role stile_door", "can log in"),
        ("alter role stile_door superuser", "role stile_door", "is a superuser"),
        ("alter role stile_door bypassrls", "role stile_door", "has bypassrls"),
        ("alter role stile_door rename to stile_gate", "role stile_door", "does not exist"),
    ] {
        let found = found_after(&mut superuser, fault).await;
        let named = found.iter().any(|f| f.object == object && f.fault.contains(words));
        assert!(named, "not found: {fault}; found: {}", listed(&found));
    }
}

#[tokio::test]
async fn the_guard_accepts_only_the_app_role_and_an_isolated_schema() {
    let world = World::new().await;
    world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let name = texts(&mut superuser, "select current_user::text").await.remove(0);
    guard::check(&world.store).await.expect("stile_app itself is refused");
    for role in ["stile_owner", name.as_str()] {
        let refused = guard::check(&Store::new(world.db.owner().username(role))).await;
        assert!(matches!(refused, Err(GuardError::Privileged { .. })), "the server would serve as {role}: {refused:?}");
    }
    execute(&mut superuser, "alter policy reads on workspace.customers using (true)").await.unwrap();
    let refused = guard::check(&world.store).await;
    assert!(
        matches!(&refused, Err(GuardError::Leak(_, table)) if table == "workspace.customers"),
        "the server would serve while workspace.customers is open: {refused:?}"
    );
    let empty = Store::new(world.db.app().database("postgres"));
    assert!(matches!(guard::check(&empty).await, Err(GuardError::NotMigrated(_))));
}

/// Describes every object of Stile's schemas completely, one line per object.
const CATALOGUE: &str = "
    with mine as (select * from pg_namespace where nspname in ('account', 'workspace', 'door', 'ops'))
    select format('schema %s of %s for %s', nspname, nspowner::regrole, nspacl) from mine
    union all select format('relation %s %s of %s for %s, %s %s %s', c.relkind, c.oid::regclass, c.relowner::regrole, c.relacl,
        c.relrowsecurity, c.relforcerowsecurity, c.reloptions) from pg_class c join mine n on n.oid = c.relnamespace
    union all select format('column %s.%s %s %s %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attgenerated, a.attcollation::regcollation, a.attacl, pg_get_expr(d.adbin, d.adrelid))
        from pg_attribute a join pg_class c on c.oid = a.attrelid join mine n on n.oid = c.relnamespace
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attnum > 0 and not a.attisdropped
    union all select format('constraint %s on %s: %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid))
        from pg_constraint k join mine n on n.oid = k.connamespace
    union all select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid join mine n on n.oid = c.relnamespace
    union all select format('policy %s on %s: %s %s %s %s %s', p.polname, p.polrelid::regclass, p.polcmd, p.polpermissive,
        array(select r::regrole::text from unnest(p.polroles) r), pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) from pg_policy p
    union all select format('%s of %s for %s', pg_get_functiondef(p.oid), p.proowner::regrole, p.proacl) from pg_proc p join mine n on n.oid = p.pronamespace
    union all select pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
    union all select format('type %s', t.oid::regtype) from pg_type t join mine n on n.oid = t.typnamespace
    union all select format('database for %s, public for %s', d.datacl, n.nspacl) from pg_database d, pg_namespace n
        where d.datname = current_database() and n.nspname = 'public'
    order by 1";

#[tokio::test]
async fn each_migration_is_reversible() {
    let db = Database::empty().await;
    let mut superuser = db.superuser().await;
    migrate::up(&db.owner()).await.unwrap();
    let before = texts(&mut superuser, CATALOGUE).await;
    assert!(before.len() > 300, "the catalogue that is compared holds next to nothing: {} lines", before.len());
    // All versions but the newest, and 0.
    let mut targets: Vec<i64> = std::iter::once(0).chain(migrate::MIGRATOR.iter().map(|m| m.version)).collect();
    targets.sort_unstable();
    targets.dedup();
    targets.pop();
    for target in targets.into_iter().rev() {
        migrate::down(&db.owner(), target).await.unwrap_or_else(|error| panic!("can't go back to {target}: {error}"));
        if target == 0 {
            let left = texts(
                &mut superuser,
                "select nspname::text from pg_namespace where nspname in ('account', 'workspace', 'door', 'ops')",
            )
            .await;
            assert!(left.is_empty(), "going back to nothing leaves the schemas {left:?}");
        }
        migrate::up(&db.owner()).await.unwrap_or_else(|error| panic!("can't come up again from {target}: {error}"));
        let after = texts(&mut superuser, CATALOGUE).await;
        let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
        let gained: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
        assert_eq!((&lost, &gained), (&vec![], &vec![]), "back to {target} and up again is another catalogue");
    }
    let found = lint_as(db.app()).await;
    assert!(found.is_empty(), "{}", listed(&found));
}

fn listed(found: &[Finding]) -> String {
    found.iter().map(|f| format!("\n  {f}")).collect()
}
