//! Customers: list, page, form.

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
    country,
    customer::CustomerRow,
    list::{Noun, SortBy},
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
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, CustomerRow>) -> AnyView {
    view! {
        <td class="col-main">
            {row.link(|r| scope.url(&Page::Customer(r.id)), |r| &r.name)}
            <span class="row-sub">{row.text(|r| r.email.clone())}</span>
        </td>
        <td class="col-sm">{row.text(|r| r.email.clone())}</td>
        <td class="col-md">{row.text(|r| r.rate_plan.clone().unwrap_or_else(|| "—".to_owned()))}</td>
        <td class="col-lg fit">{row.text(|r| country::name(&r.country).to_owned())}</td>
        <td class="fit">{row.status(|r| lifecycle(r.status))}</td>
        <td class="num col-md">{row.created(|r| r.created_at)}</td>
    }
    .into_any()
}
