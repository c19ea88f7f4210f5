//! The overview: four figures, usage by day, what needs a person.

use super::{
    PageData,
    detail::{invoice_status, lifecycle},
    host::with_data,
    scope::Scope,
};
use crate::{
    routes::Page,
    ui::{Ago, BarChart, Spark},
};
use leptos::prelude::*;
use model::{
    Money,
    billing::InvoiceStatus,
    list::{ListQuery, Noun},
    moment,
    money::grouped,
    overview::{Figure, Overview},
};
use time::{Duration, OffsetDateTime};

/// The page.
pub fn view(scope: Signal<Scope>) -> AnyView {
    with_data(scope, Noun::Customers, move |scope, data| match data {
        PageData::Overview(overview) => Some(page(scope, overview)),
        _ => None,
    })
}

fn figure(label: &'static str, value: String, figure: &Figure) -> AnyView {
    let change = match figure.change() {
        Some(0) => view! { <dd class="delta">"No change vs. the 30 days before"</dd> }.into_any(),
        Some(change) => {
            let (class, sign) = if change > 0 { ("delta up", "+") } else { ("delta down", "−") };
            view! { <dd class=class><b>{format!("{sign}{} %", change.unsigned_abs())}</b>" vs. the 30 days before"</dd> }.into_any()
        }
        None => view! { <dd class="delta">"Nothing in the 30 days before"</dd> }.into_any(),
    };
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd class="value">{value}</dd>
            {change}
            <dd class="spark-cell"><Spark values=figure.days.clone()/></dd>
        </div>
    }
    .into_any()
}

fn page(scope: Scope, overview: &Overview) -> AnyView {
    let money = |minor| Money { minor, currency: overview.currency }.to_string();
    view! {
        <header class="page-head"><div class="titles"><h1>"Overview"</h1><span class="count">"Last 30 days"</span></div></header>
        <dl class="figures" aria-label="Last 30 days" data-hue=move || scope.hue()>
            {figure("Invoiced", money(overview.invoiced.now), &overview.invoiced)}
            {figure("Usage", grouped(overview.usage.now.unsigned_abs()), &overview.usage)}
            {figure("New customers", grouped(overview.new_customers.now.unsigned_abs()), &overview.new_customers)}
            <div class="figure">
                <dt>"Open invoices"</dt>
                <dd class="value">{overview.open_total.to_string()}</dd>
                <dd class="delta">{format!("{} invoices; {} active customers", grouped(overview.open_invoices.unsigned_abs()), grouped(overview.active_customers.unsigned_abs()))}</dd>
            </div>
        </dl>
        {usage(scope, overview)}
        <div class="two-up">{attention(scope, overview)}{newest(scope, overview)}</div>
    }
    .into_any()
}

fn usage(scope: Scope, overview: &Overview) -> AnyView {
    let values = overview.usage.days.clone();
    // The days end today; the server's clock says which day that is, the same on both sides.
    let today = scope.session.now.get_untracked().map(OffsetDateTime::date);
    let last = values.len() as i64 - 1;
    let days = (0..values.len() as i64)
        .map(|i| today.map(|t| moment::date(t - Duration::days(last - i))).unwrap_or_default())
        .collect();
    let label = format!("Units used per day over 30 days, {} in all", grouped(overview.usage.now.unsigned_abs()));
    view! {
        <section class="section" aria-labelledby="usage" data-hue=move || scope.hue()>
            <div class="section-head"><h2 id="usage">"Usage per day"</h2><a class="end" href=scope.url(&Page::list(Noun::Usage))>"Open usage"</a></div>
            <BarChart label values days unit="units"/>
        </section>
    }
    .into_any()
}

fn attention(scope: Scope, overview: &Overview) -> AnyView {
    let overdue = overview
        .overdue
        .iter()
        .map(|invoice| {
            view! {
                <li><a class="line" href=scope.url(&Page::Invoice(invoice.id))>
                    <span class="text">{format!("{} · {}", invoice.number, invoice.customer)}</span>
                    {invoice_status(invoice)}
                    <span class="amount">{invoice.total.to_string()}</span>
                </a></li>
            }
        })
        .collect_view();
    let drafts = (overview.drafts > 0).then(|| {
        let query = ListQuery { status: Some(InvoiceStatus::Draft.as_str().to_owned()), ..ListQuery::new(Noun::Invoices) };
        let label = match overview.drafts {
            1 => "1 draft waits to be issued".to_owned(),
            n => format!("{} drafts wait to be issued", grouped(n.unsigned_abs())),
        };
        view! { <li><a class="line" href=scope.url(&Page::List(query))><span class="text">{label}</span><span class="end">"Review"</span></a></li> }
    });
    let calm = overview.overdue.is_empty() && overview.drafts == 0;
    view! {
        <section class="section" aria-labelledby="attention">
            <div class="section-head"><h2 id="attention">"Needs attention"</h2></div>
            {if calm {
                view! { <p class="muted">"Nothing is overdue and no draft waits."</p> }.into_any()
            } else {
                view! { <ul class="line-list">{drafts}{overdue}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

fn newest(scope: Scope, overview: &Overview) -> AnyView {
    let rows = overview
        .recent_customers
        .iter()
        .map(|customer| {
            view! {
                <li><a class="line" href=scope.url(&Page::Customer(customer.id))>
                    <span class="text">{customer.name.clone()}</span>
                    {lifecycle(customer.status)}
                    <span class="end"><Ago at=customer.created_at now=scope.session.now/></span>
                </a></li>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="newest">
            <div class="section-head"><h2 id="newest">"Newest customers"</h2><a class="end" href=scope.url(&Page::list(Noun::Customers))>"All customers"</a></div>
            {if overview.recent_customers.is_empty() {
                view! { <p class="muted">"No customers yet."</p> }.into_any()
            } else {
                view! { <ul class="line-list">{rows}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}
