//! Storage of subjects: what the subject of an event can say to mean a customer. A customer's external id is one of
//! them, and is changed with the customer.

use super::written::Written;
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    FieldErrors,
    audit::{Action, Detail},
    capability::EditContent,
    customer::SUBJECTS_MAX,
    id::CustomerId,
};
use sqlx::types::Uuid;

/// Returns the subjects of a customer in alphabetical order, with the external id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subjects.of_customer", skip_all, fields(customer_id = %customer))]
pub async fn of_customer<M: Mode>(tx: &mut WorkspaceTx<M>, customer: CustomerId) -> Result<Vec<String>, StoreError> {
    let workspace = tx.id().uuid();
    let subjects = sqlx::query_scalar!(
        "select subject from workspace.customer_subjects where workspace_id = $1 and customer_id = $2
        order by subject limit 100",
        workspace,
        customer.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(subjects)
}

/// Adds a subject to a customer, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subjects.add", skip_all, fields(customer_id = %customer))]
pub async fn add(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    subject: &str,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    // Locked, so that two transactions can't both add the last subject.
    let name = sqlx::query_scalar!(
        "select name from workspace.customers where workspace_id = $1 and id = $2 for no key update",
        workspace,
        customer.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(name) = name else { return Ok(Written::Absent) };
    let held = of_customer(tx, customer).await?;
    let invalid = |message: &str| Ok(Written::Invalid(FieldErrors::one("subject", message)));
    if held.len() >= SUBJECTS_MAX {
        return invalid("This customer has 10 subjects, which is the most. Remove one first.");
    }
    if held.iter().any(|known| known == subject) {
        return invalid("This customer has this subject already.");
    }
    let written = sqlx::query!(
        "insert into workspace.customer_subjects (workspace_id, subject, customer_id) values ($1, $2, $3)",
        workspace,
        subject,
        customer.uuid(),
    )
    .execute(can.on(tx)?)
    .await
    .map_err(StoreError::from);
    match written {
        Ok(_) => {}
        Err(error) if error.is_refused_by("customer_subject_taken") => {
            return invalid("Another customer has this subject. Remove it there first.");
        }
        Err(error) => return Err(error),
    }
    let detail = Detail::none().with("name", name).with("subject", subject);
    audit::record(tx, Action::SubjectAdded, customer.uuid(), &detail).await?;
    Ok(Written::Done(()))
}

/// Removes a subject of a customer, and logs it. Events that were stored for it stay the customer's.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subjects.remove", skip_all, fields(customer_id = %customer))]
pub async fn remove(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    subject: &str,
) -> Result<Written<()>, StoreError> {
    // The database refuses such a text, even to compare with.
    if subject.contains('\0') {
        return Ok(Written::Absent);
    }
    let workspace = tx.id().uuid();
    let found = sqlx::query!(
        "select name, external_id from workspace.customers where workspace_id = $1 and id = $2 for no key update",
        workspace,
        customer.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(found) = found else { return Ok(Written::Absent) };
    if found.external_id.as_deref() == Some(subject) {
        let message = "This is the customer’s external id. Change it with the customer’s details.";
        return Ok(Written::Invalid(FieldErrors::one("subject", message)));
    }
    if !delete(tx, can, customer, subject).await? {
        return Ok(Written::Absent);
    }
    let detail = Detail::none().with("name", found.name).with("subject", subject);
    audit::record(tx, Action::SubjectRemoved, customer.uuid(), &detail).await?;
    Ok(Written::Done(()))
}

/// Deletes a subject. Returns `false` if the customer does not have it.
async fn delete(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    subject: &str,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let gone = sqlx::query!(
        "delete from workspace.customer_subjects where workspace_id = $1 and customer_id = $2 and subject = $3",
        workspace,
        customer.uuid(),
        subject,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(gone.rows_affected() > 0)
}

/// Stores subjects of customers.
pub(super) async fn insert(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    subjects: &[(Uuid, String)],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let customers: Vec<Uuid> = subjects.iter().map(|(customer, _)| *customer).collect();
    let subjects: Vec<String> = subjects.iter().map(|(_, subject)| subject.clone()).collect();
    sqlx::query!(
        "insert into workspace.customer_subjects (workspace_id, customer_id, subject)
        select $1, n.customer_id, n.subject from unnest($2::uuid[], $3::text[]) as n (customer_id, subject)",
        workspace,
        &customers,
        &subjects,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Removes the subject of the old external id and adds that of the new one, unless the customer has it already.
pub(super) async fn replace_external_id(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: CustomerId,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<(), StoreError> {
    if let Some(old) = old {
        delete(tx, can, id, old).await?;
    }
    let Some(new) = new else { return Ok(()) };
    let held = of_customer(tx, id).await?;
    if held.iter().all(|subject| subject != new) {
        insert(tx, can, &[(id.uuid(), new.to_owned())]).await?;
    }
    Ok(())
}
