//! Opens transactions in one workspace.

use super::{
    mode::{Mode, Read, Visit, Write},
    outcome::{Demand, Door},
    transaction::{Access, Tenant, WorkspaceTx},
};
use crate::{
    door::{
        Credential, Fence,
        costly::Costly,
        fences::{Fences, Hold},
        person::Live,
        tx::{DoorTx, Purpose},
    },
    error::StoreError,
    fair::Turn,
    pool::Store,
    zone::Zone,
};
use model::{
    Capability, OrganizationRole, Seat, Slug, WorkspaceRole,
    id::{OrganizationId, SessionId, UserId, WorkspaceId},
    picture::{Brand, PictureName},
    workspace::{Person, WorkspaceProfile},
};
use sqlx::{Postgres, Transaction, types::Uuid};

impl Store {
    /// Begins a read-only transaction in a workspace.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if too many requests wait for the workspace, [`StoreError::Unavailable`] if the database
    /// can't be reached, [`StoreError::Database`] if the query fails. No transaction is opened then.
    #[tracing::instrument(level = "debug", name = "store.door.workspace", skip_all, fields(slug = %slug))]
    pub async fn workspace(&self, credential: &Credential, slug: &Slug) -> Result<Door<WorkspaceTx<Read>>, StoreError> {
        let turn = self.turn_in(slug).await?;
        let tx = self.begin().await?;
        self.open(tx, credential, slug, Some(turn)).await
    }

    /// Begins a transaction for entering a workspace. It may record handoffs and visits.
    ///
    /// # Errors
    /// As for [`workspace`](Self::workspace).
    #[tracing::instrument(level = "debug", name = "store.door.workspace_visit", skip_all, fields(slug = %slug))]
    pub async fn workspace_visit(
        &self,
        credential: &Credential,
        slug: &Slug,
    ) -> Result<Door<WorkspaceTx<Visit>>, StoreError> {
        let turn = self.turn_in(slug).await?;
        let tx = self.begin().await?;
        self.open(tx, credential, slug, Some(turn)).await
    }

    /// Begins a transaction for writing in a workspace, with the fences held.
    ///
    /// # Errors
    /// As for [`workspace`](Self::workspace), and [`StoreError::Unavailable`] if a revocation holds the fence for too
    /// long.
    #[tracing::instrument(level = "debug", name = "store.door.workspace_write", skip_all, fields(slug = %slug))]
    pub async fn workspace_write(
        &self,
        credential: &Credential,
        slug: &Slug,
        fence: Fence,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let fences = Fences { writer: fence.user, people: &[], workspace: Some((fence.workspace, Hold::Shared)) };
        self.within_fences(credential, slug, fence, &fences).await
    }

    /// Begins a transaction for a change that every write in the workspace depends on, such as its address or its
    /// deletion. No other write runs in the workspace meanwhile. The exclusive fence is acquired first, not after
    /// reading, so that two such changes never deadlock. The fence is exclusive only if the seat has the capability
    /// `needs`; otherwise it is shared, as for an ordinary write.
    ///
    /// # Errors
    /// As for [`workspace_write`](Self::workspace_write), and [`StoreError::Unavailable`] if current writes take too
    /// long.
    #[tracing::instrument(level = "debug", name = "store.door.workspace_alone", skip_all, fields(slug = %slug))]
    pub async fn workspace_alone(
        &self,
        credential: &Credential,
        slug: &Slug,
        fence: Fence,
        needs: Capability,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let tenant = match self.looked_up(credential, slug, fence).await? {
            Ok(tx) => tx.commit().await?,
            Err(closed) => return Ok(closed),
        };
        let hold = if tenant.seat.capabilities().has(needs) { Hold::Alone } else { Hold::Shared };
        let fences = Fences { writer: fence.user, people: &[], workspace: Some((fence.workspace, hold)) };
        self.within_fences(credential, slug, fence, &fences).await
    }

    /// Begins a transaction for a change to the seats of `people`, with their fences held exclusively. None of them can
    /// write meanwhile, and two people who change each other's seats wait for one another.
    ///
    /// Naming a person is not enough to make them wait: the function first checks that the writer may change seats in
    /// the workspace, and which of `people` have a seat in it or have requested one. Everything is read again once the
    /// fences are held.
    ///
    /// # Errors
    /// As for [`Store::workspace_write`].
    #[tracing::instrument(level = "debug", name = "store.door.workspace_seating", skip_all, fields(slug = %slug))]
    pub async fn workspace_seating(
        &self,
        credential: &Credential,
        slug: &Slug,
        fence: Fence,
        people: &[UserId],
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let mut tx = match self.looked_up(credential, slug, fence).await? {
            Ok(tx) => tx,
            Err(closed) => return Ok(closed),
        };
        let manages = tx.tenant().seat.capabilities().has(Capability::ManageMembers);
        let named: Vec<Uuid> = people.iter().filter(|p| manages || **p == fence.user).map(|p| p.uuid()).collect();
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
        let fences = Fences { writer: fence.user, people: &people, workspace: Some((fence.workspace, Hold::Shared)) };
        self.within_fences(credential, slug, fence, &fences).await
    }

    /// Opens the workspace without fences. Returns the transaction if a write with `fence` could be allowed, and
    /// otherwise the reason why not.
    async fn looked_up(
        &self,
        credential: &Credential,
        slug: &Slug,
        fence: Fence,
    ) -> Result<Result<WorkspaceTx<Read>, Door<WorkspaceTx<Write>>>, StoreError> {
        Ok(match self.workspace(credential, slug).await? {
            Door::Open(tx) if tx.id() == fence.workspace && tx.user() == fence.user => Ok(tx),
            Door::Open(_) | Door::Mismatch => Err(Door::Mismatch),
            Door::Moved(slug) => Err(Door::Moved(slug)),
            Door::Factor(demand) => Err(Door::Factor(demand)),
            Door::Gone(live) => Err(Door::Gone(live)),
            Door::Absent(live) => Err(Door::Absent(live)),
            Door::SignedOut => Err(Door::SignedOut),
        })
    }

    async fn within_fences(
        &self,
        credential: &Credential,
        slug: &Slug,
        fence: Fence,
        fences: &Fences<'_>,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let (tx, turn) = self.fenced(fences, Some(slug)).await?;
        let door = self.open::<Write>(tx, credential, slug, turn).await?;
        match door {
            Door::Open(tx) if tx.id() != fence.workspace || tx.user() != fence.user => Ok(Door::Mismatch),
            door => Ok(door),
        }
    }

    async fn open<M: Mode>(
        &self,
        mut tx: Transaction<'static, Postgres>,
        credential: &Credential,
        slug: &Slug,
        turn: Option<Turn>,
    ) -> Result<Door<WorkspaceTx<M>>, StoreError> {
        let row = sqlx::query!(
            r#"select outcome as "outcome!", session_id, user_id as "user_id!", user_name as "user_name!", email as "email!",
                epoch as "epoch!", workspace_id, slug, name, organization_id, organization, direct_role, organization_role, hue, logo,
                portrait, clock.time_zone as "time_zone?", clock.today as "today?",
                now() as "now!", pg_current_xact_id_if_assigned() is not null as "noted!",
                current_setting('transaction_read_only') = 'on' as "read_only!",
                set_config('stile.session_id', coalesce(session_id::text, ''), true) as context,
                case when $4 then set_config('transaction_read_only', 'on', true) end as mode
            from door.workspace($1, $2, $3) place left join lateral door.clock(place.workspace_id) clock on true"#,
            credential.kind(),
            credential.hash(),
            slug.as_str(),
            M::PURPOSE.is_reading(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(Door::SignedOut) };
        self.note_known(credential, UserId::from_uuid(row.user_id));
        let noted = row.noted;
        let tx = |purpose| DoorTx::new(tx, purpose, noted);
        let live = Live {
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
                let (tenant, costly) = (Tenant { live, workspace, seat, zone, today }, Costly::new(self.costly()));
                Ok(Door::Open(WorkspaceTx::new(tx, tenant, access, costly, turn)))
            }
            ("moved", Some(slug), ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Moved(slug))
            }
            ("factor", _, _, Some(name), ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Factor(Demand { live, name }))
            }
            // The last use of the session or token is recorded even if the workspace is not opened.
            ("gone", ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Gone(live))
            }
            ("none", ..) => {
                tx(Purpose::Reading).commit().await?;
                Ok(Door::Absent(live))
            }
            (other, ..) => Err(StoreError::Inconsistent(format!("door outcome {other:?}"))),
        }
    }
}
