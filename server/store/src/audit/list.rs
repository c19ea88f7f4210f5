//! Reading the logs: filtered, by keyset, newest first; and all of what a filter finds, for an export.

use crate::{
    door::{Can, Mode, OrganizationTx, WorkspaceTx},
    error::StoreError,
};
use model::{
    audit::{AuditQuery, AuditRow, Detail, Position},
    capability::ManageSettings,
    id::UserId,
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

/// Lines on one page.
const PAGE_ROWS: usize = 50;
/// Most lines of an export: what a spreadsheet opens, and a request has time for.
pub const CSV_ROWS: i64 = 20_000;

/// A page of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The lines, newest first.
    pub rows: Vec<AuditRow>,
    /// The place of the newer lines, if there are some.
    pub newer: Option<Uuid>,
    /// The place of the older lines, if there are some.
    pub older: Option<Uuid>,
}

struct Row {
    id: Uuid,
    at: OffsetDateTime,
    local: String,
    user_id: Uuid,
    actor: String,
    action: String,
    detail: String,
}

impl TryFrom<Row> for AuditRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            at: row.at,
            local: row.local,
            user: UserId::from_uuid(row.user_id),
            actor: row.actor,
            action: row.action,
            // What somebody wrote there in another form is left out rather than losing the page.
            detail: serde_json::from_str::<Detail>(&row.detail).unwrap_or_default().words(),
        })
    }
}

/// What a query of a log is bound to.
struct Bounds {
    words: Option<Vec<String>>,
    person: Option<Uuid>,
    days: Option<i32>,
    before: Option<Uuid>,
    after: Option<Uuid>,
}

impl Bounds {
    fn of(query: &AuditQuery) -> Self {
        let (before, after) = match query.position {
            Position::Newest => (None, None),
            Position::Before(id) => (Some(id), None),
            Position::After(id) => (None, Some(id)),
        };
        Self {
            words: query.kind.map(|kind| kind.words().into_iter().map(str::to_owned).collect()),
            person: query.person.map(UserId::uuid),
            days: query.period.days(),
            before,
            after,
        }
    }
}

/// One page of the workspace's log.
///
/// # Errors
/// When the database fails.
pub async fn page<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    query: &AuditQuery,
) -> Result<AuditPage, StoreError> {
    let rows = of_workspace(tx, can, &Bounds::of(query), PAGE_ROWS as i64 + 1).await?;
    build(query, rows)
}

/// What a filter finds in the workspace's log, newest first, at most [`CSV_ROWS`] lines.
///
/// # Errors
/// When the database fails.
pub async fn export<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    query: &AuditQuery,
) -> Result<Vec<AuditRow>, StoreError> {
    let query = AuditQuery { position: Position::Newest, ..query.clone() };
    let rows = of_workspace(tx, can, &Bounds::of(&query), CSV_ROWS).await?;
    rows.into_iter().map(AuditRow::try_from).collect()
}

async fn of_workspace<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    bounds: &Bounds,
    most: i64,
) -> Result<Vec<Row>, StoreError> {
    tx.costly().await?;
    let workspace = tx.id().uuid();
    let rows = sqlx::query_as!(
        Row,
        r#"select l.id, l.at, l.user_id, l.actor, l.action, l.detail::text as "detail!",
            to_char(l.at at time zone w.time_zone, 'FMDD Mon YYYY, HH24:MI') as "local!"
        from workspace.audit_log l join account.workspaces w on w.id = l.workspace_id
        where l.workspace_id = $1
            and ($2::text[] is null or l.action = any($2)) and ($3::uuid is null or l.user_id = $3)
            and ($4::int is null or l.at > now() - make_interval(days => $4))
            and ($5::uuid is null or l.id < $5) and ($6::uuid is null or l.id > $6)
        order by case when $6::uuid is null then l.id end desc, l.id limit $7"#,
        workspace,
        bounds.words.as_deref(),
        bounds.person,
        bounds.days,
        bounds.before,
        bounds.after,
        most,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows)
}

/// One page of the organization's log.
///
/// # Errors
/// When the database fails.
pub async fn page_of_organization(tx: &mut OrganizationTx, query: &AuditQuery) -> Result<AuditPage, StoreError> {
    tx.costly().await?;
    let (organization, bounds) = (tx.organization.uuid(), Bounds::of(query));
    let rows = sqlx::query_as!(
        Row,
        r#"select l.id, l.at, l.user_id, l.actor, l.action, l.detail::text as "detail!",
            to_char(l.at, 'FMDD Mon YYYY, HH24:MI "UTC"') as "local!"
        from account.organization_audit_log l
        where l.organization_id = $1
            and ($2::text[] is null or l.action = any($2)) and ($3::uuid is null or l.user_id = $3)
            and ($4::int is null or l.at > now() - make_interval(days => $4))
            and ($5::uuid is null or l.id < $5) and ($6::uuid is null or l.id > $6)
        order by case when $6::uuid is null then l.id end desc, l.id limit $7"#,
        organization,
        bounds.words.as_deref(),
        bounds.person,
        bounds.days,
        bounds.before,
        bounds.after,
        PAGE_ROWS as i64 + 1,
    )
    .fetch_all(tx.connection())
    .await?;
    build(query, rows)
}

/// Who is in the workspace's log, by name: what it can be filtered by. At most 200.
///
/// # Errors
/// When the database fails.
pub async fn actors<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
) -> Result<Vec<(UserId, String)>, StoreError> {
    tx.costly().await?;
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        r#"select l.user_id, max(l.actor) as "actor!" from workspace.audit_log l
        where l.workspace_id = $1 group by l.user_id order by max(l.actor) collate ops.by_name, l.user_id limit 200"#,
        workspace,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), row.actor)).collect())
}

/// Who is in the organization's log, by name. At most 200.
///
/// # Errors
/// When the database fails.
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

/// From one row more than a page has to the page and its neighbours' places.
fn build(query: &AuditQuery, rows: Vec<Row>) -> Result<AuditPage, StoreError> {
    let mut rows: Vec<AuditRow> = rows.into_iter().map(AuditRow::try_from).collect::<Result<_, _>>()?;
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
    Ok(AuditPage { rows, newer, older })
}
