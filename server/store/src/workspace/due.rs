//! When jobs have something to do in a workspace.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::job::Job;
use sqlx::types::Uuid;
use time::OffsetDateTime;

/// Notes that a job has something to do at `at`. Adds a row and waits for nobody.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub(crate) async fn note<M: Mode>(tx: &mut WorkspaceTx<M>, job: Job, at: OffsetDateTime) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "insert into account.due_jobs (id, workspace_id, job, due_at) values ($2, $1, $3, $4)",
        workspace,
        Uuid::now_v7(),
        job.as_str(),
        at,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Forgets what this transaction sees of the notes of a job. The caller then looks for what is left to do, and notes it:
/// it finds whatever the forgotten notes were about, because it looks later.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub(crate) async fn forget<M: Mode>(tx: &mut WorkspaceTx<M>, job: Job) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!("delete from account.due_jobs where workspace_id = $1 and job = $2", workspace, job.as_str())
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Notes that the job of invoices looks at the workspace again soon: after a change of its settings or its time zone.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub(crate) async fn look_soon<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<(), StoreError> {
    let now = tx.tenant().principal.now;
    note(tx, Job::Invoice, now).await
}
