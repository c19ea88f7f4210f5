//! Transaction in one workspace.

use super::mode::Mode;
use crate::{
    door::{costly::Costly, person::Principal, tx::DoorTx},
    error::StoreError,
    fair::Permit,
    zone::Zone,
};
use model::{
    CapabilitySet, Seat,
    api_key::{self, Scope},
    id::{ApiKeyId, UserId, WorkspaceId},
    job::Job,
    workspace::WorkspaceProfile,
};
use sqlx::PgConnection;
use std::{marker::PhantomData, sync::Arc};
use time::Date;

/// Transaction in one workspace, opened with a seat. Row level security restricts it to this workspace.
pub struct WorkspaceTx<M: Mode> {
    tx: DoorTx,
    tenant: Tenant,
    access: Access,
    costly: Costly,
    /// `true` if no other transaction writes in the workspace.
    alone: bool,
    mode: PhantomData<M>,
    /// Released when the transaction ends.
    _permit: Option<Permit>,
}

/// Current access mode of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reads and writes.
    ReadWrite,
    /// Reads only: the database is a standby, or an administrator has made it read-only. Incidental writes are skipped.
    ReadOnly,
}

/// Person, workspace and seat, as read when the transaction began.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The person.
    pub principal: Principal,
    /// The workspace.
    pub workspace: WorkspaceProfile,
    /// The seat.
    pub seat: Seat,
    /// Time zone of the workspace.
    pub zone: Arc<Zone>,
    /// Current day in that time zone.
    pub today: Date,
    /// The API key that was presented, if any.
    pub key: Option<KeyAccess>,
    /// The job that opened the workspace. Then there is no person: their id is the nil UUID, and the seat says nothing.
    pub job: Option<Job>,
}

/// API key that opened a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAccess {
    /// The key.
    pub id: ApiKeyId,
    /// Its scopes.
    pub scopes: Vec<Scope>,
}

impl Tenant {
    /// Returns the capabilities of this transaction: those of the job, or those of the seat that the API key's scopes
    /// admit. For display only, as [`CapabilitySet::has`].
    pub fn capabilities(&self) -> CapabilitySet {
        if let Some(job) = self.job {
            return job.capabilities();
        }
        let seat = self.seat.capabilities();
        self.key.as_ref().map_or(seat, |key| seat.intersection(api_key::capabilities(&key.scopes)))
    }
}

impl<M: Mode> WorkspaceTx<M> {
    /// Wraps `tx`, whose context is the workspace of `tenant`. `permit` is released when the transaction ends.
    pub(super) fn new(tx: DoorTx, tenant: Tenant, access: Access, costly: Costly, permit: Option<Permit>) -> Self {
        Self { tx, tenant, access, costly, alone: false, mode: PhantomData, _permit: permit }
    }

    /// Notes that the transaction holds the exclusive write lock of the workspace.
    pub(super) fn set_alone(&mut self) {
        self.alone = true;
    }

    /// Returns `true` if the transaction holds the exclusive write lock of the workspace, so that no other transaction
    /// writes in it.
    pub(crate) const fn is_alone(&self) -> bool {
        self.alone
    }

    /// Returns the person, workspace and seat of this transaction.
    pub const fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Returns the workspace's id.
    pub const fn id(&self) -> WorkspaceId {
        self.tenant.workspace.id
    }

    /// Returns the person's id.
    pub const fn user(&self) -> UserId {
        self.tenant.principal.person.id
    }

    /// Returns the person's id, or `None` if a job opened the workspace.
    pub fn person(&self) -> Option<UserId> {
        self.tenant.job.is_none().then(|| self.user())
    }

    /// Returns the workspace's time zone.
    pub fn zone(&self) -> Arc<Zone> {
        Arc::clone(&self.tenant.zone)
    }

    /// Returns the current day in the workspace's time zone.
    pub const fn today(&self) -> Date {
        self.tenant.today
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails. Then nothing was written.
    #[tracing::instrument(level = "debug", name = "store.door.workspace_commit", skip_all)]
    pub async fn commit(self) -> Result<Tenant, StoreError> {
        self.tx.commit().await?;
        Ok(self.tenant)
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// Returns the current access mode of the database.
    pub(crate) const fn access(&self) -> Access {
        self.access
    }

    /// Waits until this transaction's person may run a statement that reads many rows.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if the queue is full or the wait times out.
    pub(crate) async fn costly(&mut self) -> Result<(), StoreError> {
        let user = self.user();
        self.costly.wait(user, self.tx.connection()).await
    }

    /// Returns the connection, for statements that only read.
    pub(crate) fn reading(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }
}
