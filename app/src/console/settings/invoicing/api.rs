//! Actions of the page of invoicing: the server function and its implementation.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    invoice::{InvoicingInput, SeriesInput, TaxRateInput},
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action of the page. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum InvoicingAction {
    /// Saves seller, texts, terms and automation.
    Save(InvoicingInput),
    /// Saves the series of a kind of document.
    SaveSeries(SeriesInput),
    /// Adds a tax rate.
    AddRate(TaxRateInput),
    /// Changes a tax rate.
    EditRate(RateInput),
    /// Archives a tax rate.
    ArchiveRate {
        /// ID of the rate, not validated.
        id: String,
    },
}

/// Unvalidated form data that changes a tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RateInput {
    /// ID of the rate.
    pub id: String,
    /// Name.
    pub name: String,
    /// Percent.
    pub percent: String,
    /// Code of the category.
    pub category: String,
    /// Note.
    pub note: String,
}

#[cfg(feature = "ssr")]
impl RateInput {
    /// Returns the fields of the rate.
    pub fn rate(&self) -> TaxRateInput {
        TaxRateInput {
            name: self.name.clone(),
            percent: self.percent.clone(),
            category: self.category.clone(),
            note: self.note.clone(),
        }
    }
}

/// Changes the settings of invoicing.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such tax rate.
#[server(input = Json, output = Compact)]
pub async fn act_on_invoicing(workspace: Slug, grant: String, action: InvoicingAction) -> Result<(), AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, &action).await
}

#[cfg(feature = "ssr")] // For a call and for a posted form.
async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    action: &InvoicingAction,
) -> Result<(), AppError> {
    use crate::server::workspace::{writing, written};
    use model::{capability::ManageInvoices, id::TaxRateId};
    use store::invoicing;

    let (mut tx, can) = writing::<ManageInvoices>(call, workspace, grant).await?;
    let rate = |id: &str| id.parse::<TaxRateId>().map_err(|_| AppError::Absent);
    match action {
        InvoicingAction::Save(input) => {
            let settings = input.parse().map_err(AppError::Invalid)?;
            written(invoicing::save_settings(&mut tx, &can, &settings).await?)?;
        }
        InvoicingAction::SaveSeries(input) => {
            let series = input.parse().map_err(AppError::Invalid)?;
            written(invoicing::save_series(&mut tx, &can, &series).await?)?;
        }
        InvoicingAction::AddRate(input) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            written(invoicing::create_tax_rate(&mut tx, &can, &draft).await?)?;
        }
        InvoicingAction::EditRate(input) => {
            let draft = input.rate().parse().map_err(AppError::Invalid)?;
            written(invoicing::edit_tax_rate(&mut tx, &can, rate(&input.id)?, &draft).await?)?;
        }
        InvoicingAction::ArchiveRate { id } => {
            written(invoicing::archive_tax_rate(&mut tx, &can, rate(id)?).await?)?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Handles a form that was posted to the page.
#[cfg(feature = "ssr")]
pub(crate) async fn submit(
    call: &crate::server::call::Call,
    slug: &Slug,
    grant: &str,
    form: &crate::server::form::Form,
) -> Result<(), AppError> {
    apply(call, slug, grant, &form.act()?).await
}
