//! Usage records: list and page.

use super::{
    PageData,
    detail::fact,
    host::with_data,
    list::{self, Cells, Column, ListSpec, column, sortable},
    scope::Scope,
};
use crate::routes::Page;
use leptos::prelude::*;
use model::{
    billing::UsageRow,
    list::{Noun, SortBy},
    moment,
    money::grouped,
};
use time::OffsetDateTime;

const COLUMNS: &[Column] = &[
    column("Customer", "col-main"),
    column("Product", "col-sm"),
    sortable("Quantity", "num wide", SortBy::Quantity),
    sortable("Recorded", "num", SortBy::Recorded),
];

static SPEC: ListSpec<UsageRow> = ListSpec {
    noun: Noun::Usage,
    columns: COLUMNS,
    page: |data| if let PageData::Usage(page) = data { Some(page) } else { None },
    cells,
    create: None,
    teaches: "Usage is what customers consumed, product by product. It is recorded here as it comes in.",
};

/// The list page.
pub fn list(scope: Signal<Scope>) -> AnyView {
    list::list(scope, &SPEC)
}

fn cells(scope: Scope, row: Cells<'_, UsageRow>) -> AnyView {
    let now = scope.session.now.get();
    let since = |at: OffsetDateTime| now.map_or_else(|| moment::date(at.date()), |now| moment::ago(at, now));
    view! {
        <td class="col-main">
            {row.link(|r| scope.url(&Page::UsageRecord(r.id)), |r| &r.customer)}
            <span class="row-sub">{row.text(|r| r.product.clone())}</span>
        </td>
        <td class="col-sm">{row.text(|r| r.product.clone())}</td>
        <td class="num wide">{row.text(|r| grouped(r.quantity.unsigned_abs()))}" "<span class="unit">{row.text(|r| r.unit.clone())}</span></td>
        <td class="num">{row.time(|r| r.recorded_at, since)}</td>
    }
    .into_any()
}

/// The page of one.
pub fn detail(scope: Scope) -> AnyView {
    with_data(scope, Noun::Usage, move |scope, data| match data {
        PageData::UsageRecord(record) => Some(page(scope, record)),
        _ => None,
    })
}

fn page(scope: Scope, record: &UsageRow) -> AnyView {
    let quantity = format!("{} {}", grouped(record.quantity.unsigned_abs()), record.unit);
    view! {
        <header class="page-head"><div class="titles"><h1>{quantity}</h1><span class="count">{record.product.clone()}</span></div></header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Facts"</h2></div>
                <dl class="facts">
                    {fact("Customer", view! { <a class="link" href=scope.url(&Page::Customer(record.customer_id))>{record.customer.clone()}</a> })}
                    {fact("Product", view! { <a class="link" href=scope.url(&Page::Product(record.product_id))>{record.product.clone()}</a> })}
                    {fact("Recorded", moment::exact(record.recorded_at))}
                    {fact("Id", view! { <span class="mono">{record.id.to_string()}</span> })}
                </dl>
            </section>
        </div>
    }
    .into_any()
}
