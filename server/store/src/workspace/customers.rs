//! Storage of customers.

use super::listing::{cursor, known, narrow, read};
use crate::{
    audit::{self, named},
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    zone::Zone,
};
use model::{
    audit::{Action, Detail},
    capability::EditContent,
    catalog::Lifecycle,
    customer::{CustomerDetail, CustomerDraft, CustomerRow},
    id::{CustomerId, RatePlanId},
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    email: String,
    country: String,
    rate_plan: Option<String>,
    status: String,
    created_at: OffsetDateTime,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with times in the workspace's time zone.
    fn local(self, zone: &Zone) -> Result<CustomerRow, StoreError> {
        Ok(CustomerRow {
            id: CustomerId::from_uuid(self.id),
            name: self.name,
            email: self.email,
            country: self.country,
            rate_plan: self.rate_plan,
            status: known("status", &self.status, Lifecycle::from_word(&self.status))?,
            created_at: zone.local(self.created_at),
        })
    }
}

macro_rules! customers {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.name, t.name_key as "name_key!", t.email, t.country, p.name as "rate_plan?", t.status, t.created_at,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.customers n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.customers t
            left join workspace.rate_plans p on p.workspace_id = t.workspace_id and p.id = t.rate_plan_id
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0)
                and ($3::text is null or t.status = $3)"#, $key, ("$4", "$5"), ())
    };
}

/// Returns a page of customers.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<CustomerRow>, StoreError> {
    narrow(tx, query).await?;
    let zone = tx.zone();
    let page = if query.sort.by == SortBy::Name {
        customers!(tx, query, String, "t.name_key").page(query, |row| cursor(&row.name_key, row.id))
    } else {
        customers!(tx, query, OffsetDateTime, "t.created_at").page(query, |row| cursor(&row.created_at, row.id))
    };
    page.try_map(|row| row.local(&zone))
}

/// Returns the newest customers, at most 5.
pub(super) async fn newest<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<CustomerRow>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    sqlx::query_as!(
        Row,
        r#"select t.id, t.name, t.name_key as "name_key!", t.email, t.country, p.name as "rate_plan?", t.status, t.created_at, null::bigint as "total?"
        from workspace.customers t
        left join workspace.rate_plans p on p.workspace_id = t.workspace_id and p.id = t.rate_plan_id
        where t.workspace_id = $1 order by t.created_at desc, t.id desc limit 5"#,
        workspace,
    )
    .fetch_all(tx.reading())
    .await?
    .into_iter()
    .map(|row| row.local(&zone))
    .collect()
}

/// Returns a customer with their latest invoices and usage; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.get", skip_all, fields(customer_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: CustomerId) -> Result<Option<CustomerDetail>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        r#"select t.id, t.name, t.name_key as "name_key!", t.email, t.country, t.rate_plan_id, p.name as "rate_plan?", t.note, t.status, t.created_at
        from workspace.customers t
        left join workspace.rate_plans p on p.workspace_id = t.workspace_id and p.id = t.rate_plan_id
        where t.workspace_id = $1 and t.id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let invoices = super::invoices::of_customer(tx, id).await?;
    let usage = super::usage::of_customer(tx, id).await?;
    let (note, rate_plan_id) = (row.note, row.rate_plan_id.map(RatePlanId::from_uuid));
    let row = Row {
        id: row.id,
        name: row.name,
        name_key: row.name_key,
        email: row.email,
        country: row.country,
        rate_plan: row.rate_plan,
        status: row.status,
        created_at: row.created_at,
        total: None,
    };
    Ok(Some(CustomerDetail { row: row.local(&tx.zone())?, rate_plan_id, note, invoices, usage }))
}

/// Creates a customer and logs it.
///
/// # Errors
/// [`StoreError::Refused`] with `customer_rate_plan` if the rate plan does not belong to the workspace.
#[tracing::instrument(level = "debug", name = "store.customers.create", skip_all)]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    draft: &CustomerDraft,
) -> Result<CustomerId, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    sqlx::query!(
        "insert into workspace.customers (workspace_id, id, name, email, country, rate_plan_id, note)
        values ($1, $2, $3, $4, $5, $6, $7)",
        workspace,
        id,
        draft.name.as_str(),
        draft.email.as_str(),
        draft.country,
        draft.rate_plan.map(|p| p.uuid()),
        draft.note,
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::CustomerCreated, id, &Detail::none().with("name", &draft.name)).await?;
    Ok(CustomerId::from_uuid(id))
}

/// Customer to import.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Data of the customer, as from a form.
    pub draft: CustomerDraft,
    /// Active or archived.
    pub status: Lifecycle,
    /// Creation time; `None` means now.
    pub created_at: Option<OffsetDateTime>,
}

/// Stores customers in one statement, in the given order, and logs the import once.
///
/// # Errors
/// [`StoreError::Refused`] with `customer_rate_plan` if a rate plan does not belong to the workspace; then no customer
/// is stored.
#[tracing::instrument(level = "debug", name = "store.customers.import", skip_all)]
pub async fn import(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customers: &[NewCustomer],
) -> Result<Vec<CustomerId>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = customers.iter().map(|_| Uuid::now_v7()).collect();
    let names: Vec<String> = customers.iter().map(|c| c.draft.name.to_string()).collect();
    let emails: Vec<String> = customers.iter().map(|c| c.draft.email.to_string()).collect();
    let countries: Vec<String> = customers.iter().map(|c| c.draft.country.clone()).collect();
    let rate_plans: Vec<Option<Uuid>> = customers.iter().map(|c| c.draft.rate_plan.map(|p| p.uuid())).collect();
    let notes: Vec<String> = customers.iter().map(|c| c.draft.note.clone()).collect();
    let statuses: Vec<String> = customers.iter().map(|c| c.status.as_str().to_owned()).collect();
    let moments: Vec<Option<OffsetDateTime>> = customers.iter().map(|c| c.created_at).collect();
    sqlx::query!(
        "insert into workspace.customers (workspace_id, id, name, email, country, rate_plan_id, note, status, created_at)
        select $1, c.id, c.name, c.email, c.country, c.rate_plan_id, c.note, c.status, coalesce(c.created_at, now())
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::timestamptz[])
            as c (id, name, email, country, rate_plan_id, note, status, created_at)",
        workspace,
        &ids,
        &names,
        &emails,
        &countries,
        &rate_plans as &[Option<Uuid>],
        &notes,
        &statuses,
        &moments as &[Option<OffsetDateTime>],
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::CustomersImported, workspace, &Detail::none()).await?;
    Ok(ids.into_iter().map(CustomerId::from_uuid).collect())
}

/// Updates a customer and logs the changes, if any. Returns `false` if the workspace has no customer with that id.
///
/// # Errors
/// [`StoreError::Refused`] with `customer_rate_plan` if the rate plan does not belong to the workspace.
#[tracing::instrument(level = "debug", name = "store.customers.update", skip_all, fields(customer_id = %id))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: CustomerId,
    draft: &CustomerDraft,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        r#"select t.name, t.email, t.country, t.rate_plan_id, t.note,
            (select p.name from workspace.rate_plans p where p.workspace_id = $1 and p.id = t.rate_plan_id) as rate_plan,
            (select p.name from workspace.rate_plans p where p.workspace_id = $1 and p.id = $3) as next_rate_plan
        from workspace.customers t where t.workspace_id = $1 and t.id = $2 for update of t"#,
        workspace,
        id.uuid(),
        draft.rate_plan.map(|p| p.uuid()),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(false) };
    let moves = before.rate_plan_id != draft.rate_plan.map(|p| p.uuid());
    let changed = Detail::none()
        .change("name", &before.name, &draft.name)
        .change("email", &before.email, draft.email.as_str())
        .change("country", &before.country, &draft.country)
        .change("note", &before.note, &draft.note);
    // Two rate plans may have the same name.
    let changed = match (before.rate_plan.unwrap_or_default(), before.next_rate_plan.unwrap_or_default()) {
        (from, to) if moves && from == to => changed.with("rate_plan", to),
        (from, to) => changed.change("rate_plan", from, to),
    };
    // The detail is truncated, so it can't show a change at the end of a long note.
    if changed.is_empty() && before.note == draft.note && !moves {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.customers set name = $3, email = $4, country = $5, rate_plan_id = $6, note = $7, updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        draft.name.as_str(),
        draft.email.as_str(),
        draft.country,
        draft.rate_plan.map(|p| p.uuid()),
        draft.note,
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = named(changed, &before.name);
    audit::record(tx, Action::CustomerUpdated, id.uuid(), &detail).await?;
    Ok(true)
}

/// Locks a customer until the transaction ends, so that what is read of it next can't change before it is written.
/// Returns `false` if the workspace has no customer with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.lock", skip_all, fields(customer_id = %id))]
pub async fn lock(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: CustomerId) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query_scalar!(
        "select id from workspace.customers where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    Ok(found.is_some())
}

/// Archives or restores a customer, and logs it if the status changed. Returns `false` if the workspace has no customer
/// with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.set_status", skip_all, fields(customer_id = %id))]
pub async fn set_status(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: CustomerId,
    status: Lifecycle,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        "select name, status from workspace.customers where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(false) };
    if before.status == status.as_str() {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.customers set status = $3, updated_at = now() where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        status.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    let action = match status {
        Lifecycle::Active => Action::CustomerActivated,
        Lifecycle::Archived => Action::CustomerArchived,
    };
    audit::record(tx, action, id.uuid(), &Detail::none().with("name", before.name)).await?;
    Ok(true)
}
