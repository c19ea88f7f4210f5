//! Transactions for the management of one organization.

use super::{
    Credential,
    costly::Costly,
    tx::{DoorTx, Purpose},
    write_locks::WriteLocks,
};
use crate::{error::StoreError, pool::Store};
use model::{
    OrganizationRole,
    id::{OrganizationId, UserId},
};
use sqlx::{PgConnection, Postgres, Transaction, types::Uuid};

/// Transaction with read and write access to an organization's members and workspaces. Only owners and admins of the
/// organization can open one.
pub struct OrganizationTx {
    tx: DoorTx,
    /// The organization.
    pub organization: OrganizationId,
    /// The person who manages it.
    pub user: UserId,
    /// Their role in the organization.
    pub role: OrganizationRole,
    costly: Costly,
}

impl Store {
    /// Begins a transaction for an owner or admin of the organization. Returns `None` for anyone else, and also if the
    /// organization does not exist, so that the two cases are indistinguishable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(
        level = "debug",
        name = "store.door.organization",
        skip_all,
        fields(organization_id = %organization)
    )]
    pub async fn organization(
        &self,
        credential: &Credential,
        organization: OrganizationId,
    ) -> Result<Option<OrganizationTx>, StoreError> {
        let tx = self.begin().await?;
        self.open_organization(tx, credential, organization).await
    }

    /// Begins a transaction for a change to the roles of `people`, with their write locks held exclusively. Returns
    /// `None` unless `credential` belongs to `writer`.
    ///
    /// Naming a person is not enough to make them wait: the function first checks that `writer` manages the
    /// organization, and which of `people` belong to it. Everything is read again once the write locks are held.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if a write lock is held for too long or the database can't be reached,
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(
        level = "debug",
        name = "store.door.organization_seating",
        skip_all,
        fields(organization_id = %organization)
    )]
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
        let (tx, _) = self.begin_locked(&WriteLocks { writer, people: &people, workspace: None }, None).await?;
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
        self.record_owner(credential, user);
        let tx = DoorTx::new(tx, Purpose::Writing, false);
        Ok(Some(OrganizationTx { tx, organization, user, role, costly }))
    }
}

impl OrganizationTx {
    /// Commits the transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails. Then nothing was written.
    #[tracing::instrument(level = "debug", name = "store.door.organization_commit", skip_all)]
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// Waits until this transaction's person may run a statement that reads many rows.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if the queue is full or the wait times out.
    pub(crate) async fn costly(&mut self) -> Result<(), StoreError> {
        self.costly.wait(self.user, self.tx.connection()).await
    }
}
