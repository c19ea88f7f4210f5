//! Invariant: the rows that a statement can read or write depend only on the context set in its transaction, never on
//! the statement itself. With no context, an empty one or another user's, every table of both planes shows no rows and
//! accepts none. A row can't be inserted into, moved to or linked to another workspace. A context ends with its
//! transaction (docs/SECURITY.md, I-1 to I-3).
//!
//! All tests use raw SQL as `stile_app`, as if every check in Rust were missing. The tables are read from the
//! catalogue, so tables that are added later are covered as well.

use crate::support::{DENIED, Database, Person, Place, World, connect, constraint, draft, execute, refusal, texts};
use model::{
    capability::EditContent,
    customer::CustomerDraft,
    list::{ListQuery, Noun},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, types::Uuid};
use std::{sync::Arc, time::Duration};
use store::{customers, rate_plans, usage};
use tokio::task::JoinSet;

/// Properties of a table, read from the catalogue.
#[derive(sqlx::FromRow)]
struct Table {
    name: String,
    in_workspace: bool,
    /// All columns except generated ones.
    columns: Vec<String>,
    /// A column that stile_app may update.
    changeable: Option<String>,
    addable: bool,
    removable: bool,
    /// `true` if stile_app may read the table. Tables that only the door functions may read are rejected before any row
    /// is read.
    readable: bool,
}

impl Table {
    async fn all(superuser: &mut PgConnection) -> Vec<Self> {
        sqlx::query_as(
            "select format('%I.%I', n.nspname, c.relname) as name, n.nspname = 'workspace' as in_workspace,
                array(select quote_ident(attname) from pg_attribute
                    where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
                (select quote_ident(attname) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
                    and attgenerated = '' and has_column_privilege('stile_app', c.oid, attnum, 'update') order by attnum limit 1) as changeable,
                has_table_privilege('stile_app', c.oid, 'insert') as addable, has_table_privilege('stile_app', c.oid, 'delete') as removable,
                has_any_column_privilege('stile_app', c.oid, 'select') as readable
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('account', 'workspace') and c.relkind in ('r', 'p') order by 1",
        )
        .fetch_all(superuser)
        .await
        .unwrap()
    }

    /// Returns the condition for rows that belong to the user, the workspace or the organization.
    fn own(&self, who: &Person, place: &Place) -> String {
        let ids = [
            ("workspace_id", place.id.uuid()),
            ("user_id", who.id.uuid()),
            ("organization_id", place.organization.uuid()),
        ];
        let keys = if self.in_workspace { &ids[..1] } else { &ids[..] };
        let owned: Vec<_> = keys
            .iter()
            .filter(|(column, _)| self.columns.iter().any(|c| c == column))
            .map(|(column, id)| format!("{column} = '{id}'"))
            .collect();
        if owned.is_empty() && !self.columns.iter().any(|column| column == "id") {
            // These rows have no owner, so only door functions may access them.
            assert!(
                !self.readable && !self.addable && !self.removable,
                "{} is open, and its rows are nobody's",
                self.name
            );
            "true".to_owned()
        } else if owned.is_empty() {
            format!("id in ({})", ids.map(|(_, id)| format!("'{id}'")).join(", "))
        } else {
            format!("({})", owned.join(" or "))
        }
    }

    /// Returns a statement that inserts a copy of one of the owner's rows.
    async fn copy(&self, superuser: &mut PgConnection, who: &Person, place: &Place) -> String {
        let row = format!("select to_jsonb(t)::text from {} t where {} limit 1", self.name, self.own(who, place));
        let row = texts(superuser, &row).await.pop();
        let row = row
            .unwrap_or_else(|| panic!("{} holds no row of {}: World::furnish must put one there", self.name, who.name));
        let columns = self.columns.join(", ");
        let row = row.replace('\'', "''");
        format!(
            "insert into {0} ({columns}) select {columns} from jsonb_populate_record(null::{0}, '{row}')",
            self.name
        )
    }

    fn change(&self) -> Option<String> {
        self.changeable.as_ref().map(|column| format!("update {} set {column} = {column}", self.name))
    }
}

/// Transaction-local settings, as set by the door functions.
type Context = Vec<(&'static str, String)>;

fn context(user: impl ToString, workspace: impl ToString, organization: impl ToString) -> Context {
    vec![
        ("stile.user_id", user.to_string()),
        ("stile.workspace_id", workspace.to_string()),
        ("stile.organization_id", organization.to_string()),
        ("stile.reach", "all".to_owned()),
    ]
}

fn context_of(who: &Person, place: &Place) -> Context {
    context(who.id, place.id, place.organization)
}

/// Runs a statement as the app role in a context, and commits.
async fn attempt(app: &mut PgConnection, context: &Context, statement: &str) -> Result<u64, sqlx::Error> {
    let mut tx = app.begin().await?;
    for (name, value) in context {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await?;
    }
    let rows = execute(&mut tx, statement).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Returns the number of rows that a query returns to the app role in a context.
async fn count(app: &mut PgConnection, context: &Context, query: &str) -> i64 {
    let mut tx = app.begin().await.unwrap();
    for (name, value) in context {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await.unwrap();
    }
    let count = format!("select count(*) from ({query}) counted");
    sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *tx).await.unwrap()
}

/// Returns a digest of each table's content, one line per table.
async fn contents(superuser: &mut PgConnection, tables: &[Table]) -> Vec<String> {
    let mut all = Vec::new();
    for Table { name, .. } in tables {
        let digest = format!(
            "select '{name}: ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {name} t"
        );
        all.extend(texts(superuser, &digest).await);
    }
    all
}

#[tokio::test]
async fn no_table_shows_or_takes_a_row_without_its_context() {
    let world = World::new().await;
    world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    let tables = Table::all(&mut superuser).await;
    let before = contents(&mut superuser, &tables).await;
    let nobody = Uuid::now_v7();
    let contexts = [
        ("no context", vec![]),
        ("an empty context", context("", "", "")),
        ("the context of a stranger", context(nobody, nobody, nobody)),
    ];
    for table in &tables {
        let name = &table.name;
        let copy = table.copy(&mut superuser, &world.ann, &world.a1).await;
        for (said, context) in &contexts {
            if table.readable {
                let seen = count(&mut app, context, &format!("select from {name}")).await;
                assert_eq!(seen, 0, "{name} shows {seen} rows to {said}");
            } else {
                let read = attempt(&mut app, context, &format!("select from {name}")).await;
                assert_eq!(refusal(&read).as_deref(), DENIED, "{name} can be read by {said}");
            }
            let added = attempt(&mut app, context, &copy).await;
            assert_eq!(refusal(&added).as_deref(), DENIED, "{name} takes a row from {said}");
            let changed = match table.change() {
                Some(change) => attempt(&mut app, context, &change).await.unwrap(),
                None => 0,
            };
            assert_eq!(changed, 0, "{name} lets {said} change {changed} rows");
            let removed = attempt(&mut app, context, &format!("delete from {name}")).await;
            match table.removable {
                true => assert_eq!(removed.unwrap(), 0, "{name} lets {said} remove rows"),
                false => assert_eq!(refusal(&removed).as_deref(), DENIED, "{name} lets {said} remove rows"),
            }
        }
        // An invalid context is an error and shows no rows.
        let garbage = attempt(&mut app, &context("x", "x", "x"), &format!("select from {name}")).await;
        let expected = if table.readable { Some("22P02") } else { DENIED };
        assert_eq!(refusal(&garbage).as_deref(), expected, "{name} answers to garbage");
    }
    assert_eq!(contents(&mut superuser, &tables).await, before, "something was written without a context");

    // Control: in their own context the same statements succeed, so the rejections above were caused by the context.
    let own = context_of(&world.ann, &world.a1);
    for table in &tables {
        let name = &table.name;
        if table.readable {
            assert!(
                count(&mut app, &own, &format!("select from {name}")).await > 0,
                "{name} hides ann's rows from ann"
            );
        }
        let copy = table.copy(&mut superuser, &world.ann, &world.a1).await;
        let added = attempt(&mut app, &own, &copy).await;
        let expected = if table.addable { Some("23505") } else { DENIED };
        assert_eq!(refusal(&added).as_deref(), expected, "a copy of ann's row of {name}");
        if let Some(change) = table.change() {
            assert!(attempt(&mut app, &own, &change).await.unwrap() > 0, "ann can't change her rows of {name}");
        }
    }
}

#[tokio::test]
async fn a_context_shows_its_own_rows_and_no_other() {
    let world = World::new().await;
    world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    for table in Table::all(&mut superuser).await.into_iter().filter(|table| table.readable) {
        let name = &table.name;
        for (who, place) in [(&world.ann, &world.a1), (&world.ola, &world.b1)] {
            let (context, own) = (context_of(who, place), table.own(who, place));
            let others = count(&mut app, &context, &format!("select from {name} where not {own}")).await;
            assert_eq!(others, 0, "{name} shows {} rows of others", who.name);
            let seen = count(&mut app, &context, &format!("select from {name}")).await;
            assert!(seen > 0, "{name} shows {} nothing, so nothing is proven", who.name);
            let there = format!("select count(*)::text from {name} where {own}");
            if table.in_workspace {
                assert_eq!(
                    texts(&mut superuser, &there).await,
                    [seen.to_string()],
                    "{name} hides rows of its own workspace"
                );
            }
        }
        // An existing user, workspace and organization that have no relation to these rows.
        let context = context_of(&world.mal, &world.m1);
        for (who, place) in [(&world.ann, &world.a1), (&world.ola, &world.b1)] {
            let foreign =
                count(&mut app, &context, &format!("select from {name} where {}", table.own(who, place))).await;
            assert_eq!(foreign, 0, "{name} shows mal {foreign} rows of {}", who.name);
        }
    }
}

#[tokio::test]
async fn nothing_is_written_into_another_workspace() {
    let world = World::new().await;
    let [_, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    let tables = Table::all(&mut superuser).await;
    let before = contents(&mut superuser, &tables).await;
    let (in_a, b) = (context_of(&world.ann, &world.a1), world.b1.id);
    for table in tables.iter().filter(|t| t.in_workspace) {
        let name = &table.name;
        let copy = table.copy(&mut superuser, &world.ola, &world.b1).await;
        for statement in
            [copy.clone(), format!("{copy} on conflict do nothing"), format!("update {name} set workspace_id = '{b}'")]
        {
            let refused = refusal(&attempt(&mut app, &in_a, &statement).await);
            assert_eq!(refused.as_deref(), DENIED, "{name} was written to in B from A by: {statement}");
        }
        for statement in [
            format!("update {name} set workspace_id = workspace_id where workspace_id = '{b}'"),
            format!("delete from {name} where workspace_id = '{b}'"),
        ] {
            let outcome = attempt(&mut app, &in_a, &statement).await;
            assert!(
                refusal(&outcome).as_deref() == DENIED || outcome.unwrap() == 0,
                "B was written to from A by: {statement}"
            );
        }
    }
    // Statement forms in which a missing condition is easily overlooked.
    let (customer, own) =
        (beta.customers[0], "insert into workspace.customers (workspace_id, id, name, email, country)");
    for statement in [
        format!("{own} values ('{b}', gen_random_uuid(), 'Planted', 'x@x.example', 'DE') returning name"),
        format!("{own} values ('{b}', '{customer}', 'Planted', 'x@x.example', 'DE') on conflict (workspace_id, id) do update set name = 'Planted'"),
        format!("with moved as (update workspace.customers set workspace_id = '{b}' returning *) select * from moved"),
        format!("{own} select '{b}', gen_random_uuid(), name, email, country from workspace.customers"),
        format!("merge into workspace.customers c using (select 1) s on c.id = '{customer}'
            when not matched then insert (workspace_id, id, name, email, country) values ('{b}', '{customer}', 'Planted', 'x@x.example', 'DE')"),
    ] {
        let refused = refusal(&attempt(&mut app, &in_a, &statement).await);
        assert_eq!(refused.as_deref(), DENIED, "B was written to from A by: {statement}");
    }
    for query in [
        format!("select from workspace.customers where workspace_id = '{b}'"),
        format!("select from workspace.customers where id = '{customer}'"),
        "select from workspace.customers where name like 'Beta%' or true and name like 'Beta%'".to_owned(),
        format!(
            "select from (values ('{b}'::uuid)) w (id), lateral (select * from workspace.customers c where c.workspace_id = w.id) c"
        ),
        format!(
            "select from workspace.invoices i right join (select '{b}'::uuid as id) w on i.workspace_id = w.id where i.id is not null"
        ),
        format!("select from workspace.usage where customer_id = any(array['{customer}'::uuid])"),
        format!(
            "with recursive r as (select id from workspace.customers where workspace_id = '{b}' union select id from r) select from r"
        ),
    ] {
        assert_eq!(count(&mut app, &in_a, &query).await, 0, "A reads B by: {query}");
    }
    assert_eq!(contents(&mut superuser, &tables).await, before, "something was written");

    // COPY TO is subject to the policies, and COPY FROM is rejected.
    let mut tx = app.begin().await.unwrap();
    for (name, value) in &in_a {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await.unwrap();
    }
    let mut copied = String::new();
    let mut out = tx.copy_out_raw("copy workspace.customers (name) to stdout").await.unwrap();
    while let Some(chunk) = std::future::poll_fn(|context| out.as_mut().poll_next(context)).await {
        copied.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
    }
    drop(out);
    assert_eq!(copied, "Alpha first\nAlpha second\n", "COPY shows A more than A");
    assert!(
        tx.copy_in_raw("copy workspace.customers (name) from stdin").await.is_err(),
        "COPY goes round the policies"
    );
}

#[tokio::test]
async fn no_reference_reaches_another_workspace() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    // As superuser, who is not subject to policies: the rejection comes from the foreign key.
    let links: Vec<(String, String, String, String)> = sqlx::query_as(
        "select k.conname::text, k.conrelid::regclass::text, quote_ident(a.attname), k.confrelid::regclass::text
        from pg_constraint k join pg_class c on c.oid = k.confrelid join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'workspace'
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[2] where k.contype = 'f'",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert!(links.len() >= 6, "the catalogue knows of {} references between tables of a workspace", links.len());
    for (name, table, column, target) in links {
        let link = |place: &Place| {
            format!(
                "update {table} set {column} = (select id from {target} where workspace_id = '{}' limit 1)
                where workspace_id = '{}'",
                place.id, world.a1.id
            )
        };
        let crossed = refusal(&execute(&mut superuser, &link(&world.b1)).await);
        assert_eq!(crossed.as_deref(), Some("23503"), "{name}: {table} of A can point at {target} of B");
        let linked = execute(&mut superuser, &link(&world.a1)).await;
        assert!(linked.unwrap() > 0, "{name}: {table} of A can't point at {target} of A");
    }

    // The store also rejects an id from another workspace.
    let crossing = CustomerDraft { rate_plan: Some(beta.plan), ..draft("Crossing") };
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let refused = constraint(customers::create(&mut tx, &can, &crossing).await);
    assert_eq!(refused.as_deref(), Some("customer_rate_plan"), "a customer of A was put on a rate plan of B");
    drop(tx);
    let record = |customer, product| usage::NewUsage {
        customer,
        product,
        quantity: 1,
        recorded_at: time::macros::datetime!(2026-03-01 0:00 UTC),
    };
    for (customer, product) in [(beta.customers[0], alpha.product), (alpha.customers[0], beta.product)] {
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        assert!(
            constraint(usage::record(&mut tx, &can, &[record(customer, product)]).await).is_some(),
            "usage of A points into B"
        );
    }
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    usage::record(&mut tx, &can, &[record(alpha.customers[0], alpha.product)]).await.unwrap();
    assert!(
        !customers::update(&mut tx, &can, beta.customers[0], &draft("Taken")).await.unwrap(),
        "a customer of B was changed from A"
    );
    assert!(customers::get(&mut tx, beta.customers[0]).await.unwrap().is_none(), "a customer of B was read from A");
    assert!(rate_plans::get(&mut tx, beta.plan).await.unwrap().is_none(), "a rate plan of B was read from A");
    assert!(customers::get(&mut tx, alpha.customers[0]).await.unwrap().is_some());
}

#[tokio::test]
async fn the_context_ends_with_its_transaction() {
    let world = World::new().await;
    world.furnish().await;
    let mut app = connect(&world.db.app()).await;
    for end in ["commit", "rollback"] {
        execute(&mut app, "begin").await.unwrap();
        sqlx::query("select from door.organization('session', $1, $2)")
            .bind(world.ann.hash())
            .bind(world.a1.organization.uuid())
            .execute(&mut app)
            .await
            .unwrap();
        sqlx::query("select from door.workspace('session', $1, $2)")
            .bind(world.ann.hash())
            .bind(world.a1.slug.as_str())
            .execute(&mut app)
            .await
            .unwrap();
        let ids =
            [world.ann.id.to_string(), world.a1.id.to_string(), world.a1.organization.to_string(), "all".to_owned()];
        assert_eq!(settings(&mut app).await, ids, "the doors set no context, so its end proves nothing");
        assert!(execute(&mut app, "select from workspace.customers").await.unwrap() > 0);
        execute(&mut app, end).await.unwrap();
        assert_eq!(settings(&mut app).await, ["", "", "", ""], "the context outlives its {end}");
        let left = execute(&mut app, "select from workspace.customers").await.unwrap();
        assert_eq!(left, 0, "after {end} the next borrower of the connection reads {left} rows of A1");
    }
}

#[tokio::test]
async fn a_door_that_stays_shut_sets_no_context() {
    let world = World::new().await;
    let mut app = connect(&world.db.app()).await;
    let mut superuser = world.db.superuser().await;
    execute(
        &mut superuser,
        &format!(
            "insert into account.organization_members values ('{}', '{}', 'member')",
            world.b1.organization, world.bob.id
        ),
    )
    .await
    .unwrap();
    for (who, place) in [(&world.bob, &world.a2), (&world.eve, &world.a1), (&world.mal, &world.b1)] {
        execute(&mut app, "begin").await.unwrap();
        sqlx::query("select from door.workspace('session', $1, $2)")
            .bind(who.hash())
            .bind(place.slug.as_str())
            .execute(&mut app)
            .await
            .unwrap();
        let [_, workspace, ..] = settings(&mut app).await;
        assert_eq!(workspace, "", "{} has no seat in {} and got its context", who.name, place.slug);
        execute(&mut app, "rollback").await.unwrap();
    }
    // A plain member of an organization can't manage it.
    for (who, opens) in [(&world.bob, false), (&world.dora, true)] {
        execute(&mut app, "begin").await.unwrap();
        sqlx::query("select from door.organization('session', $1, $2)")
            .bind(who.hash())
            .bind(world.b1.organization.uuid())
            .execute(&mut app)
            .await
            .unwrap();
        let [.., organization, _] = settings(&mut app).await;
        assert_eq!(!organization.is_empty(), opens, "{} and the context of organization B", who.name);
        execute(&mut app, "rollback").await.unwrap();
    }
}

async fn settings(app: &mut PgConnection) -> [String; 4] {
    let (user, workspace, organization, reach) = sqlx::query_as(
        "select coalesce(current_setting('stile.user_id', true), ''), coalesce(current_setting('stile.workspace_id', true), ''),
            coalesce(current_setting('stile.organization_id', true), ''), coalesce(current_setting('stile.reach', true), '')",
    )
    .fetch_one(app)
    .await
    .unwrap();
    [user, workspace, organization, reach]
}

#[tokio::test]
async fn the_app_role_can_t_lift_the_floor() {
    let db = Database::fresh().await;
    let mut app = connect(&db.app()).await;
    let mut superuser = db.superuser().await;
    let name = texts(&mut superuser, "select current_user::text").await.remove(0);
    let tables = Table::all(&mut superuser).await;
    let each = |statement: &str| tables.iter().map(|t| statement.replace("%", &t.name)).collect::<Vec<_>>();
    let refused = [
        each("truncate %"),
        each("alter table % disable row level security"),
        each("alter table % no force row level security"),
        each("create policy opened on % using (true)"),
        each("create index on % (ctid)"),
        ["stile_owner", "stile_door", &name]
            .iter()
            .flat_map(|role| [format!("set role {role}"), format!("set session authorization {role}")])
            .collect(),
        [
            "create table public.mine ()",
            "create schema mine",
            "create temporary table mine ()",
            "create function pg_temp.mine() returns int language sql as 'select 1'",
            "create function workspace.mine() returns int language sql as 'select 1'",
            "alter role stile_app bypassrls",
            "grant stile_door to stile_app",
            "call ops.protect('workspace.customers', 'true', 'true', 'true')",
            "select door.fence_person()",
            "copy (select 1) to program 'true'",
            "update account.workspaces set organization_id = gen_random_uuid()",
            "update account.users set email = ''",
            "update account.sessions set user_id = null",
        ]
        .map(str::to_owned)
        .into(),
    ]
    .concat();
    for statement in refused {
        let outcome = refusal(&execute(&mut app, &statement).await);
        assert_eq!(outcome.as_deref(), DENIED, "stile_app may: {statement}");
    }
    // Leak guarded: disabling row_security causes an error instead of bypassing the policies.
    for table in &tables {
        let off = format!("set local row_security = off; select from {}", table.name);
        assert_eq!(
            refusal(&attempt(&mut app, &vec![], &off).await).as_deref(),
            DENIED,
            "row_security = off opens {}",
            table.name
        );
        let on = refusal(&attempt(&mut app, &vec![], &format!("select from {}", table.name)).await);
        assert_eq!(on.as_deref(), if table.readable { None } else { DENIED }, "{}", table.name);
    }
}

/// Leak guarded: requests of two workspaces alternate on few connections, mixed with rejections, cancellations and
/// abandoned transactions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_of_two_workspaces_never_see_each_other() {
    let world = Arc::new(World::new().await);
    world.furnish().await;
    let mut tasks = JoinSet::new();
    for task in 0..24 {
        let world = Arc::clone(&world);
        tasks.spawn(async move {
            let (who, place, mark) =
                if task % 2 == 0 { (&world.ann, &world.a1, "Alpha") } else { (&world.ola, &world.b1, "Beta") };
            let mut read = 0;
            for round in 0..40_u64 {
                let request = async {
                    match round % 4 {
                        0 => {
                            let mut tx = world.write(who, place).await;
                            let can = tx.can::<EditContent>().unwrap();
                            let _ = customers::create(&mut tx, &can, &draft(&format!("{mark} {task} {round}"))).await;
                            let _ = customers::create(
                                &mut tx,
                                &can,
                                &CustomerDraft { country: "none".to_owned(), ..draft("refused") },
                            )
                            .await;
                        }
                        1 => drop(world.read(who, place).await),
                        _ => {}
                    }
                    let mut tx = world.read(who, place).await;
                    let page = customers::list(&mut tx, &ListQuery::new(Noun::Customers)).await.unwrap();
                    tx.commit().await.unwrap();
                    page
                };
                // Every third request is cancelled at some point.
                let patience = if round % 3 == 0 { Duration::from_micros(round * 60) } else { Duration::from_secs(20) };
                if let Ok(page) = tokio::time::timeout(patience, request).await {
                    assert!(
                        page.rows.iter().all(|row| row.name.starts_with(mark)),
                        "{} was shown {:?}",
                        who.name,
                        page.rows
                    );
                    assert_eq!(page.total, 2, "{} sees rows that were never committed, or not all", who.name);
                    read += 1;
                }
            }
            read
        });
    }
    let read: i32 = tasks.join_all().await.iter().sum();
    assert!(read > 400, "only {read} requests went through");
}
