//! Shared code of all records that can be archived: statements that lock a record, and that archive or restore it.

/// Locks the record `$id` of `$table` until the transaction ends. Evaluates to `Ok(false)` if the workspace has no such
/// record.
macro_rules! lock_record {
    ($tx:expr, $can:expr, $table:literal, $id:expr) => {{
        let workspace = $tx.id().uuid();
        let found = sqlx::query_scalar!(
            "select id from workspace." + $table + " where workspace_id = $1 and id = $2 for update",
            workspace,
            $id.uuid(),
        )
        .fetch_optional($can.on($tx)?)
        .await?;
        Ok(found.is_some())
    }};
}
pub(super) use lock_record;

/// Sets the status of the record `$id` of `$table`, and logs `$activated` or `$archived` with its name if the status
/// changed. Evaluates to `Ok(false)` if the workspace has no such record.
macro_rules! set_record_status {
    ($tx:expr, $can:expr, $table:literal, $id:expr, $status:expr, $activated:expr, $archived:expr) => {{
        let workspace = $tx.id().uuid();
        let before = sqlx::query!(
            "select name, status from workspace." + $table + " where workspace_id = $1 and id = $2 for update",
            workspace,
            $id.uuid(),
        )
        .fetch_optional($can.on($tx)?)
        .await?;
        let Some(before) = before else { return Ok(false) };
        if before.status == $status.as_str() {
            return Ok(true);
        }
        sqlx::query!(
            "update workspace." + $table + " set status = $3, updated_at = now() where workspace_id = $1 and id = $2",
            workspace,
            $id.uuid(),
            $status.as_str(),
        )
        .execute($can.on($tx)?)
        .await?;
        let action = match $status {
            model::catalog::Lifecycle::Active => $activated,
            model::catalog::Lifecycle::Archived => $archived,
        };
        let detail = model::audit::Detail::none().with("name", before.name);
        $crate::audit::record($tx, action, $id.uuid(), &detail).await?;
        Ok(true)
    }};
}
pub(super) use set_record_status;
