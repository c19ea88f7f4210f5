//! Customers: list, page, form.

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
    country,
    customer::CustomerRow,
    list::{Noun, SortBy},
    moment,
};

const COLUMNS: &[Column] = &[
    sortable("Name", "col-main", SortBy::Name),
    column("Email", "col-sm"),
    column("Rate plan", "col-md"),
    column("Country", "col-lg fit"),
    column("Status", "fit"),
    sortable("Created", "num col-md", SortBy::Created),
];

static SPEC: ListSpec<CustomerRow> = ListSpec {
    noun: Noun::Customers,
    columns: COLUMNS,
    page: |data| if let PageData::Customers(page) = data { Some(page) } else { None },
    cells,
    create: Some(("New customer", Page::NewCustomer)),
    teaches: "A customer is whom you bill: put them on a rate plan, record what they use, and invoice it.",
};

/// The list page.
pub fn list(scope: Scope) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: &CustomerRow) -> AnyView {
    view! {
        <td class="col-main">
            <a class="row-link" href=scope.url(&Page::Customer(row.id)) title=row.name.clone()>{row.name.clone()}</a>
            <span class="row-sub">{row.email.clone()}</span>
        </td>
        <td class="col-sm">{row.email.clone()}</td>
        <td class="col-md">{row.rate_plan.clone().unwrap_or_else(|| "—".to_owned())}</td>
        <td class="col-lg fit">{country::name(&row.country).to_owned()}</td>
        <td class="fit">{lifecycle(row.status)}</td>
        <td class="num col-md"><time title=moment::exact(row.created_at)>{moment::date(row.created_at.date())}</time></td>
    }
    .into_any()
}
