//! Products: list, page, form.

mod detail;
mod form;

pub use detail::detail;
pub use form::form;

use super::{
    PageData,
    detail::lifecycle,
    list::{self, Cells, Column, ListSpec, column, sortable},
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
    column("Unit", "col-md fit"),
    column("Status", "fit"),
    column("Rate plans", "num narrow"),
    sortable("Created", "num col-md", SortBy::Created),
];

static SPEC: ListSpec<ProductRow> = ListSpec {
    noun: Noun::Products,
    columns: COLUMNS,
    page: |data| if let PageData::Products(page) = data { Some(page) } else { None },
    cells,
    create: Some(("New product", Page::NewProduct)),
    teaches: "A product is what you sell, and what its usage is counted in. Rate plans put a price on it.",
};

/// The list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, ProductRow>) -> AnyView {
    view! {
        <td class="col-main">
            {row.link(|r| scope.url(&Page::Product(r.id)), |r| &r.name)}
            <span class="row-sub mono">{row.text(|r| r.code.clone())}</span>
        </td>
        <td class="col-sm mono">{row.text(|r| r.code.clone())}</td>
        <td class="col-md fit">{row.text(|r| r.unit.clone())}</td>
        <td class="fit">{row.status(|r| lifecycle(r.status))}</td>
        <td class="num narrow">{row.text(|r| grouped(r.rate_plans.unsigned_abs()))}</td>
        <td class="num col-md">{row.created(|r| r.created_at)}</td>
    }
    .into_any()
}
