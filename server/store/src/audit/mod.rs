//! Audit logs. Each entry is inserted in the transaction that it describes, so there is exactly one per committed
//! action and none for a rolled back one. Entries are immutable (docs/SECURITY.md, I-22).

mod list;

pub use list::{AuditPage, actors, actors_of_organization, export, page, page_of_organization};

use crate::{
    door::{OrganizationTx, PersonTx, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    audit::{Action, Detail},
    id::SessionId,
    workspace::Person,
};
use sqlx::{PgConnection, types::Uuid};

/// Transaction with its own audit log: of a workspace, an organization or a person.
pub trait Logged: sealed::Log {}

impl Logged for WorkspaceTx<Write> {}
impl Logged for OrganizationTx {}
impl Logged for PersonTx {}

/// Records that the transaction's person performed `action` on `target`, in the log of the transaction's workspace,
/// organization or person.
///
/// # Errors
/// [`StoreError::Database`] if the query fails. Then the action itself is not committed either.
#[tracing::instrument(level = "debug", name = "store.audit.record", skip_all, fields(action = action.as_str()))]
pub async fn record(
    tx: &mut impl Logged,
    action: Action,
    target: impl Into<Option<Uuid>> + Send,
    detail: &Detail,
) -> Result<(), StoreError> {
    tx.log(action.as_str(), target.into(), &json(detail)?).await
}

/// Adds the object's name to `detail`, unless it already records a change of the name.
pub(crate) fn named(detail: Detail, name: &str) -> Detail {
    if detail.0.contains_key("name") { detail } else { detail.with("name", name) }
}

pub(crate) fn json(detail: &Detail) -> Result<String, StoreError> {
    serde_json::to_string(detail).map_err(|e| StoreError::Inconsistent(format!("a detail that is no JSON: {e}")))
}

mod sealed {
    use super::{OrganizationTx, PersonTx, StoreError, Uuid, WorkspaceTx, Write};

    pub trait Log: Send {
        fn log(
            &mut self,
            action: &str,
            target: Option<Uuid>,
            detail: &str,
        ) -> impl Future<Output = Result<(), StoreError>> + Send;
    }

    impl Log for WorkspaceTx<Write> {
        async fn log(&mut self, action: &str, target: Option<Uuid>, detail: &str) -> Result<(), StoreError> {
            let workspace = self.id().uuid();
            // A job acts without a person, and is named by its actor.
            let user = self.person().map(model::id::UserId::uuid);
            let actor = self.tenant().principal.person.name.clone();
            sqlx::query!(
                "insert into workspace.audit_log (workspace_id, id, user_id, actor, action, target, detail)
                values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
                workspace,
                Uuid::now_v7(),
                user,
                actor,
                action,
                target,
                detail,
            )
            .execute(self.connection())
            .await?;
            Ok(())
        }
    }

    impl Log for OrganizationTx {
        async fn log(&mut self, action: &str, target: Option<Uuid>, detail: &str) -> Result<(), StoreError> {
            // The actor's name is read from the person's own row, which is visible only to them.
            sqlx::query!(
                "insert into account.organization_audit_log (organization_id, id, user_id, actor, action, target, detail)
                select $1, $2, $3, coalesce((select u.name from account.users u where u.id = $3), ''), $4, $5, $6::text::jsonb",
                self.organization.uuid(),
                Uuid::now_v7(),
                self.user.uuid(),
                action,
                target,
                detail,
            )
            .execute(self.connection())
            .await?;
            Ok(())
        }
    }

    impl Log for PersonTx {
        async fn log(&mut self, action: &str, target: Option<Uuid>, detail: &str) -> Result<(), StoreError> {
            let (person, session) = (self.principal().person.clone(), self.principal().session);
            super::log_of_person(self.connection(), &person, session, (action, target, detail)).await
        }
    }
}

/// Records an entry in a person's own log without a [`PersonTx`], during sign-in.
pub(crate) async fn record_for_person(
    connection: &mut PgConnection,
    person: &Person,
    session: Option<SessionId>,
    action: Action,
) -> Result<(), StoreError> {
    log_of_person(connection, person, session, (action.as_str(), None, "{}")).await
}

async fn log_of_person(
    connection: &mut PgConnection,
    person: &Person,
    session: Option<SessionId>,
    (action, target, detail): (&str, Option<Uuid>, &str),
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into account.audit_log (id, user_id, session_id, actor, action, target, detail)
        values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
        Uuid::now_v7(),
        person.id.uuid(),
        session.map(SessionId::uuid),
        person.name,
        action,
        target,
        detail,
    )
    .execute(connection)
    .await?;
    Ok(())
}
