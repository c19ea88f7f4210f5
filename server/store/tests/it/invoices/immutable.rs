//! Attack: SQL of the app role against what is issued. The statements are generated from the catalogue, so that a new
//! column is covered.

use super::*;
use crate::support::connect;
use sqlx::Connection;
use time::macros::date;

/// Columns of an issued document that change along its states.
const FREE: [&str; 6] = ["status", "paid_minor", "credited_minor", "sent_at", "void_reason", "updated_at"];

/// Runs a statement as the app role in A1, and rolls back. Returns the number of rows, or the error.
async fn attempt(app: &mut PgConnection, world: &World, sql: &str) -> Result<u64, String> {
    let context = format!(
        "begin; select set_config('stile.workspace_id', '{}', true), set_config('stile.user_id', '{}', true), set_config('stile.reach', 'all', true)",
        world.a1.id, world.ann.id
    );
    execute(app, &context).await.unwrap();
    let outcome = execute(app, sql).await;
    execute(app, "rollback").await.unwrap();
    outcome.map_err(|error| error.to_string())
}

#[tokio::test]
async fn no_statement_of_the_app_changes_what_is_issued() {
    let (world, stock, mut superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let may = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    issued(&world, may).await;
    let draft = drafted(&world, subscription, date!(2026 - 06 - 01)).await;
    let file = format!(
        "insert into workspace.invoice_files (workspace_id, invoice_id, kind, customer_id, sha256, content)
        select workspace_id, id, 'pdf', customer_id, sha256('x'), 'x' from workspace.invoices where id in ('{may}', '{draft}')"
    );
    execute(&mut superuser, &file).await.unwrap();
    let mut app = connect(&world.db.app()).await;
    for (table, key) in [("invoices", "id"), ("invoice_lines", "invoice_id"), ("invoice_taxes", "invoice_id"), ("invoice_files", "invoice_id")] {
        let rows = |id: InvoiceId| format!("workspace.{table} where {key} = '{id}'");
        assert!(count(&mut superuser, &rows(may)).await > 0, "control: {table} has rows");
        let columns: Vec<(String, String, bool)> = sqlx::query_as(
            "select attname::text, format_type(atttypid, atttypmod), has_column_privilege('stile_app', attrelid, attnum, 'update')
            from pg_attribute
            where attrelid = ('workspace.' || $1)::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
        )
        .bind(table)
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        for (column, kind, granted) in columns {
            let other = match kind.as_str() {
                "text" => format!("{column} || 'x'"),
                "uuid" => "gen_random_uuid()".to_owned(),
                "boolean" => format!("not {column}"),
                "jsonb" => "'{\"x\": 1}'".to_owned(),
                "bytea" => "sha256('y')".to_owned(),
                "date" => format!("coalesce({column}, date '2000-01-01') + 1"),
                "timestamp with time zone" => "timestamptz '2000-01-01Z'".to_owned(),
                _ => format!("coalesce({column}, 0) + 1"),
            };
            let change = |id: InvoiceId| format!("update workspace.{table} set {column} = {other} where {key} = '{id}'");
            let outcome = attempt(&mut app, &world, &change(may)).await;
            if table == "invoices" && FREE.contains(&column.as_str()) {
                assert!(granted, "{table}.{column} changes along the states");
                continue;
            }
            assert!(outcome.is_err(), "{table}.{column} of an issued document: {outcome:?}");
            if granted && table == "invoices" && ["note", "seller", "buyer"].contains(&column.as_str()) {
                assert_eq!(attempt(&mut app, &world, &change(draft)).await, Ok(1), "control: {column} of a draft");
            }
        }
        let delete = |id: InvoiceId| format!("delete from workspace.{table} where {key} = '{id}'");
        let outcome = attempt(&mut app, &world, &delete(may)).await;
        assert!(outcome.is_err(), "{table} of an issued document: {outcome:?}");
        if matches!(table, "invoice_lines" | "invoice_taxes") {
            let outcome = attempt(&mut app, &world, &delete(draft)).await;
            assert!(outcome.as_ref().is_ok_and(|rows| *rows > 0), "control: {table} of a draft: {outcome:?}");
        }
    }
    let added = format!(
        "insert into workspace.invoice_lines (workspace_id, invoice_id, position, customer_id, name, net_minor, percent, category)
        select workspace_id, id, 499, customer_id, 'More', 1, 0, 'O' from workspace.invoices where id = '{may}'"
    );
    assert!(attempt(&mut app, &world, &added).await.is_err(), "a line more");
    for status in ["draft", "void"] {
        let back = format!("update workspace.invoices set status = '{status}' where id = '{may}'");
        assert!(attempt(&mut app, &world, &back).await.is_err(), "back to {status} by the status alone");
    }
    let payments = [
        "update workspace.payments set amount_minor = amount_minor + 1",
        "delete from workspace.payments",
    ];
    for sql in payments {
        assert!(attempt(&mut app, &world, sql).await.is_err(), "{sql}");
    }
    app.close().await.unwrap();
}
