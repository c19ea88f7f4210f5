//! Invoices and credit notes: list, what is due, and the page of a document.

mod actions;
pub(crate) mod api;
mod credit;
mod document;
mod due;
#[cfg(feature = "ssr")]
pub(crate) mod letters;
mod lines;
mod new;
pub(crate) mod send;

pub use credit::credit_form;
pub use document::document;
pub use due::due;
pub use new::new_form;

use super::{
    PageData,
    cells::{Cells, Font, RowsOf},
    detail::invoice_words,
    list::{self, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::routes::Page;
use leptos::prelude::*;
use model::{
    invoice::{DocumentKind, InvoiceRow, InvoiceStatus},
    list::{Noun, SortBy},
    moment,
};

const COLUMNS: &[Column] = &[
    sortable("Number", "col-main", SortBy::Number),
    column("Customer", "col-sm"),
    column("Status", "fit"),
    sortable("Issued", "num col-lg", SortBy::Issued),
    column("Due", "num col-md"),
    column("Balance", "num wide col-lg"),
    sortable("Total", "num wide", SortBy::Total),
];

static SPEC: ListSpec = ListSpec {
    noun: Noun::Invoices,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::Invoices(page) = data { Some(page) } else { None }, cells },
    create: Some(("New invoice", Page::NewInvoice(None))),
    link: Some(("To bill", Page::DueInvoices)),
    teaches: "Invoices are drafted from usage and prices. To bill shows what is due.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, InvoiceRow>) -> Vec<AnyView> {
    let url = |r: &InvoiceRow| scope.url(&Page::Invoice(r.id));
    vec![
        row.main((Font::Mono, Font::Text), url, number, |r| r.customer.clone()),
        row.text("col-sm", |r| r.customer.clone()),
        row.status(invoice_words),
        row.text("num col-lg", |r| issued(r).unwrap_or_else(|| "—".to_owned())),
        row.text("num col-md", |r| r.due_on.map_or_else(|| "—".to_owned(), moment::date)),
        row.text("num wide col-lg", balance),
        row.text("num wide", |r| r.total.to_string()),
    ]
}

/// Returns the issue date of an invoice, or `None` for drafts.
fn issued(invoice: &InvoiceRow) -> Option<String> {
    invoice.issued_on.map(moment::date)
}

/// Returns the number of a document, or what it is without one.
fn number(row: &InvoiceRow) -> String {
    match (&row.number, row.kind) {
        (Some(number), DocumentKind::Invoice) => number.clone(),
        (Some(number), DocumentKind::CreditNote) => format!("{number} · Credit note"),
        (None, _) => "Draft".to_owned(),
    }
}

fn balance(row: &InvoiceRow) -> String {
    match (row.kind, row.status) {
        (DocumentKind::Invoice, InvoiceStatus::Open | InvoiceStatus::Paid) => row.balance.to_string(),
        _ => "—".to_owned(),
    }
}
