//! Customers: list, detail page and form.

pub(crate) mod api;
mod contact;
mod detail;
mod form;
mod sections;

pub use contact::contact_form;
pub use detail::detail;
pub use form::form;

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
    country,
    customer::CustomerRow,
    list::{Noun, SortBy},
};

const COLUMNS: &[Column] = &[
    sortable("Name", "col-main", SortBy::Name),
    column("Email", "col-sm"),
    column("Rate plans", "col-md"),
    column("Country", "col-lg fit"),
    column("Status", "fit"),
    sortable("Created", "num col-md", SortBy::Created),
];

static SPEC: ListSpec = ListSpec {
    noun: Noun::Customers,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::Customers(page) = data { Some(page) } else { None }, cells },
    create: Some(("New customer", Page::NewCustomer)),
    link: None,
    teaches: "Customers are the people and companies you bill.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, CustomerRow>) -> Vec<AnyView> {
    let url = |r: &CustomerRow| scope.url(&Page::Customer(r.id));
    vec![
        row.main((Font::Text, Font::Text), url, |r| r.name.clone(), |r| r.email.clone()),
        row.text("col-sm", |r| r.email.clone()),
        row.text("col-md", |r| if r.plans.is_empty() { "—".to_owned() } else { r.plans.join(", ") }),
        row.text("col-lg fit", |r| country::name(&r.country).to_owned()),
        row.status(|r| lifecycle_words(r.status)),
        row.day("num col-md", |r| r.created_at),
    ]
}
