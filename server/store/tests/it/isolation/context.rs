//! Statements of the app role in a context.

use crate::support::{Person, Place, execute};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Transaction-local settings, as set by the door functions.
pub(super) type Context = Vec<(&'static str, String)>;

pub(super) fn context(user: impl ToString, workspace: impl ToString, organization: impl ToString) -> Context {
    vec![
        ("stile.user_id", user.to_string()),
        ("stile.workspace_id", workspace.to_string()),
        ("stile.organization_id", organization.to_string()),
        ("stile.reach", "all".to_owned()),
    ]
}

pub(super) fn context_of(who: &Person, place: &Place) -> Context {
    context(who.id, place.id, place.organization)
}

/// Runs a statement as the app role in a context, and commits.
pub(super) async fn attempt(app: &mut PgConnection, context: &Context, statement: &str) -> Result<u64, sqlx::Error> {
    let mut tx = app.begin().await?;
    for (name, value) in context {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await?;
    }
    let rows = execute(&mut tx, statement).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Returns the number of rows that a query returns to the app role in a context.
pub(super) async fn count(app: &mut PgConnection, context: &Context, query: &str) -> i64 {
    let mut tx = app.begin().await.unwrap();
    for (name, value) in context {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await.unwrap();
    }
    let count = format!("select count(*) from ({query}) counted");
    sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *tx).await.unwrap()
}

pub(super) async fn settings(app: &mut PgConnection) -> [String; 4] {
    let (user, workspace, organization, reach) = sqlx::query_as(
        "select coalesce(current_setting('stile.user_id', true), ''), coalesce(current_setting('stile.workspace_id', true), ''),
            coalesce(current_setting('stile.organization_id', true), ''), coalesce(current_setting('stile.reach', true), '')",
    )
    .fetch_one(app)
    .await
    .unwrap();
    [user, workspace, organization, reach]
}
