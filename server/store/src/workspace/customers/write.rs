//! Writes of customers.

use super::super::{
    lifecycle::{lock_record, set_record_status},
    subjects,
};
use crate::{
    audit::{self, named},
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    audit::{Action, Detail},
    capability::EditContent,
    catalog::Lifecycle,
    customer::CustomerDraft,
    id::{CustomerId, TaxRateId},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

/// Creates a customer and logs it. The external id becomes a subject of the customer.
///
/// # Errors
/// [`StoreError::Refused`] with `customer_external_id_taken` or `customer_subject_taken` if another customer has the
/// external id, or has it as a subject.
#[tracing::instrument(level = "debug", name = "store.customers.create", skip_all)]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    draft: &CustomerDraft,
) -> Result<CustomerId, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    sqlx::query!(
        "insert into workspace.customers
            (workspace_id, id, name, email, country, legal_name, address, tax_id, external_id, note, tax_rate_id,
            payment_days)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        workspace,
        id,
        draft.name.as_str(),
        draft.email.as_str(),
        draft.country,
        draft.legal_name,
        draft.address,
        draft.tax_id,
        draft.external_id,
        draft.note,
        draft.tax_rate.map(TaxRateId::uuid),
        draft.payment_days.map(i32::from),
    )
    .execute(can.on(tx)?)
    .await?;
    if let Some(external_id) = &draft.external_id {
        subjects::insert(tx, can, &[(id, external_id.clone())]).await?;
    }
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
/// [`StoreError::Refused`] with `customer_external_id_taken` or `customer_subject_taken` if an external id is taken;
/// then no customer is stored.
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
    let legal_names: Vec<String> = customers.iter().map(|c| c.draft.legal_name.clone()).collect();
    let addresses: Vec<String> = customers.iter().map(|c| c.draft.address.clone()).collect();
    let tax_ids: Vec<String> = customers.iter().map(|c| c.draft.tax_id.clone()).collect();
    let external_ids: Vec<Option<String>> = customers.iter().map(|c| c.draft.external_id.clone()).collect();
    let notes: Vec<String> = customers.iter().map(|c| c.draft.note.clone()).collect();
    let statuses: Vec<String> = customers.iter().map(|c| c.status.as_str().to_owned()).collect();
    let tax_rates: Vec<Option<Uuid>> = customers.iter().map(|c| c.draft.tax_rate.map(TaxRateId::uuid)).collect();
    let payment_days: Vec<Option<i32>> = customers.iter().map(|c| c.draft.payment_days.map(i32::from)).collect();
    let moments: Vec<Option<OffsetDateTime>> = customers.iter().map(|c| c.created_at).collect();
    sqlx::query!(
        "insert into workspace.customers
            (workspace_id, id, name, email, country, legal_name, address, tax_id, external_id, note, status, created_at,
            tax_rate_id, payment_days)
        select $1, c.id, c.name, c.email, c.country, c.legal_name, c.address, c.tax_id, c.external_id, c.note, c.status,
            coalesce(c.created_at, now()), c.tax_rate_id, c.payment_days
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::text[], $11::text[], $12::timestamptz[], $13::uuid[], $14::integer[])
            as c (id, name, email, country, legal_name, address, tax_id, external_id, note, status, created_at,
                tax_rate_id, payment_days)",
        workspace,
        &ids,
        &names,
        &emails,
        &countries,
        &legal_names,
        &addresses,
        &tax_ids,
        &external_ids as &[Option<String>],
        &notes,
        &statuses,
        &moments as &[Option<OffsetDateTime>],
        &tax_rates as &[Option<Uuid>],
        &payment_days as &[Option<i32>],
    )
    .execute(can.on(tx)?)
    .await?;
    let subjects: Vec<(Uuid, String)> =
        ids.iter().zip(external_ids).filter_map(|(id, subject)| Some((*id, subject?))).collect();
    subjects::insert(tx, can, &subjects).await?;
    audit::record(tx, Action::CustomersImported, workspace, &Detail::none()).await?;
    Ok(ids.into_iter().map(CustomerId::from_uuid).collect())
}

/// Updates a customer and logs the changes, if any. Returns `false` if the workspace has no customer with that id. The
/// external id is a subject of the customer: a new one is added, and the old one is removed.
///
/// # Errors
/// [`StoreError::Refused`] with `customer_external_id_taken` or `customer_subject_taken` if another customer has the
/// external id, or has it as a subject.
#[tracing::instrument(level = "debug", name = "store.customers.update", skip_all, fields(customer_id = %id))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: CustomerId,
    draft: &CustomerDraft,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        r#"select t.name, t.email, t.country, t.legal_name, t.address, t.tax_id, t.external_id, t.note, t.tax_rate_id,
            t.payment_days
        from workspace.customers t where t.workspace_id = $1 and t.id = $2 for update of t"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(false) };
    let changed = Detail::none()
        .change("name", &before.name, &draft.name)
        .change("email", &before.email, draft.email.as_str())
        .change("country", &before.country, &draft.country)
        .change("legal_name", &before.legal_name, &draft.legal_name)
        .change("address", &before.address, &draft.address)
        .change("tax_id", &before.tax_id, &draft.tax_id)
        .change(
            "external_id",
            before.external_id.as_deref().unwrap_or_default(),
            draft.external_id.as_deref().unwrap_or_default(),
        )
        .change("note", &before.note, &draft.note)
        .change("payment_days", days(before.payment_days), days(draft.payment_days.map(i32::from)));
    let rate_stays = before.tax_rate_id == draft.tax_rate.map(TaxRateId::uuid);
    let changed = if rate_stays { changed } else { changed.with("tax_rate", "changed") };
    // The detail is truncated, so it can't show a change at the end of a long note or address.
    if changed.is_empty() && before.note == draft.note && before.address == draft.address {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.customers
        set name = $3, email = $4, country = $5, legal_name = $6, address = $7, tax_id = $8, external_id = $9, note = $10,
            tax_rate_id = $11, payment_days = $12, updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        draft.name.as_str(),
        draft.email.as_str(),
        draft.country,
        draft.legal_name,
        draft.address,
        draft.tax_id,
        draft.external_id,
        draft.note,
        draft.tax_rate.map(TaxRateId::uuid),
        draft.payment_days.map(i32::from),
    )
    .execute(can.on(tx)?)
    .await?;
    if before.external_id != draft.external_id {
        let (old, new) = (before.external_id.as_deref(), draft.external_id.as_deref());
        subjects::replace_external_id(tx, can, id, old, new).await?;
    }
    let detail = named(changed, &before.name);
    audit::record(tx, Action::CustomerUpdated, id.uuid(), &detail).await?;
    Ok(true)
}

fn days(days: Option<i32>) -> String {
    days.map(|days| days.to_string()).unwrap_or_default()
}

/// Locks a customer until the transaction ends, so that what is read of it next can't change before it is written.
/// Returns `false` if the workspace has no customer with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.lock", skip_all, fields(customer_id = %id))]
pub async fn lock(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: CustomerId) -> Result<bool, StoreError> {
    lock_record!(tx, can, "customers", id)
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
    set_record_status!(tx, can, "customers", id, status, Action::CustomerActivated, Action::CustomerArchived)
}
