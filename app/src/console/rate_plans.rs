//! Rate plans: list and detail page.

use super::{
    PageData,
    cells::{Cells, Font, RowsOf},
    detail::{fact, lifecycle, lifecycle_words},
    list::{self, Column, ListSpec, column, sortable},
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

static SPEC: ListSpec = ListSpec {
    noun: Noun::RatePlans,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::RatePlans(page) = data { Some(page) } else { None }, cells },
    create: None,
    teaches: "A rate plan sets the price of a product: per month, per year or by usage.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, RatePlanRow>) -> Vec<AnyView> {
    let url = |r: &RatePlanRow| scope.url(&Page::RatePlan(r.id));
    vec![
        row.main((Font::Text, Font::Text), url, |r| r.name.clone(), |r| r.product.clone()),
        row.text("col-sm", |r| r.product.clone()),
        row.status(|r| lifecycle_words(r.status)),
        row.text("num narrow col-md", |r| grouped(r.customers.unsigned_abs())),
        row.amount("num wide", |r| r.price.to_string(), |r| format!("per {}", r.per())),
        row.day("num col-lg", |r| r.created_at),
    ]
}

/// Renders the detail page.
pub fn detail(scope: Scope, plan: &RatePlanRow) -> AnyView {
    view! {
        <header class="page-head"><div class="titles"><h1>{plan.name.clone()}</h1>{lifecycle(plan.status)}</div></header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Product", view! { <a class="link" href=scope.url(&Page::Product(plan.product_id))>{plan.product.clone()}</a> })}
                    {fact("Price", format!("{} per {}", plan.price, plan.per()))}
                    {fact("Customers", grouped(plan.customers.unsigned_abs()))}
                    {fact("Created", view! { <time title=moment::exact(*plan.created_at)>{moment::date(plan.created_at.date())}</time> })}
                </dl>
            </section>
        </div>
    }
    .into_any()
}
