//! Opens transactions in one workspace for jobs of the server, which act without a person.

use super::{
    mode::Write,
    transaction::{Access, Tenant, WorkspaceTx},
};
use crate::{
    door::{
        costly::Costly,
        person::Principal,
        tx::{DoorTx, Purpose},
        write_locks::{LockMode, WriteLocks},
    },
    error::StoreError,
    pool::Store,
    zone::Zone,
};
use model::{
    Seat, Slug, WorkspaceRole,
    id::{OrganizationId, UserId, WorkspaceId},
    job::{JOB_ACTOR, Job},
    picture::Brand,
    workspace::{Person, WorkspaceProfile},
};
use sqlx::types::Uuid;

impl Store {
    /// Returns the workspaces in which a job has something due, longest due first, at most 200.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.door.due", skip_all)]
    pub async fn due(&self, job: Job) -> Result<Vec<WorkspaceId>, StoreError> {
        let mut tx = self.begin().await?;
        let due = sqlx::query_scalar!(r#"select due as "due!" from door.due($1) due"#, job.as_str())
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(due.into_iter().map(WorkspaceId::from_uuid).collect())
    }

    /// Begins a transaction in which a job writes in a workspace, with exactly the capabilities of the job. Holds the
    /// shared write lock of the workspace, as any write. Returns `None` if the workspace does not exist or was deleted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if a change of the whole workspace takes too long or the database can't be reached,
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.door.job", skip_all, fields(workspace_id = %workspace))]
    pub async fn job(&self, workspace: WorkspaceId, job: Job) -> Result<Option<WorkspaceTx<Write>>, StoreError> {
        // Nobody has this id, so its lock keeps nobody waiting.
        let nobody = UserId::from_uuid(Uuid::nil());
        let locks = WriteLocks { writer: nobody, people: &[], workspace: Some((workspace, LockMode::Shared)) };
        let (mut tx, permit) = self.begin_locked(&locks, None).await?;
        let row = sqlx::query!(
            r#"select slug as "slug!", name as "name!", organization_id as "organization_id!",
                organization as "organization!", hue, logo, clock.time_zone as "time_zone!", clock.today as "today!",
                now() as "now!"
            from door.job($1, $2) place cross join lateral door.clock($1) clock"#,
            workspace.uuid(),
            job.as_str(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let slug = Slug::parse(&row.slug).map_err(|e| StoreError::Inconsistent(format!("a slug that is none: {e}")))?;
        let seat = Seat::resolve(Some(WorkspaceRole::Viewer), None)
            .ok_or_else(|| StoreError::Inconsistent("no seat of a job".to_owned()))?;
        let mut tx = DoorTx::new(tx, Purpose::Writing, false);
        let zone = Zone::named(tx.connection(), &row.time_zone).await?;
        let tenant = Tenant {
            principal: Principal {
                person: Person {
                    id: nobody,
                    name: JOB_ACTOR.to_owned(),
                    email: String::new(),
                    portrait: None,
                },
                session: None,
                epoch: String::new(),
                lands_on_picker: false,
                now: row.now,
            },
            workspace: WorkspaceProfile {
                id: workspace,
                slug,
                name: row.name,
                organization_id: OrganizationId::from_uuid(row.organization_id),
                organization: row.organization,
                brand: Brand::stored(workspace, row.hue, row.logo.as_deref()),
            },
            seat,
            zone,
            today: row.today,
            key: None,
            job: Some(job),
        };
        let costly = Costly::new(self.costly());
        Ok(Some(WorkspaceTx::new(tx, tenant, Access::ReadWrite, costly, permit)))
    }
}
