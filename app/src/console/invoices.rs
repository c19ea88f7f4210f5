//! Invoices: list and detail page.

#[cfg(feature = "ssr")]
pub(crate) mod letters;
pub(crate) mod send;

use super::{
    PageData,
    cells::{Cells, Font, RowsOf},
    detail::{fact, invoice_status, invoice_words},
    list::{self, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::routes::Page;
use leptos::prelude::*;
use model::{
    invoice::InvoiceRow,
    list::{Noun, SortBy},
    moment,
};

const COLUMNS: &[Column] = &[
    sortable("Number", "col-main", SortBy::Number),
    column("Customer", "col-sm"),
    column("Status", "fit"),
    sortable("Issued", "num col-lg", SortBy::Issued),
    column("Due", "num col-md"),
    sortable("Total", "num wide", SortBy::Total),
];

static SPEC: ListSpec = ListSpec {
    noun: Noun::Invoices,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::Invoices(page) = data { Some(page) } else { None }, cells },
    create: None,
    teaches: "Invoices appear here once you issue them.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, InvoiceRow>) -> Vec<AnyView> {
    let url = |r: &InvoiceRow| scope.url(&Page::Invoice(r.id));
    vec![
        row.main(
            (Font::Mono, Font::Text),
            url,
            |r| r.number.clone().unwrap_or_else(|| "Draft".to_owned()),
            |r| r.customer.clone(),
        ),
        row.text("col-sm", |r| r.customer.clone()),
        row.status(invoice_words),
        row.text("num col-lg", |r| issued(r).unwrap_or_else(|| "—".to_owned())),
        row.text("num col-md", |r| moment::date(r.due_on)),
        row.text("num wide", |r| r.total.to_string()),
    ]
}

/// Returns the issue date of an invoice, or `None` for drafts.
fn issued(invoice: &InvoiceRow) -> Option<String> {
    invoice.issued_on.map(moment::date)
}

/// Renders the detail page.
pub fn detail(scope: Scope, invoice: &InvoiceRow) -> AnyView {
    view! {
        <header class="page-head"><div class="titles"><h1>{invoice.title()}</h1>{invoice_status(invoice)}</div></header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Customer", view! { <a class="link" href=scope.url(&Page::Customer(invoice.customer_id))>{invoice.customer.clone()}</a> })}
                    {fact("Total", invoice.total.to_string())}
                    {fact("Currency", invoice.total.currency.code())}
                    {issued(invoice).map(|day| fact("Issued", day))}
                    {fact("Due", moment::date(invoice.due_on))}
                </dl>
            </section>
        </div>
    }
    .into_any()
}
