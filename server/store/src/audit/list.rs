//! Queries on audit logs: filtered pages with keyset pagination, newest first, and exports of all matching entries.

use crate::{
    door::{Can, Mode, OrganizationTx, WorkspaceTx},
    error::StoreError,
};
use model::{
    audit::{Action, AuditQuery, AuditRow, Detail, Position, Told, lacks_name, tell},
    capability::ManageSettings,
    id::UserId,
    moment::Moment,
};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Number of entries per page.
const PAGE_ROWS: usize = 50;
/// Number of entries per export batch. An export reads as many batches as needed, so a slow download holds no
/// connection, and memory use is bounded.
const BATCH_ROWS: i64 = 1_000;

/// Page of an audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Cursor for the page of newer entries, if there is one.
    pub newer: Option<Uuid>,
    /// Cursor for the page of older entries, if there is one.
    pub older: Option<Uuid>,
}

struct Row {
    id: Uuid,
    at: OffsetDateTime,
    user_id: Uuid,
    actor: String,
    action: String,
    target: Option<Uuid>,
    detail: String,
}

impl Row {
    /// Parses the entry's details. Unknown formats are ignored, so that the page still loads.
    fn facts(&self) -> Detail {
        serde_json::from_str::<Detail>(&self.detail).unwrap_or_default()
    }

    /// Returns the target's id if the entry does not contain its name.
    fn unnamed(&self) -> Option<Uuid> {
        self.target.filter(|_| Action::from_word(&self.action).is_some_and(|action| lacks_name(action, &self.facts())))
    }

    /// Renders the entry as text. A target whose name is neither in the entry nor in `names` is shown by its id.
    fn tell(self, names: &HashMap<Uuid, String>, at: Moment) -> AuditRow {
        let object = self.target.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
        let Told { what, detail } = tell(&self.action, &self.facts(), object.as_deref());
        AuditRow {
            id: self.id,
            at,
            user: UserId::from_uuid(self.user_id),
            actor: self.actor,
            action: self.action,
            what,
            detail,
        }
    }
}

fn unnamed(rows: &[Row]) -> Vec<Uuid> {
    rows.iter().filter_map(Row::unnamed).collect()
}

/// Parameters of a log query.
struct Bounds {
    words: Option<Vec<String>>,
    person: Option<Uuid>,
    days: Option<i32>,
    start: Start,
}

/// Entry that the results must be older or newer than.
enum Start {
    Older(Uuid),
    Newer(Uuid),
}

impl Bounds {
    fn of(query: &AuditQuery) -> Self {
        Self {
            words: query.kind.map(|kind| kind.words().into_iter().map(str::to_owned).collect()),
            person: query.person.map(UserId::uuid),
            days: query.period.days(),
            start: match query.position {
                Position::Newest => Start::Older(Uuid::max()),
                Position::Before(id) => Start::Older(id),
                Position::After(id) => Start::Newer(id),
            },
        }
    }
}

/// Reads entries of a log from `$bounds.start` on. Each direction has its own statement, which uses the log's primary
/// key.
macro_rules! lines {
    ($connection:expr, $owner:expr, $bounds:expr, $most:expr, $from:literal) => {
        match $bounds.start {
            Start::Older(id) => lines!(@ $connection, $owner, $bounds, $most, $from, id, " and l.id < $5 order by l.id desc"),
            Start::Newer(id) => lines!(@ $connection, $owner, $bounds, $most, $from, id, " and l.id > $5 order by l.id"),
        }
    };
    (@ $connection:expr, $owner:expr, $bounds:expr, $most:expr, $from:literal, $id:expr, $order:literal) => {
        sqlx::query_as!(
            Row,
            r#"select l.id, l.at, coalesce(l.user_id, '00000000-0000-0000-0000-000000000000') as "user_id!", l.actor, l.action, l.target, l.detail::text as "detail!""#
                + $from
                + " and ($2::text[] is null or l.action = any($2)) and ($3::uuid is null or l.user_id = $3)
                    and ($4::int is null or l.at > now() - make_interval(days => $4))"
                + $order
                + " limit $6",
            $owner,
            $bounds.words.as_deref(),
            $bounds.person,
            $bounds.days,
            $id,
            $most
        )
        .fetch_all($connection)
        .await?
    };
}

/// Returns a page of the workspace's log.
///
/// # Errors
/// [`StoreError::Busy`] if too many costly statements are waiting, [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.audit.page", skip_all)]
pub async fn page<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    query: &AuditQuery,
) -> Result<AuditPage, StoreError> {
    let rows = of_workspace(tx, can, &Bounds::of(query), PAGE_ROWS as i64 + 1).await?;
    let rows = told(tx, can, rows).await?;
    Ok(build(query, rows))
}

/// Returns a batch of matching entries of the workspace's log, newest first, and the position of the next batch. The
/// position is `None` after the last batch.
///
/// # Errors
/// As for [`page`].
#[tracing::instrument(level = "debug", name = "store.audit.export", skip_all)]
pub async fn export<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    query: &AuditQuery,
) -> Result<(Vec<AuditRow>, Option<Position>), StoreError> {
    let rows = of_workspace(tx, can, &Bounds::of(query), BATCH_ROWS).await?;
    let rows = told(tx, can, rows).await?;
    let next = rows.last().filter(|_| rows.len() as i64 == BATCH_ROWS).map(|row| Position::Before(row.id));
    Ok((rows, next))
}

/// Renders entries of the workspace's log as text, with times in its time zone.
async fn told<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    rows: Vec<Row>,
) -> Result<Vec<AuditRow>, StoreError> {
    let (workspace, zone, unnamed) = (tx.id().uuid(), tx.zone(), unnamed(&rows));
    let mut names = HashMap::new();
    if !unnamed.is_empty() {
        let found = sqlx::query!(
            r#"select id as "id!", name as "name!" from workspace.customers where workspace_id = $1 and id = any($2)
            union all select id, name from workspace.products where workspace_id = $1 and id = any($2)
            union all select id, name from workspace.rate_plans where workspace_id = $1 and id = any($2)
            union all select user_id, name from door.members() where user_id = any($2)
            union all select id, email from account.invites where workspace_id = $1 and id = any($2)"#,
            workspace,
            &unnamed,
        )
        .fetch_all(can.on(tx)?)
        .await?;
        names.extend(found.into_iter().map(|row| (row.id, row.name)));
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let at = zone.local(row.at);
            row.tell(&names, at)
        })
        .collect())
}

async fn of_workspace<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    bounds: &Bounds,
    most: i64,
) -> Result<Vec<Row>, StoreError> {
    tx.costly().await?;
    let workspace = tx.id().uuid();
    Ok(lines!(can.on(tx)?, workspace, bounds, most, " from workspace.audit_log l where l.workspace_id = $1"))
}

/// Returns a page of the organization's log.
///
/// # Errors
/// As for [`page`].
#[tracing::instrument(level = "debug", name = "store.audit.page_of_organization", skip_all)]
pub async fn page_of_organization(tx: &mut OrganizationTx, query: &AuditQuery) -> Result<AuditPage, StoreError> {
    tx.costly().await?;
    let (organization, bounds) = (tx.organization.uuid(), Bounds::of(query));
    let most = PAGE_ROWS as i64 + 1;
    let rows = lines!(
        tx.connection(),
        organization,
        bounds,
        most,
        " from account.organization_audit_log l where l.organization_id = $1"
    );
    let unnamed = unnamed(&rows);
    let mut names = HashMap::new();
    if !unnamed.is_empty() {
        let found = sqlx::query!(
            r#"select user_id as "id!", name as "name!" from door.organization_people() where user_id = any($2)
            union all select id, name from account.workspaces where organization_id = $1 and id = any($2)
            union all select id, email from account.invites where organization_id = $1 and workspace_id is null and id = any($2)"#,
            organization,
            &unnamed,
        )
        .fetch_all(tx.connection())
        .await?;
        names.extend(found.into_iter().map(|row| (row.id, row.name)));
    }
    let rows = rows
        .into_iter()
        .map(|row| {
            // An organization has no time zone.
            let at = Moment::new(row.at);
            row.tell(&names, at)
        })
        .collect();
    Ok(build(query, rows))
}

/// Returns the people in the workspace's log, as filter options, sorted by name. At most 200.
///
/// # Errors
/// As for [`page`].
#[tracing::instrument(level = "debug", name = "store.audit.actors", skip_all)]
pub async fn actors<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
) -> Result<Vec<(UserId, String)>, StoreError> {
    tx.costly().await?;
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        r#"select l.user_id as "user_id!", max(l.actor) as "actor!" from workspace.audit_log l
        where l.workspace_id = $1 and l.user_id is not null group by l.user_id order by max(l.actor) collate ops.by_name, l.user_id limit 200"#,
        workspace,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), row.actor)).collect())
}

/// Returns the people in the organization's log, as filter options, sorted by name. At most 200.
///
/// # Errors
/// As for [`page`].
#[tracing::instrument(level = "debug", name = "store.audit.actors_of_organization", skip_all)]
pub async fn actors_of_organization(tx: &mut OrganizationTx) -> Result<Vec<(UserId, String)>, StoreError> {
    tx.costly().await?;
    let organization = tx.organization.uuid();
    let rows = sqlx::query!(
        r#"select l.user_id, max(l.actor) as "actor!" from account.organization_audit_log l
        where l.organization_id = $1 group by l.user_id order by max(l.actor) collate ops.by_name, l.user_id limit 200"#,
        organization,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), row.actor)).collect())
}

/// Builds the page and its cursors from rows that include one more than fits.
fn build(query: &AuditQuery, mut rows: Vec<AuditRow>) -> AuditPage {
    let more = rows.len() > PAGE_ROWS;
    rows.truncate(PAGE_ROWS);
    let upwards = matches!(query.position, Position::After(_));
    if upwards {
        rows.reverse();
    }
    let (first, last) = (rows.first().map(|r| r.id), rows.last().map(|r| r.id));
    let (newer, older) = match (upwards, &query.position) {
        (true, _) => (first.filter(|_| more), last),
        (false, Position::Newest) => (None, last.filter(|_| more)),
        (false, _) => (first, last.filter(|_| more)),
    };
    AuditPage { rows, newer, older }
}
