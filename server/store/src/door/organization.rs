//! The door into managing one organization.

use super::{
    Credential,
    tx::{DoorTx, Purpose},
    workspace::fence_people,
};
use crate::{error::StoreError, pool::Store};
use model::{
    OrganizationRole,
    id::{OrganizationId, UserId},
};
use sqlx::{PgConnection, Postgres, Transaction};

/// A transaction in which an organization's members and workspaces can be seen and written. Opens for its owners and
/// admins only.
pub struct OrganizationTx {
    tx: DoorTx,
    /// The organization.
    pub organization: OrganizationId,
    /// Who manages it.
    pub user: UserId,
    /// As what.
    pub role: OrganizationRole,
}

impl Store {
    /// Opens the organization for its owners and admins; `None` for anybody else, and for an organization that does
    /// not exist: the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organization(
        &self,
        credential: &Credential,
        organization: OrganizationId,
    ) -> Result<Option<OrganizationTx>, StoreError> {
        let tx = self.begin().await?;
        open(tx, credential, organization).await
    }

    /// Opens it for a change to the roles of `people`, alone behind their fences. `writer` is who presents `credential`;
    /// if it is not, nothing opens.
    ///
    /// # Errors
    /// When the database fails, also when somebody holds one of the fences for longer than the lock time-out.
    pub async fn organization_seating(
        &self,
        credential: &Credential,
        organization: OrganizationId,
        writer: UserId,
        people: &[UserId],
    ) -> Result<Option<OrganizationTx>, StoreError> {
        let mut tx = self.begin().await?;
        fence_people(&mut tx, writer, people).await?;
        Ok(open(tx, credential, organization).await?.filter(|tx| tx.user == writer))
    }
}

async fn open(
    mut tx: Transaction<'static, Postgres>,
    credential: &Credential,
    organization: OrganizationId,
) -> Result<Option<OrganizationTx>, StoreError> {
    let row = sqlx::query!(
        r#"select user_id as "user_id!", role as "role!",
            set_config('stile.session_id', coalesce(session_id::text, ''), true) as context
        from door.organization($1, $2, $3)"#,
        credential.kind(),
        credential.hash(),
        organization.uuid(),
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let role = OrganizationRole::from_word(&row.role)
        .ok_or_else(|| StoreError::Inconsistent(format!("organization role {:?}", row.role)))?;
    let tx = DoorTx::new(tx, Purpose::Writing, false);
    Ok(Some(OrganizationTx { tx, organization, user: UserId::from_uuid(row.user_id), role }))
}

impl OrganizationTx {
    /// Makes what was written stay.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }
}
