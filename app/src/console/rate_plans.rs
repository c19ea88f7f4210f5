//! Rate plans: list and page.

use super::{
    PageData,
    detail::{fact, lifecycle},
    host::with_data,
    list::{self, Cells, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::routes::Page;
use leptos::prelude::*;
use model::{
    catalog::RatePlanRow,
    list::{Noun, SortBy},
    moment,
    money::grouped,
};

const COLUMNS: &[Column] = &[
    sortable("Name", "col-main", SortBy::Name),
    column("Product", "col-sm"),
    column("Status", "fit"),
    column("Customers", "num narrow col-md"),
    column("Price", "num wide"),
    sortable("Created", "num col-lg", SortBy::Created),
];

static SPEC: ListSpec<RatePlanRow> = ListSpec {
    noun: Noun::RatePlans,
    columns: COLUMNS,
    page: |data| if let PageData::RatePlans(page) = data { Some(page) } else { None },
    cells,
    create: None,
    teaches: "A rate plan is a price on a product: by month, by year, or by what is used.",
};

/// The list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, RatePlanRow>) -> AnyView {
    view! {
        <td class="col-main">
            {row.link(|r| scope.url(&Page::RatePlan(r.id)), |r| &r.name)}
            <span class="row-sub">{row.text(|r| r.product.clone())}</span>
        </td>
        <td class="col-sm">{row.text(|r| r.product.clone())}</td>
        <td class="fit">{row.status(|r| lifecycle(r.status))}</td>
        <td class="num narrow col-md">{row.text(|r| grouped(r.customers.unsigned_abs()))}</td>
        <td class="num wide">{row.text(|r| r.price.to_string())}" "<span class="unit">{row.text(|r| format!("per {}", r.per()))}</span></td>
        <td class="num col-lg">{row.created(|r| r.created_at)}</td>
    }
    .into_any()
}

/// The page of one.
pub fn detail(scope: Scope) -> AnyView {
    with_data(scope, Noun::RatePlans, move |scope, data| match data {
        PageData::RatePlan(plan) => Some(page(scope, plan)),
        _ => None,
    })
}

fn page(scope: Scope, plan: &RatePlanRow) -> AnyView {
    view! {
        <header class="page-head"><div class="titles"><h1>{plan.name.clone()}</h1>{lifecycle(plan.status)}</div></header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Facts"</h2></div>
                <dl class="facts">
                    {fact("Product", view! { <a class="link" href=scope.url(&Page::Product(plan.product_id))>{plan.product.clone()}</a> })}
                    {fact("Price", format!("{} per {}", plan.price, plan.per()))}
                    {fact("Customers on it", grouped(plan.customers.unsigned_abs()))}
                    {fact("Created", view! { <time title=moment::exact(plan.created_at)>{moment::date(plan.created_at.date())}</time> })}
                </dl>
            </section>
        </div>
    }
    .into_any()
}
