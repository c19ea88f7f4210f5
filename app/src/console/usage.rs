//! Usage records: list and detail page.

use super::{
    PageData,
    cells::{Cells, Font, RowsOf},
    detail::fact,
    list::{self, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::{routes::Page, ui::since};
use leptos::prelude::*;
use model::{
    billing::UsageRow,
    count::{quantity, unit_of},
    list::{Noun, SortBy},
    moment,
    money::grouped,
};

const COLUMNS: &[Column] = &[
    column("Customer", "col-main"),
    column("Product", "col-sm"),
    sortable("Quantity", "num wide", SortBy::Quantity),
    sortable("Recorded", "num", SortBy::Recorded),
];

static SPEC: ListSpec = ListSpec {
    noun: Noun::Usage,
    columns: COLUMNS,
    rows: &RowsOf { page: |data| if let PageData::Usage(page) = data { Some(page) } else { None }, cells },
    create: None,
    teaches: "Usage is what customers consume of each product. Records appear here as they come in.",
};

/// Renders the list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, UsageRow>) -> Vec<AnyView> {
    let url = |r: &UsageRow| scope.url(&Page::UsageRecord(r.id));
    let now = scope.session.now.get();
    vec![
        row.main((Font::Text, Font::Text), url, |r| r.customer.clone(), |r| r.product.clone()),
        row.text("col-sm", |r| r.product.clone()),
        row.amount("num wide", |r| grouped(r.quantity.unsigned_abs()), |r| unit_of(r.quantity, &r.unit).into_owned()),
        row.time("num", |r| r.recorded_at, |at| since(at, now)),
    ]
}

/// Renders the detail page.
pub fn detail(scope: Scope, record: &UsageRow) -> AnyView {
    let quantity = quantity(record.quantity, &record.unit);
    view! {
        <header class="page-head"><div class="titles"><h1>{quantity}</h1><span class="count">{record.product.clone()}</span></div></header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Customer", view! { <a class="link" href=scope.url(&Page::Customer(record.customer_id))>{record.customer.clone()}</a> })}
                    {fact("Product", view! { <a class="link" href=scope.url(&Page::Product(record.product_id))>{record.product.clone()}</a> })}
                    {fact("Recorded", moment::exact(*record.recorded_at))}
                    {fact("Id", view! { <span class="mono">{record.id.to_string()}</span> })}
                </dl>
            </section>
        </div>
    }
    .into_any()
}
