//! Privileges of the app role.

use super::{context::attempt, tables::Table};
use crate::support::{DENIED, Database, connect, execute, refusal, texts};

#[tokio::test]
async fn the_app_role_cannot_change_schema_policies_or_role() {
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
