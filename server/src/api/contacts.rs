//! `/api/v1/workspaces/{slug}/customers/{id}/contacts` and `/subjects`.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    json::{Body, Patch},
    refusals::{identified, written},
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    FieldErrors,
    capability::EditContent,
    contact::{self, ContactDraft, ContactInput},
    id::{ContactId, CustomerId},
    text,
};
use serde::{Deserialize, Serialize};
use store::{
    contacts, customers,
    door::{Mode, WorkspaceTx},
    subjects,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A contact of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    id: Uuid,
    #[schema(example = "Ada Moreau")]
    name: String,
    #[schema(example = "ada@alder.example")]
    email: String,
    /// Whether invoices are sent to the contact.
    gets_invoices: bool,
}

impl From<contact::Contact> for Contact {
    fn from(contact: contact::Contact) -> Self {
        let contact::Contact { id, name, email, gets_invoices } = contact;
        Self { id: id.uuid(), name, email, gets_invoices }
    }
}

/// The contacts of a customer, at most 20.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contacts {
    items: Vec<Contact>,
}

/// A new contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewContact {
    /// 1 to 120 characters.
    name: String,
    /// Unique among the customer's contacts.
    email: String,
    /// Whether invoices are sent to the contact.
    #[serde(default = "yes")]
    gets_invoices: bool,
}

fn yes() -> bool {
    true
}

/// Changes of a contact. Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactChanges {
    /// 1 to 120 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    name: Patch<String>,
    /// Unique among the customer's contacts.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    email: Patch<String>,
    /// Whether invoices are sent to the contact.
    #[serde(default)]
    gets_invoices: Option<bool>,
}

/// The subjects of a customer, at most 10, including the external id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subjects {
    items: Vec<String>,
}

/// A new subject.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubject {
    /// 1 to 200 characters, unique in the workspace.
    #[schema(example = "device-17")]
    subject: String,
}

fn parsed(name: String, email: String, gets_invoices: bool) -> Result<ContactDraft, ApiError> {
    let gets_invoices = if gets_invoices { "on".to_owned() } else { String::new() };
    Ok(ContactInput { name, email, gets_invoices }.parse()?)
}

/// Fails if the workspace has no such customer.
async fn known<M: Mode>(tx: &mut WorkspaceTx<M>, id: &str) -> Result<CustomerId, ApiError> {
    let id = identified(id)?;
    if customers::exists(tx, id).await? { Ok(id) } else { Err(ApiError::NotFound) }
}

async fn find<M: Mode>(tx: &mut WorkspaceTx<M>, customer: CustomerId, id: ContactId) -> Result<Contact, ApiError> {
    let all = contacts::of_customer(tx, customer).await?;
    all.into_iter().find(|contact| contact.id == id).map(Contact::from).ok_or(ApiError::NotFound)
}

/// Lists the contacts of a customer, by name.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers/{id}/contacts",
    operation_id = "listContacts",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The contacts", body = Contacts)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let customer = known(&mut tx, &id).await?;
    let items = contacts::of_customer(&mut tx, customer).await?.into_iter().map(Contact::from).collect();
    Ok(served(&tx.commit().await?, Json(Contacts { items })))
}

/// Adds a contact to a customer.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/customers/{id}/contacts",
    operation_id = "createContact",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    request_body = NewContact,
    responses((status = 201, description = "The contact", body = Contact)),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewContact>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let customer = identified(&id)?;
    let draft = parsed(new.name, new.email, new.gets_invoices)?;
    let id = written(contacts::create(&mut tx, &can, customer, &draft).await?)?;
    let contact = find(&mut tx, customer, id).await?;
    Ok(served(&tx.commit().await?, (StatusCode::CREATED, Tagged(contact))))
}

/// Changes a contact of a customer.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/customers/{id}/contacts/{contact_id}",
    operation_id = "changeContact",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id"),
        ("contact_id" = String, Path, description = "The contact's id")),
    request_body = ContactChanges,
    responses((status = 200, description = "The changed contact", body = Contact)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id, contact)): Path<(String, String, String)>,
    Body(changes): Body<ContactChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let customer = identified(&id)?;
    let contact: ContactId = contact.parse().map_err(|_| ApiError::NotFound)?;
    // Locked, so that no other change comes between what is compared and what is written.
    if !customers::lock(&mut tx, &can, customer).await? {
        return Err(ApiError::NotFound);
    }
    let before = find(&mut tx, customer, contact).await?;
    if_match.check(&before)?;
    let Contact { mut name, mut email, gets_invoices, .. } = before;
    changes.name.apply(&mut name);
    changes.email.apply(&mut email);
    let draft = parsed(name, email, changes.gets_invoices.unwrap_or(gets_invoices))?;
    written(contacts::update(&mut tx, &can, customer, contact, &draft).await?)?;
    let after = find(&mut tx, customer, contact).await?;
    Ok(served(&tx.commit().await?, Tagged(after)))
}

/// Removes a contact of a customer.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/customers/{id}/contacts/{contact_id}",
    operation_id = "removeContact",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id"),
        ("contact_id" = String, Path, description = "The contact's id")),
    responses((status = 204, description = "It is removed")),
    security(("operator_token" = []))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, contact)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let contact: ContactId = contact.parse().map_err(|_| ApiError::NotFound)?;
    if !contacts::remove(&mut tx, &can, identified(&id)?, contact).await? {
        return Err(ApiError::NotFound);
    }
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}

/// Lists the subjects of a customer, including the external id.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers/{id}/subjects",
    operation_id = "listSubjects",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The subjects", body = Subjects)),
    security(("operator_token" = []))
)]
pub(super) async fn list_subjects(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let customer = known(&mut tx, &id).await?;
    let items = subjects::of_customer(&mut tx, customer).await?;
    Ok(served(&tx.commit().await?, Json(Subjects { items })))
}

/// Adds a subject to a customer.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/customers/{id}/subjects",
    operation_id = "addSubject",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    request_body = NewSubject,
    responses((status = 201, description = "All subjects of the customer", body = Subjects)),
    security(("operator_token" = []))
)]
pub(super) async fn add_subject(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewSubject>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let customer = identified(&id)?;
    let subject = text::subject("a subject", &new.subject);
    let subject = subject.map_err(|message| ApiError::Invalid(FieldErrors::one("subject", message)))?;
    written(subjects::add(&mut tx, &can, customer, &subject).await?)?;
    let items = subjects::of_customer(&mut tx, customer).await?;
    Ok(served(&tx.commit().await?, (StatusCode::CREATED, Json(Subjects { items }))))
}

/// Removes a subject of a customer.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/customers/{id}/subjects/{subject}",
    operation_id = "removeSubject",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id"),
        ("subject" = String, Path, description = "The subject, percent-encoded")),
    responses((status = 204, description = "It is removed")),
    security(("operator_token" = []))
)]
pub(super) async fn remove_subject(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, subject)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    written(subjects::remove(&mut tx, &can, identified(&id)?, &subject).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}
