//! Overview page: key figures, daily usage, and records that need attention.

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
    count::pluralize,
    invoice::{InvoiceStatus, OVERDUE},
    list::{ListQuery, Noun},
    moment,
    money::grouped,
    overview::{Figure, Overview},
};
use time::Duration;

/// Maximum number of units listed.
const UNITS: usize = 6;

/// Renders the overview.
pub fn view(scope: Signal<Scope>) -> AnyView {
    with_data(scope, Page::Overview, move |scope, data| match data {
        PageData::Overview(overview) => Some(page(scope, overview)),
        _ => None,
    })
}

fn figure(label: &'static str, value: String, figure: &Figure) -> AnyView {
    let change = match figure.change() {
        Some(0) => view! { <dd class="delta">"No change vs previous 30 days"</dd> }.into_any(),
        Some(change) => {
            let (class, sign) = if change > 0 { ("delta up", "+") } else { ("delta down", "−") };
            view! { <dd class=class><b>{format!("{sign}{}%", change.unsigned_abs())}</b>" vs previous 30 days"</dd> }
                .into_any()
        }
        None => view! { <dd class="delta">"No earlier data"</dd> }.into_any(),
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
            {figure("Events", grouped(overview.events.now.unsigned_abs()), &overview.events)}
            {figure("New customers", grouped(overview.new_customers.now.unsigned_abs()), &overview.new_customers)}
            <div class="figure">
                <dt>"Open invoices"</dt>
                <dd class="value">{overview.open_total.to_string()}</dd>
                <dd class="delta">{format!("{}, {}", pluralize(overview.open_invoices, "invoice", "invoices"), pluralize(overview.active_customers, "active customer", "active customers"))}</dd>
            </div>
        </dl>
        {usage(scope, overview)}
        <div class="two-up">{attention(scope, overview)}{newest(scope, overview)}</div>
    }
    .into_any()
}

fn usage(scope: Scope, overview: &Overview) -> AnyView {
    let values = overview.events.days.clone();
    let last = values.len() as i64 - 1;
    let days = (0..values.len() as i64).map(|i| moment::date(overview.today - Duration::days(last - i))).collect();
    let label = format!("Events per day over 30 days, {} in total", grouped(overview.events.now.unsigned_abs()));
    view! {
        <section class="section" aria-labelledby="usage" data-hue=move || scope.hue()>
            <div class="section-head"><h2 id="usage">"Events per day"</h2><a class="end" href=scope.url(&Page::list(Noun::Usage))>"Open usage"</a></div>
            <BarChart label values days unit="events"/>
            {used(&overview.used)}
        </section>
    }
    .into_any()
}

/// Renders the usage per unit. Different units, such as hours and seats, can't be summed.
fn used(used: &[String]) -> Option<AnyView> {
    let mut parts: Vec<_> = used.iter().take(UNITS).cloned().collect();
    let more = used.len().saturating_sub(UNITS);
    if more > 0 {
        parts.push(pluralize(i64::try_from(more).unwrap_or(i64::MAX), "other unit", "other units"));
    }
    (!parts.is_empty()).then(|| {
        let text = format!("Used in the last 30 days: {}", parts.join(" · "));
        view! { <p class="muted" data-testid="used">{text}</p> }.into_any()
    })
}

fn attention(scope: Scope, overview: &Overview) -> AnyView {
    let overdue = overview
        .overdue
        .iter()
        .map(|invoice| {
            view! {
                <li><a class="line" href=scope.url(&Page::Invoice(invoice.id))>
                    <span class="text">{match &invoice.number {
                        Some(number) => format!("{number} · {}", invoice.customer),
                        None => invoice.title(),
                    }}</span>
                    {invoice_status(invoice)}
                    <span class="amount">{invoice.total.to_string()}</span>
                </a></li>
            }
        })
        .collect_view();
    let invoices = |status: &str| {
        scope.url(&Page::List(ListQuery { status: Some(status.to_owned()), ..ListQuery::new(Noun::Invoices) }))
    };
    let drafts = (overview.drafts > 0).then(|| {
        let label = pluralize(overview.drafts, "draft invoice to review", "draft invoices to review");
        view! { <li><a class="line" href=invoices(InvoiceStatus::Draft.as_str())><span class="text">{label}</span><span class="end">"Review"</span></a></li> }
    });
    let all = (overview.overdue_invoices > 0).then(|| {
        let label = match overview.overdue_invoices {
            1 => "1 overdue invoice".to_owned(),
            n => format!("All {} overdue invoices", grouped(n.unsigned_abs())),
        };
        view! { <a class="end" href=invoices(OVERDUE) data-testid="all-overdue">{label}</a> }
    });
    let calm = overview.overdue.is_empty() && overview.drafts == 0;
    view! {
        <section class="section" aria-labelledby="attention">
            <div class="section-head"><h2 id="attention">"Needs attention"</h2>{all}</div>
            {if calm {
                view! { <p class="muted">"You’re all caught up."</p> }.into_any()
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
