//! Rate plans: list, pages of a plan and of its versions, forms, and the editor of a draft.

pub(crate) mod api;
mod calculator;
pub(crate) mod change;
mod editor;
mod form;
mod impact;
mod page;
mod publish;
mod table;
mod words;

pub use editor::editor;
pub use form::{details, new};
pub use page::page;
pub use publish::publish;

use super::{
    PageData,
    cells::{Cells, Font, RowsOf},
    detail::lifecycle_words,
    list::{self, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::routes::Page;
use leptos::prelude::*;
use model::{
    list::{Noun, SortBy},
    money::grouped,
    rate_plan::RatePlanRow,
};

const COLUMNS: &[Column] = &[
    sortable("Name", "col-main", SortBy::Name),
    column("Code", "col-lg"),
    column("Version", "fit"),
    column("Lowest price", "num wide"),
    column("Charges", "num narrow col-lg"),
    column("Subscribers", "num col-md"),
    column("Status", "fit col-sm"),
    sortable("Created", "num col-lg", SortBy::Created),
];

static SPEC: ListSpec = ListSpec {
    noun: Noun::RatePlans,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::RatePlans(page) = data { Some(page) } else { None }, cells },
    create: Some(("New rate plan", Page::NewRatePlan)),
    link: None,
    teaches: "A rate plan sets prices: fees per period, and prices for what meters count. Customers subscribe to it.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, RatePlanRow>) -> Vec<AnyView> {
    let url = |r: &RatePlanRow| scope.url(&Page::RatePlan(r.id));
    vec![
        row.main((Font::Text, Font::Mono), url, |r| r.name.clone(), |r| r.code.clone()),
        row.text("col-lg mono", |r| r.code.clone()),
        row.text("fit", version_words),
        row.amount("num wide", |r| {
            r.lowest_price.clone().map_or_else(|| ("–".to_owned(), String::new()), |p| (p.amount, p.per))
        }),
        row.text("num narrow col-lg", |r| grouped(r.charges.unsigned_abs())),
        row.text("num col-md", |r| grouped(r.customers.unsigned_abs())),
        drawn_status(row),
        row.day("num col-lg", |r| r.created_at),
    ]
}

/// Renders the status in a column that narrow tables hide.
fn drawn_status(row: Cells<'_, RatePlanRow>) -> AnyView {
    row.text("fit col-sm", |r| lifecycle_words(r.status).1.to_owned())
}

/// Returns the latest published version and whether there is a draft: `v2`, `v2, draft`, `Draft`.
fn version_words(row: &RatePlanRow) -> String {
    match (row.version, row.has_draft) {
        (Some(version), false) => format!("v{version}"),
        (Some(version), true) => format!("v{version}, draft"),
        (None, true) => "Draft".to_owned(),
        (None, false) => "–".to_owned(),
    }
}
