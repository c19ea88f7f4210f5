//! Actions of the pages of documents: the server functions and their implementation.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    id::InvoiceId,
    invoice::{CreditInput, DraftInput, IssueInput, LineInput, NewInvoiceInput, PaymentInput, Run, VoidInput},
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Name of the returned value that says what a run did without JavaScript.
pub(crate) const RESULT: &str = "result";

/// Action of a document's page. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum InvoiceAction {
    /// Saves the note of a draft.
    Save(DraftInput),
    /// Adds a line to a draft.
    AddLine(LineInput),
    /// Removes a line that a person entered from a draft.
    RemoveLine {
        /// Position of the line, not validated.
        position: String,
    },
    /// Issues a draft.
    Issue(IssueInput),
    /// Deletes a draft.
    Delete,
    /// Voids an invoice.
    Void(VoidInput),
    /// Drafts a void invoice again.
    Remake,
    /// Records a payment or a refund.
    Pay(PaymentInput),
    /// Reverses a payment.
    Reverse {
        /// ID of the payment, not validated.
        payment: String,
    },
}

/// Applies an action to a document. Returns the document to show afterwards, or `None` if it was deleted.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields, on `basis` if the draft is not what was on screen or is blocked;
/// [`AppError::Denied`] without the capability; [`AppError::Absent`] if this workspace has no such document.
#[server(input = Json, output = Compact)]
pub async fn act_on_invoice(
    workspace: Slug,
    grant: String,
    id: InvoiceId,
    action: InvoiceAction,
) -> Result<Option<InvoiceId>, AppError> {
    ssr::apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Creates a draft without a subscription. Returns its id.
///
/// # Errors
/// As [`act_on_invoice`].
#[server(input = Json, output = Compact)]
pub async fn create_invoice(workspace: Slug, grant: String, input: NewInvoiceInput) -> Result<InvoiceId, AppError> {
    ssr::create(&crate::server::call::context()?, &workspace, &grant, &input).await
}

/// Issues a credit note for lines of an invoice. Returns its id.
///
/// # Errors
/// As [`act_on_invoice`].
#[server(input = Json, output = Compact)]
pub async fn credit_invoice(
    workspace: Slug,
    grant: String,
    id: InvoiceId,
    input: CreditInput,
) -> Result<InvoiceId, AppError> {
    ssr::credit(&crate::server::call::context()?, &workspace, &grant, id, &input).await
}

/// Drafts invoices for the cuts that are chosen. Returns what was done, in words.
///
/// # Errors
/// [`AppError::Invalid`] on `cuts` if none is chosen; [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn draft_due(workspace: Slug, grant: String, run: Run) -> Result<String, AppError> {
    ssr::draft(&crate::server::call::context()?, &workspace, &grant, &run).await
}

/// Returns the cuts that a form names: the controls `cut`, each with a subscription, a colon and a day.
pub(crate) fn chosen<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Run {
    let cuts = pairs.into_iter().filter(|(name, _)| *name == "cut").filter_map(|(_, value)| {
        let (subscription, day) = value.split_once(':')?;
        Some((subscription.parse().ok()?, model::calendar::parse_day(day)?))
    });
    Run { cuts: cuts.collect() }
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::{credit_page, new_page, page, submit};

/// Implementation of the actions, which calls and posted forms share.
#[cfg(feature = "ssr")]
mod ssr {
    use crate::{
        boot::Returned,
        console::invoices::{
            api::{InvoiceAction, RESULT, chosen},
            send::send,
        },
        error::AppError,
        routes::{Page, VisitData},
        server::{
            call::Call,
            form::{Form, Outcome, not_understood},
            workspace::{writing, written},
        },
    };
    use model::{
        Capability, FieldErrors, Slug,
        capability::ManageInvoices,
        catalog::Lifecycle,
        count::pluralize,
        id::{CustomerId, InvoiceId, SubscriptionId},
        invoice::{
            CreditInput, CreditPage, CreditPreview, Document, DocumentPage, InvoiceStatus, NewInvoiceInput,
            NewInvoicePage, Run, RunResult,
        },
        list::{ListQuery, Noun, PAGE_ROWS_MAX},
        moment,
    };
    use std::collections::HashMap;
    use store::{
        Written,
        door::{Mode, WorkspaceTx},
        invoices::{self, Issued},
    };

    /// Loads the page of a document.
    pub(crate) async fn page<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Option<VisitData>, AppError> {
        let Some(document) = invoices::document(tx, id).await? else { return Ok(None) };
        let may_edit = tx.tenant().seat.capabilities().has(Capability::ManageInvoices);
        let tax_rates = if may_edit && document.row.status == InvoiceStatus::Draft {
            let rates = store::invoicing::tax_rates(tx).await?.into_iter();
            rates.filter(|rate| !rate.archived).map(|rate| (rate.id, rate.name)).collect()
        } else {
            Vec::new()
        };
        Ok(Some(VisitData::Invoice(Box::new(DocumentPage { document, tax_rates }))))
    }

    /// Loads the form of an invoice without a subscription. An unknown customer is ignored.
    pub(crate) async fn new_page<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        customer: Option<CustomerId>,
    ) -> Result<VisitData, AppError> {
        let query = ListQuery { status: Some("active".to_owned()), ..ListQuery::new(Noun::Customers) };
        let list = store::customers::list(tx, &query.of_rows(PAGE_ROWS_MAX)).await?;
        let more = list.next.is_some();
        let mut customers: Vec<(CustomerId, String)> = list.rows.into_iter().map(|row| (row.id, row.name)).collect();
        let mut input = NewInvoiceInput::default();
        if let Some(id) = customer
            && let Some(found) = store::customers::get(tx, id).await?
            && found.row.status == Lifecycle::Active
        {
            input.customer = id.to_string();
            if !customers.iter().any(|(listed, _)| *listed == id) {
                customers.insert(0, (id, found.row.name));
            }
            let currency = found.invoices.first().map(|invoice| invoice.total.currency.code());
            input.currency = currency.unwrap_or_default().to_owned();
        }
        Ok(VisitData::NewInvoice(Box::new(NewInvoicePage { input, customers, more })))
    }

    /// Loads the form of a credit note. `None` unless the workspace has such an invoice that is issued and not void.
    pub(crate) async fn credit_page<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        id: InvoiceId,
        input: CreditInput,
    ) -> Result<Option<VisitData>, AppError> {
        let Some(document) = invoices::document(tx, id).await? else { return Ok(None) };
        if !crate::console::invoices::api::can_be_credited(&document) {
            return Ok(None);
        }
        let mut credited: HashMap<u16, i64> = HashMap::new();
        for note in &document.credit_notes {
            let Some(note) = invoices::document(tx, note.id).await? else { continue };
            for line in note.lines {
                if let Some(position) = line.credits {
                    *credited.entry(position).or_default() += line.net_minor;
                }
            }
        }
        let left = |position: u16, net: i64| net - credited.get(&position).copied().unwrap_or_default();
        let left = document.lines.iter().map(|line| left(line.position, line.net_minor).max(0)).collect();
        let preview = preview(tx, &document, &input).await?;
        Ok(Some(VisitData::CreditInvoice(Box::new(CreditPage { document, left, input, preview }))))
    }

    async fn preview<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        document: &Document,
        input: &CreditInput,
    ) -> Result<CreditPreview, AppError> {
        if input.amounts.iter().all(|amount| amount.trim().is_empty()) {
            return Ok(CreditPreview::default());
        }
        let problem = |errors: FieldErrors| {
            let first = errors.0.first().map(|error| error.message.clone());
            CreditPreview { taxes: Vec::new(), problem: first }
        };
        let draft = match input.parse(document.totals.currency) {
            Ok(draft) => draft,
            Err(errors) => return Ok(problem(errors)),
        };
        Ok(match invoices::credit_preview(tx, document.row.id, &draft).await? {
            Written::Done(taxes) => CreditPreview { taxes, problem: None },
            Written::Invalid(errors) => problem(errors),
            Written::Absent => return Err(AppError::Absent),
        })
    }

    pub(super) async fn apply(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: InvoiceId,
        action: &InvoiceAction,
    ) -> Result<Option<InvoiceId>, AppError> {
        let (mut tx, can) = writing::<ManageInvoices>(call, workspace, grant).await?;
        let currency = invoices::get(&mut tx, id).await?.ok_or(AppError::Absent)?.total.currency;
        let mut shown = Some(id);
        match action {
            InvoiceAction::Save(input) => {
                let note = input.parse().map_err(AppError::Invalid)?;
                written(invoices::edit(&mut tx, &can, id, &note).await?)?;
            }
            InvoiceAction::AddLine(input) => {
                let line = input.parse(currency).map_err(AppError::Invalid)?;
                written(invoices::add_line(&mut tx, &can, id, &line).await?)?;
            }
            InvoiceAction::RemoveLine { position } => {
                let position = position.parse().map_err(|_| AppError::Absent)?;
                written(invoices::remove_line(&mut tx, &can, id, position).await?)?;
            }
            InvoiceAction::Issue(input) => {
                let basis = input.parse().map_err(AppError::Invalid)?;
                issued(invoices::issue(&mut tx, &can, id, &basis).await.map_err(|error| {
                    let message =
                        "An imported invoice has the next number. Change the series under Settings › Invoicing.";
                    crate::server::workspace::refused(error, "invoice_number_taken", "basis", message)
                })?)?;
            }
            InvoiceAction::Delete => {
                written(invoices::delete(&mut tx, &can, id).await?)?;
                shown = None;
            }
            InvoiceAction::Void(input) => {
                let reason = input.parse().map_err(AppError::Invalid)?;
                written(invoices::void(&mut tx, &can, id, &reason).await?)?;
            }
            InvoiceAction::Remake => shown = Some(written(invoices::remake(&mut tx, &can, id).await?)?),
            InvoiceAction::Pay(input) => {
                let payment = input.parse(currency, tx.today()).map_err(AppError::Invalid)?;
                written(invoices::pay(&mut tx, &can, id, &payment).await?)?;
            }
            InvoiceAction::Reverse { payment } => {
                let payment = payment.parse().map_err(|_| AppError::Absent)?;
                written(invoices::reverse_payment(&mut tx, &can, id, payment).await?)?;
            }
        }
        tx.commit().await?;
        Ok(shown)
    }

    /// Converts the outcome of issuing into an error, unless the draft is issued.
    fn issued(outcome: Issued) -> Result<(), AppError> {
        let message = match outcome {
            Issued::Done(_) => return Ok(()),
            Issued::Absent => return Err(AppError::Absent),
            Issued::Blocked(blockers) => blockers.iter().map(|blocker| blocker.text()).collect::<Vec<_>>().join(" "),
            Issued::Moved(document) => {
                let now = document.totals.money(document.totals.total_minor);
                match &document.moved {
                    Some(moved) => format!(
                        "The lines changed since you opened this draft. The total was {}, and is {now} as of now. \
                         Nothing was issued. Check the new version, and issue it.",
                        moved.before
                    ),
                    None => format!(
                        "This draft changed since you opened it. The total is {now} as of now. Nothing was issued. \
                         Check the new version, and issue it."
                    ),
                }
            }
        };
        Err(AppError::Invalid(FieldErrors::one("basis", message)))
    }

    pub(super) async fn create(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        input: &NewInvoiceInput,
    ) -> Result<InvoiceId, AppError> {
        let (mut tx, can) = writing::<ManageInvoices>(call, workspace, grant).await?;
        let new = input.parse().map_err(AppError::Invalid)?;
        let id = written(invoices::create(&mut tx, &can, &new).await?)?;
        tx.commit().await?;
        Ok(id)
    }

    pub(super) async fn credit(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: InvoiceId,
        input: &CreditInput,
    ) -> Result<InvoiceId, AppError> {
        let (mut tx, can) = writing::<ManageInvoices>(call, workspace, grant).await?;
        let currency = invoices::get(&mut tx, id).await?.ok_or(AppError::Absent)?.total.currency;
        let draft = input.parse(currency).map_err(AppError::Invalid)?;
        let note = written(invoices::credit(&mut tx, &can, id, &draft).await?)?;
        tx.commit().await?;
        Ok(note)
    }

    pub(super) async fn draft(call: &Call, workspace: &Slug, grant: &str, run: &Run) -> Result<String, AppError> {
        let (mut tx, can) = writing::<ManageInvoices>(call, workspace, grant).await?;
        // An empty run would draft everything.
        if run.cuts.is_empty() {
            return Err(AppError::Invalid(FieldErrors::one("cuts", "Choose what to draft.")));
        }
        let rows = invoices::due(&mut tx).await?.rows;
        let names = rows.into_iter().map(|row| (row.subscription_id, row.customer)).collect();
        let done = invoices::run(&mut tx, &can, run).await?;
        tx.commit().await?;
        Ok(words(&done, &names))
    }

    /// Describes what a run did.
    fn words(done: &RunResult, names: &HashMap<SubscriptionId, String>) -> String {
        let count = i64::try_from(done.drafted.len()).unwrap_or(i64::MAX);
        let mut words = vec![format!("{} created.", pluralize(count, "draft", "drafts"))];
        words.extend(done.skipped.iter().map(|(subscription, day, why)| {
            let customer = names.get(subscription).map_or("A subscription", String::as_str);
            format!("{customer}, {}: {}.", moment::date(*day), why.text())
        }));
        words.join(" ")
    }

    /// Handles a form that was posted to a page of documents.
    pub(crate) async fn submit(
        call: &Call,
        slug: &Slug,
        grant: &str,
        page: &Page,
        form: &Form,
    ) -> Result<Outcome, AppError> {
        let pairs = || form.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let to = match page {
            Page::DueInvoices => {
                form.expect_action("draft")?;
                let done = draft(call, slug, grant, &chosen(pairs())).await?;
                let values = vec![(RESULT.to_owned(), done)];
                return Ok(Outcome::Again(Returned { values, ..Returned::default() }));
            }
            Page::NewInvoice(_) => Page::Invoice(create(call, slug, grant, &form.saved()?).await?),
            Page::Invoice(id) => match form.only_action()? {
                "send" => {
                    send(call, slug, grant, *id).await?;
                    Page::Invoice(*id)
                }
                _ => match apply(call, slug, grant, *id, &form.act()?).await? {
                    Some(id) => Page::Invoice(id),
                    None => Page::list(Noun::Invoices),
                },
            },
            Page::CreditInvoice(id, _) => {
                let input = CreditInput::from_pairs(pairs());
                match form.only_action()? {
                    "save" => Page::Invoice(credit(call, slug, grant, *id, &input).await?),
                    "preview" => Page::CreditInvoice(*id, input),
                    _ => return Err(not_understood()),
                }
            }
            _ => return Err(not_understood()),
        };
        Ok(Outcome::Go(to.url(slug)))
    }
}

/// Returns `true` if a document is an invoice that credit notes can correct.
pub(crate) fn can_be_credited(document: &model::invoice::Document) -> bool {
    use model::invoice::{DocumentKind, InvoiceStatus};
    document.kind == DocumentKind::Invoice
        && matches!(document.row.status, InvoiceStatus::Open | InvoiceStatus::Paid)
        && document.totals.credited_minor < document.totals.total_minor
}
