//! Products: list, detail page and form.

pub(crate) mod api;
mod detail;
mod form;

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
    catalog::ProductRow,
    list::{Noun, SortBy},
    money::grouped,
};

const COLUMNS: &[Column] = &[
    sortable("Name", "col-main", SortBy::Name),
    column("Code", "col-sm"),
    column("Status", "fit"),
    column("Rate plans", "num narrow"),
    sortable("Created", "num col-md", SortBy::Created),
];

static SPEC: ListSpec = ListSpec {
    noun: Noun::Products,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::Products(page) = data { Some(page) } else { None }, cells },
    create: Some(("New product", Page::NewProduct)),
    link: None,
    teaches: "Products are what you sell. Meters count their usage, and rate plans set their prices.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, ProductRow>) -> Vec<AnyView> {
    let url = |r: &ProductRow| scope.url(&Page::Product(r.id));
    vec![
        row.main((Font::Text, Font::Mono), url, |r| r.name.clone(), |r| r.code.clone()),
        row.text("col-sm mono", |r| r.code.clone()),
        row.status(|r| lifecycle_words(r.status)),
        row.text("num narrow", |r| grouped(r.rate_plans.unsigned_abs())),
        row.day("num col-md", |r| r.created_at),
    ]
}
