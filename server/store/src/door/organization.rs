//! The door into managing one organization.

use super::{
    Credential,
    costly::Costly,
    fences::Fences,
    tx::{DoorTx, Purpose},
};
use crate::{error::StoreError, pool::Store};
use model::{
    OrganizationRole,
    id::{OrganizationId, UserId},
};
use sqlx::{PgConnection, Postgres, Transaction, types::Uuid};

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
    costly: Costly,
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
        self.open_organization(tx, credential, organization).await
    }

    /// Opens it for a change to the roles of `people`, alone behind their fences. `writer` is who presents `credential`;
    /// if it is not, nothing opens.
    ///
    /// Naming a person is not enough to make them wait: first it is checked that `writer` manages the organization, and
    /// then which of `people` belong to it. All of it is read again after the fences are taken.
    ///
    /// # Errors
    /// When the database fails, or one of the fences is held for too long.
    pub async fn organization_seating(
        &self,
        credential: &Credential,
        organization: OrganizationId,
        writer: UserId,
        people: &[UserId],
    ) -> Result<Option<OrganizationTx>, StoreError> {
        let Some(mut tx) = self.organization(credential, organization).await? else { return Ok(None) };
        if tx.user != writer {
            return Ok(None);
        }
        let named: Vec<Uuid> = people.iter().map(|person| person.uuid()).collect();
        let concerned = match named.is_empty() {
            true => Vec::new(),
            false => {
                sqlx::query_scalar!(r#"select user_id as "user_id!" from door.organization_concerned($1)"#, &named)
                    .fetch_all(tx.connection())
                    .await?
            }
        };
        tx.commit().await?;
        let people: Vec<UserId> = concerned.into_iter().map(UserId::from_uuid).collect();
        let (tx, _) = self.fenced(&Fences { writer, people: &people, workspace: None }, None).await?;
        Ok(self.open_organization(tx, credential, organization).await?.filter(|tx| tx.user == writer))
    }

    async fn open_organization(
        &self,
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
        let (user, costly) = (UserId::from_uuid(row.user_id), Costly::new(self.costly()));
        self.note_known(credential, user);
        let tx = DoorTx::new(tx, Purpose::Writing, false);
        Ok(Some(OrganizationTx { tx, organization, user, role, costly }))
    }
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

    /// Waits until this transaction's person may run a statement that reads many rows.
    ///
    /// # Errors
    /// [`StoreError::Busy`].
    pub(crate) async fn costly(&mut self) -> Result<(), StoreError> {
        self.costly.wait(self.user, self.tx.connection()).await
    }
}
