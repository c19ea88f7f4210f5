//! Storage of contacts of customers.

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
    contact::{CONTACTS_MAX, Contact, ContactDraft},
    id::{ContactId, CustomerId},
};
use sqlx::types::Uuid;

/// Returns the contacts of a customer, by name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.contacts.of_customer", skip_all, fields(customer_id = %customer))]
pub async fn of_customer<M: Mode>(tx: &mut WorkspaceTx<M>, customer: CustomerId) -> Result<Vec<Contact>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        "select id, name, email, gets_invoices from workspace.customer_contacts
        where workspace_id = $1 and customer_id = $2 order by lower(name), id limit 100",
        workspace,
        customer.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let contact = |id, name, email, gets_invoices| Contact { id: ContactId::from_uuid(id), name, email, gets_invoices };
    Ok(rows.into_iter().map(|row| contact(row.id, row.name, row.email, row.gets_invoices)).collect())
}

/// Adds a contact to a customer, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.contacts.create", skip_all, fields(customer_id = %customer))]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    draft: &ContactDraft,
) -> Result<Written<ContactId>, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    // Locked, so that two transactions can't both add the last contact.
    let name = sqlx::query_scalar!(
        "select name from workspace.customers where workspace_id = $1 and id = $2 for no key update",
        workspace,
        customer.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(name) = name else { return Ok(Written::Absent) };
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from workspace.customer_contacts where workspace_id = $1 and customer_id = $2"#,
        workspace,
        customer.uuid(),
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= CONTACTS_MAX {
        return Ok(invalid("This customer has 20 contacts, which is the most."));
    }
    let written = sqlx::query!(
        "insert into workspace.customer_contacts (workspace_id, id, customer_id, name, email, gets_invoices)
        values ($1, $2, $3, $4, $5, $6)",
        workspace,
        id,
        customer.uuid(),
        draft.name.as_str(),
        draft.email.as_str(),
        draft.gets_invoices,
    )
    .execute(can.on(tx)?)
    .await;
    if let Err(error) = written {
        return refused(error.into());
    }
    let detail = Detail::none().with("name", name).with("contact", &draft.name).with("email", draft.email.as_str());
    audit::record(tx, Action::ContactAdded, customer.uuid(), &detail).await?;
    Ok(Written::Done(ContactId::from_uuid(id)))
}

/// Updates a contact of a customer, and logs the changes, if any.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.contacts.update", skip_all, fields(customer_id = %customer))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    id: ContactId,
    draft: &ContactDraft,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        "select k.name, k.email, k.gets_invoices, c.name as customer from workspace.customer_contacts k
        join workspace.customers c on c.workspace_id = k.workspace_id and c.id = k.customer_id
        where k.workspace_id = $1 and k.customer_id = $2 and k.id = $3 for update of k",
        workspace,
        customer.uuid(),
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(Written::Absent) };
    let changed = Detail::none()
        .change("contact", &before.name, &draft.name)
        .change("email", &before.email, draft.email.as_str())
        .change("gets_invoices", before.gets_invoices, draft.gets_invoices);
    if changed.is_empty() {
        return Ok(Written::Done(()));
    }
    let written = sqlx::query!(
        "update workspace.customer_contacts set name = $4, email = $5, gets_invoices = $6
        where workspace_id = $1 and customer_id = $2 and id = $3",
        workspace,
        customer.uuid(),
        id.uuid(),
        draft.name.as_str(),
        draft.email.as_str(),
        draft.gets_invoices,
    )
    .execute(can.on(tx)?)
    .await;
    if let Err(error) = written {
        return refused(error.into());
    }
    audit::record(tx, Action::ContactUpdated, customer.uuid(), &changed.with("name", before.customer)).await?;
    Ok(Written::Done(()))
}

/// Removes a contact of a customer, and logs it. Returns `false` if the customer has no contact with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.contacts.remove", skip_all, fields(customer_id = %customer))]
pub async fn remove(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    id: ContactId,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let gone = sqlx::query!(
        r#"delete from workspace.customer_contacts k using workspace.customers c
        where k.workspace_id = $1 and k.customer_id = $2 and k.id = $3
            and c.workspace_id = k.workspace_id and c.id = k.customer_id
        returning k.name, k.email, c.name as "customer!""#,
        workspace,
        customer.uuid(),
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(gone) = gone else { return Ok(false) };
    let detail = Detail::none().with("name", gone.customer).with("contact", gone.name).with("email", gone.email);
    audit::record(tx, Action::ContactRemoved, customer.uuid(), &detail).await?;
    Ok(true)
}

/// Contact to import.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// Customer of the workspace.
    pub customer: CustomerId,
    /// Data of the contact, as from a form.
    pub draft: ContactDraft,
}

/// Stores contacts in one statement. They are not logged: the import of their customers is.
///
/// # Errors
/// [`StoreError::Refused`] if a customer does not belong to the workspace or has the address twice; then no contact is
/// stored.
#[tracing::instrument(level = "debug", name = "store.contacts.import", skip_all)]
pub async fn import(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    contacts: &[NewContact],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = contacts.iter().map(|_| Uuid::now_v7()).collect();
    let customers: Vec<Uuid> = contacts.iter().map(|one| one.customer.uuid()).collect();
    let names: Vec<String> = contacts.iter().map(|one| one.draft.name.to_string()).collect();
    let emails: Vec<String> = contacts.iter().map(|one| one.draft.email.to_string()).collect();
    let invoiced: Vec<bool> = contacts.iter().map(|one| one.draft.gets_invoices).collect();
    sqlx::query!(
        "insert into workspace.customer_contacts (workspace_id, id, customer_id, name, email, gets_invoices)
        select $1, n.id, n.customer_id, n.name, n.email, n.gets_invoices
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::boolean[])
            as n (id, customer_id, name, email, gets_invoices)",
        workspace,
        &ids,
        &customers,
        &names,
        &emails,
        &invoiced,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

fn invalid<T>(message: &str) -> Written<T> {
    Written::Invalid(FieldErrors::one("email", message))
}

fn refused<T>(error: StoreError) -> Result<Written<T>, StoreError> {
    if error.is_refused_by("customer_contact_twice") {
        Ok(invalid("This customer has a contact with this email already."))
    } else {
        Err(error)
    }
}
