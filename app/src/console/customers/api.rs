//! Actions of a customer's pages: the server functions and their implementation.

#[cfg(feature = "ssr")]
use crate::server::workspace::written;
use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use model::FieldErrors;
use model::{
    Slug,
    catalog::Lifecycle,
    contact::ContactInput,
    customer::CustomerInput,
    id::{ContactId, CustomerId},
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action of a customer's pages. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CustomerAction {
    /// Creates the customer, or updates it.
    Save(Box<CustomerInput>),
    /// Archives the customer.
    Archive,
    /// Restores an archived customer.
    Restore,
    /// Adds a subject.
    AddSubject {
        /// The subject, not validated.
        subject: String,
    },
    /// Removes a subject.
    RemoveSubject {
        /// The subject.
        subject: String,
    },
    /// Removes a contact.
    RemoveContact {
        /// ID of the contact, not validated.
        contact: String,
    },
}

impl From<Lifecycle> for CustomerAction {
    fn from(status: Lifecycle) -> Self {
        match status {
            Lifecycle::Active => Self::Restore,
            Lifecycle::Archived => Self::Archive,
        }
    }
}

/// Applies an action to the customer with `id`, or creates a customer. Returns its id.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such customer.
#[server(input = Json, output = Compact)]
pub async fn act_on_customer(
    workspace: Slug,
    grant: String,
    id: Option<CustomerId>,
    action: CustomerAction,
) -> Result<CustomerId, AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Implementation of [`act_on_customer`], which posted forms call too.
#[cfg(feature = "ssr")]
async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    id: Option<CustomerId>,
    action: &CustomerAction,
) -> Result<CustomerId, AppError> {
    use crate::server::workspace::writing;
    use model::{capability::EditContent, text};
    use store::{contacts, customers, subjects};

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let changed = match (action, id) {
        (CustomerAction::Save(input), None) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            Some(customers::create(&mut tx, &can, &draft).await.map_err(taken)?)
        }
        (CustomerAction::Save(input), Some(id)) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            customers::update(&mut tx, &can, id, &draft).await.map_err(taken)?.then_some(id)
        }
        (CustomerAction::Archive, Some(id)) => {
            customers::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
        }
        (CustomerAction::Restore, Some(id)) => {
            customers::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
        }
        (CustomerAction::AddSubject { subject }, Some(id)) => {
            let parsed = text::subject("a subject", subject);
            let subject = parsed.map_err(|message| AppError::Invalid(FieldErrors::one("subject", message)))?;
            written(subjects::add(&mut tx, &can, id, &subject).await?)?;
            Some(id)
        }
        (CustomerAction::RemoveSubject { subject }, Some(id)) => {
            written(subjects::remove(&mut tx, &can, id, subject).await?)?;
            Some(id)
        }
        (CustomerAction::RemoveContact { contact }, Some(id)) => {
            let contact = contact.parse().map_err(|_| AppError::Absent)?;
            contacts::remove(&mut tx, &can, id, contact).await?.then_some(id)
        }
        (_, None) => None,
    };
    let id = changed.ok_or(AppError::Absent)?;
    tx.commit().await?;
    Ok(id)
}

/// Converts the violation of a constraint of the external id into a field error.
#[cfg(feature = "ssr")]
fn taken(error: store::StoreError) -> AppError {
    let taken = ["customer_external_id_taken", "customer_subject_taken"];
    if taken.into_iter().any(|constraint| error.is_refused_by(constraint)) {
        let message = "Another customer has this external id, or has it as a subject. Use another one.";
        AppError::Invalid(FieldErrors::one("external_id", message))
    } else if error.is_refused_by("customer_tax_rate") {
        AppError::Invalid(FieldErrors::one("tax_rate", "Choose a tax rate from the list."))
    } else {
        AppError::from(error)
    }
}

/// Saves a contact of a customer, or adds one.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such customer or contact.
#[server(input = Json, output = Compact)]
pub async fn save_contact(
    workspace: Slug,
    grant: String,
    customer: CustomerId,
    contact: Option<ContactId>,
    input: ContactInput,
) -> Result<(), AppError> {
    save(&crate::server::call::context()?, &workspace, &grant, customer, contact, &input).await
}

/// Implementation of [`save_contact`], which posted forms call too.
#[cfg(feature = "ssr")]
async fn save(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    customer: CustomerId,
    contact: Option<ContactId>,
    input: &ContactInput,
) -> Result<(), AppError> {
    use crate::server::workspace::writing;
    use model::capability::EditContent;
    use store::contacts;

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let draft = input.parse().map_err(AppError::Invalid)?;
    match contact {
        Some(contact) => written(contacts::update(&mut tx, &can, customer, contact, &draft).await?)?,
        None => {
            written(contacts::create(&mut tx, &can, customer, &draft).await?)?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Returns the data of the form of a contact, or of a new one. `None` if the workspace has no such customer or contact.
#[cfg(feature = "ssr")]
pub(crate) async fn contact<M: store::door::Mode>(
    tx: &mut store::door::WorkspaceTx<M>,
    customer: CustomerId,
    contact: Option<ContactId>,
    new: ContactInput,
) -> Result<Option<crate::routes::VisitData>, AppError> {
    let Some(found) = store::customers::get(tx, customer).await? else { return Ok(None) };
    let input = match contact {
        None => Some(new),
        Some(id) => found.contacts.iter().find(|contact| contact.id == id).map(ContactInput::from),
    };
    let name = found.row.name;
    Ok(input.map(|input| crate::routes::VisitData::ContactForm { customer: name, input: Box::new(input) }))
}

/// Handles a form that was posted to a page of customers or contacts.
#[cfg(feature = "ssr")]
pub(crate) async fn submit(
    call: &crate::server::call::Call,
    slug: &Slug,
    grant: &str,
    page: &crate::routes::Page,
    form: &crate::server::form::Form,
) -> Result<crate::server::form::Outcome, AppError> {
    use crate::{
        routes::Page,
        server::form::{Outcome, not_understood},
    };

    let id = match page {
        Page::NewCustomer | Page::NewCustomerOf(_) => {
            apply(call, slug, grant, None, &CustomerAction::Save(Box::new(form.saved()?))).await?
        }
        Page::EditCustomer(id) => {
            apply(call, slug, grant, Some(*id), &CustomerAction::Save(Box::new(form.saved()?))).await?
        }
        Page::Customer(id) => match form.act()? {
            // A customer is saved by its form.
            CustomerAction::Save(_) => return Err(not_understood()),
            action => apply(call, slug, grant, Some(*id), &action).await?,
        },
        Page::NewContact(id) => {
            save(call, slug, grant, *id, None, &form.saved()?).await?;
            *id
        }
        Page::EditContact(id, contact) => {
            save(call, slug, grant, *id, Some(*contact), &form.saved()?).await?;
            *id
        }
        _ => return Err(not_understood()),
    };
    Ok(Outcome::Go(Page::Customer(id).url(slug)))
}
