//! Opens transactions in one workspace.

use super::{
    find::{find, find_by_key},
    mode::{Mode, Read, Visit, Write},
    outcome::{Demand, Door},
    transaction::{Access, KeyAccess, Tenant, WorkspaceTx},
};
use crate::{
    door::{
        Credential, WriteTarget,
        costly::Costly,
        person::Principal,
        tx::{DoorTx, Purpose},
        write_locks::{LockMode, WriteLocks},
    },
    error::StoreError,
    fair::Permit,
    pool::Store,
    request_span::record_workspace,
    zone::Zone,
};
use model::{
    Capability, OrganizationRole, Seat, Slug, WorkspaceRole,
    api_key::Scope,
    id::{ApiKeyId, OrganizationId, SessionId, UserId, WorkspaceId},
    picture::{Brand, PictureName},
    workspace::{Person, WorkspaceProfile},
};
use sqlx::{Postgres, Transaction, types::Uuid};

impl Store {
    /// Begins a read-only transaction in a workspace.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if too many requests wait for the workspace, [`StoreError::Scope`] for an API key without
    /// the scope `read`, [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the
    /// query fails. No transaction is opened then.
    #[tracing::instrument(level = "debug", name = "store.door.workspace", skip_all)]
    pub async fn workspace(&self, credential: &Credential, slug: &Slug) -> Result<Door<WorkspaceTx<Read>>, StoreError> {
        let permit = self.workspace_permit(slug).await?;
        let tx = self.begin().await?;
        match self.open::<Read>(tx, credential, slug, Some(permit)).await? {
            Door::Open(tx) if tx.tenant().key.as_ref().is_some_and(|key| !key.scopes.contains(&Scope::Read)) => {
                tx.commit().await?;
                Err(StoreError::Scope(Scope::Read))
            }
            door => Ok(door),
        }
    }

    /// Begins a transaction for entering a workspace. It may record handoffs and visits.
    ///
    /// # Errors
    /// As for [`workspace`](Self::workspace).
    #[tracing::instrument(level = "debug", name = "store.door.workspace_visit", skip_all)]
    pub async fn workspace_visit(
        &self,
        credential: &Credential,
        slug: &Slug,
    ) -> Result<Door<WorkspaceTx<Visit>>, StoreError> {
        let permit = self.workspace_permit(slug).await?;
        let tx = self.begin().await?;
        self.open(tx, credential, slug, Some(permit)).await
    }

    /// Begins a transaction for writing in a workspace, with the write locks held.
    ///
    /// # Errors
    /// As for [`workspace`](Self::workspace), and [`StoreError::Unavailable`] if a revocation holds the write lock for
    /// too long.
    #[tracing::instrument(
        level = "debug",
        name = "store.door.workspace_write",
        skip_all,
        fields(workspace_id = %target.workspace)
    )]
    pub async fn workspace_write(
        &self,
        credential: &Credential,
        slug: &Slug,
        target: WriteTarget,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let locks =
            WriteLocks { writer: target.user, people: &[], workspace: Some((target.workspace, LockMode::Shared)) };
        self.open_locked(credential, slug, target, &locks).await
    }

    /// Begins a transaction for a change that every write in the workspace depends on, such as its address or its
    /// deletion. No other write runs in the workspace meanwhile. The exclusive write lock is acquired first, not after
    /// reading, so that two such changes never deadlock. The write lock is exclusive only if the seat has the
    /// capability `needs`; otherwise it is shared, as for an ordinary write.
    ///
    /// # Errors
    /// As for [`workspace_write`](Self::workspace_write), and [`StoreError::Unavailable`] if current writes take too
    /// long.
    #[tracing::instrument(
        level = "debug",
        name = "store.door.workspace_exclusive",
        skip_all,
        fields(workspace_id = %target.workspace)
    )]
    pub async fn workspace_exclusive(
        &self,
        credential: &Credential,
        slug: &Slug,
        target: WriteTarget,
        needs: Capability,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let tenant = match self.check_write(credential, slug, target).await? {
            Ok(tx) => tx.commit().await?,
            Err(closed) => return Ok(closed),
        };
        let mode = if tenant.seat.capabilities().has(needs) { LockMode::Exclusive } else { LockMode::Shared };
        let locks = WriteLocks { writer: target.user, people: &[], workspace: Some((target.workspace, mode)) };
        self.open_locked(credential, slug, target, &locks).await
    }

    /// Begins a transaction for a change to the seats of `people`, with their write locks held exclusively. None of
    /// them can write meanwhile, and two people who change each other's seats wait for one another.
    ///
    /// Naming a person is not enough to make them wait: the function first checks that the writer may change seats in
    /// the workspace, and which of `people` have a seat in it or have requested one. Everything is read again once the
    /// write locks are held.
    ///
    /// # Errors
    /// As for [`Store::workspace_write`].
    #[tracing::instrument(
        level = "debug",
        name = "store.door.workspace_seating",
        skip_all,
        fields(workspace_id = %target.workspace)
    )]
    pub async fn workspace_seating(
        &self,
        credential: &Credential,
        slug: &Slug,
        target: WriteTarget,
        people: &[UserId],
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let mut tx = match self.check_write(credential, slug, target).await? {
            Ok(tx) => tx,
            Err(closed) => return Ok(closed),
        };
        let manages = tx.tenant().seat.capabilities().has(Capability::ManageMembers);
        let named: Vec<Uuid> = people.iter().filter(|p| manages || **p == target.user).map(|p| p.uuid()).collect();
        let concerned = match named.is_empty() {
            true => Vec::new(),
            false => {
                sqlx::query_scalar!(r#"select user_id as "user_id!" from door.concerned($1)"#, &named)
                    .fetch_all(tx.reading())
                    .await?
            }
        };
        tx.commit().await?;
        let people: Vec<UserId> = concerned.into_iter().map(UserId::from_uuid).collect();
        let locks =
            WriteLocks { writer: target.user, people: &people, workspace: Some((target.workspace, LockMode::Shared)) };
        self.open_locked(credential, slug, target, &locks).await
    }

    /// Opens the workspace without write locks. Returns the transaction if a write with `target` could be allowed, and
    /// otherwise the reason why not.
    async fn check_write(
        &self,
        credential: &Credential,
        slug: &Slug,
        target: WriteTarget,
    ) -> Result<Result<WorkspaceTx<Read>, Door<WorkspaceTx<Write>>>, StoreError> {
        Ok(match self.workspace(credential, slug).await? {
            Door::Open(tx) if tx.id() == target.workspace && tx.user() == target.user => Ok(tx),
            Door::Open(_) | Door::Mismatch => Err(Door::Mismatch),
            Door::Moved(slug) => Err(Door::Moved(slug)),
            Door::Factor(demand) => Err(Door::Factor(demand)),
            Door::Gone(principal) => Err(Door::Gone(principal)),
            Door::Absent(principal) => Err(Door::Absent(principal)),
            Door::SignedOut => Err(Door::SignedOut),
        })
    }

    async fn open_locked(
        &self,
        credential: &Credential,
        slug: &Slug,
        target: WriteTarget,
        locks: &WriteLocks<'_>,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let (tx, permit) = self.begin_locked(locks, Some(slug)).await?;
        let door = self.open::<Write>(tx, credential, slug, permit).await?;
        match door {
            Door::Open(tx) if tx.id() != target.workspace || tx.user() != target.user => Ok(Door::Mismatch),
            Door::Open(mut tx) => {
                if matches!(locks.workspace, Some((_, LockMode::Exclusive))) {
                    tx.set_alone();
                }
                Ok(Door::Open(tx))
            }
            door => Ok(door),
        }
    }

    pub(super) async fn open<M: Mode>(
        &self,
        mut tx: Transaction<'static, Postgres>,
        credential: &Credential,
        slug: &Slug,
        permit: Option<Permit>,
    ) -> Result<Door<WorkspaceTx<M>>, StoreError> {
        let row = match credential {
            Credential::Key(hash) => find_by_key(&mut tx, hash.bytes(), slug, M::PURPOSE.is_reading()).await?,
            Credential::Session(_) | Credential::Token(_) => {
                find(&mut tx, credential, slug, M::PURPOSE.is_reading()).await?
            }
        };
        let Some(row) = row else { return Ok(Door::SignedOut) };
        self.record_owner(credential, UserId::from_uuid(row.user_id));
        let noted = row.noted;
        let tx = |purpose| DoorTx::new(tx, purpose, noted);
        let principal = Principal {
            person: Person {
                id: UserId::from_uuid(row.user_id),
                name: row.user_name,
                email: row.email,
                portrait: row.portrait.as_deref().and_then(|name| PictureName::parse(name).ok()),
            },
            session: row.session_id.map(SessionId::from_uuid),
            epoch: row.epoch,
            lands_on_picker: false,
            now: row.now,
        };
        let seat = Seat::resolve(
            row.direct_role.as_deref().and_then(WorkspaceRole::from_word),
            row.organization_role.as_deref().and_then(OrganizationRole::from_word),
        );
        let parsed = row.slug.as_deref().map(Slug::parse).transpose();
        let slug = parsed.map_err(|e| StoreError::Inconsistent(format!("a slug that is none: {e}")))?;
        match (row.outcome.as_str(), slug, row.workspace_id, row.name, row.organization_id, row.organization, seat) {
            ("seat", Some(slug), Some(id), Some(name), Some(organization_id), Some(organization), Some(seat)) => {
                let (Some(time_zone), Some(today)) = (row.time_zone, row.today) else {
                    return Err(StoreError::Inconsistent("a workspace without a clock".to_owned()));
                };
                record_workspace(WorkspaceId::from_uuid(id));
                let mut tx = tx(M::PURPOSE);
                let zone = Zone::named(tx.connection(), &time_zone).await?;
                let workspace = WorkspaceProfile {
                    id: WorkspaceId::from_uuid(id),
                    slug,
                    name,
                    organization_id: OrganizationId::from_uuid(organization_id),
                    organization,
                    brand: Brand::stored(WorkspaceId::from_uuid(id), row.hue, row.logo.as_deref()),
                };
                let access = if row.read_only { Access::ReadOnly } else { Access::ReadWrite };
                let key = row.key_id.map(|id| KeyAccess {
                    id: ApiKeyId::from_uuid(id),
                    scopes: row.scopes.iter().flatten().filter_map(|scope| Scope::from_word(scope)).collect(),
                });
                let tenant = Tenant { principal, workspace, seat, zone, today, key, job: None };
                let costly = Costly::new(self.costly());
                Ok(Door::Open(WorkspaceTx::new(tx, tenant, access, costly, permit)))
            }
            ("moved", Some(slug), ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Moved(slug))
            }
            ("factor", _, _, Some(name), ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Factor(Demand { principal, name }))
            }
            // The last use of the session or token is recorded even if the workspace is not opened.
            ("gone", ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Gone(principal))
            }
            ("none", ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Absent(principal))
            }
            (other, ..) => Err(StoreError::Inconsistent(format!("door outcome {other:?}"))),
        }
    }
}
