//! Products: list, page, form.

mod detail;
mod form;

pub use detail::detail;
pub use form::form;

use super::{
    PageData,
    detail::lifecycle,
    list::{self, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::routes::Page;
use leptos::prelude::*;
use model::{
    catalog::ProductRow,
    list::{Noun, SortBy},
    moment,
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
pub fn list(scope: Scope) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: &ProductRow) -> AnyView {
    view! {
        <td class="col-main">
            <a class="row-link" href=scope.url(&Page::Product(row.id)) title=row.name.clone()>{row.name.clone()}</a>
            <span class="row-sub mono">{row.code.clone()}</span>
        </td>
        <td class="col-sm mono">{row.code.clone()}</td>
        <td class="col-md fit">{row.unit.clone()}</td>
        <td class="fit">{lifecycle(row.status)}</td>
        <td class="num narrow">{grouped(row.rate_plans.unsigned_abs())}</td>
        <td class="num col-md"><time title=moment::exact(row.created_at)>{moment::date(row.created_at.date())}</time></td>
    }
    .into_any()
}
