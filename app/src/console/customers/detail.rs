//! Detail page of a customer: facts on the left, invoices and usage on the right.

use super::api::act_on_customer;
use crate::{
    console::{
        detail::{archive_button, fact, invoice_status, lifecycle},
        scope::Scope,
        usage,
    },
    routes::Page,
    ui::Icon,
};
use leptos::prelude::*;
use model::{Capability, billing::InvoiceRow, country, customer::CustomerDetail, moment};

/// Renders the detail page.
pub fn detail(scope: Scope, customer: &CustomerDetail) -> AnyView {
    let row = &customer.row;
    let id = row.id;
    // A memo, because renewing the grant during a call would otherwise draw the page again, and drop the answer.
    let may_edit = Memo::new(move |_| scope.may(Capability::EditContent));
    let actions = may_edit.get().then(|| {
        let archive = archive_button(scope, row.name.clone(), row.status, move |status| {
            scope.ask(async move |slug, grant| act_on_customer(slug, grant, Some(id), status.into()).await)
        });
        let edit = scope.url(&Page::EditCustomer(id));
        view! { {archive}<a class="btn primary" href=edit><Icon name="edit"/>"Edit"</a> }
    });
    let rate_plan = match (&row.rate_plan, customer.rate_plan_id) {
        (Some(name), Some(plan)) => {
            view! { <a class="link" href=scope.url(&Page::RatePlan(plan))>{name.clone()}</a> }.into_any()
        }
        _ => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let mail = format!("mailto:{}", row.email);
    view! {
        <header class="page-head">
            <div class="titles"><h1>{row.name.clone()}</h1>{lifecycle(row.status)}</div>
            <div class="btn-row">{actions}</div>
        </header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Email", view! { <a class="link" href=mail>{row.email.clone()}</a> })}
                    {fact("Country", country::name(&row.country).to_owned())}
                    {fact("Rate plan", rate_plan)}
                    {fact("Created", view! { <time title=moment::exact(*row.created_at)>{moment::date(row.created_at.date())}</time> })}
                    {(!customer.note.is_empty()).then(|| fact("Note", customer.note.clone()))}
                </dl>
            </section>
            <div class="activity">
                {invoices(scope, &row.name, &customer.invoices)}
                {usage::of_customer(scope, id, &row.name, &customer.usage)}
            </div>
        </div>
    }
    .into_any()
}

fn invoices(scope: Scope, name: &str, invoices: &[InvoiceRow]) -> AnyView {
    let rows = invoices
        .iter()
        .map(|invoice| {
            view! {
                <tr data-testid="row">
                    <td class="col-main"><a draggable="false" class="row-link mono" href=scope.url(&Page::Invoice(invoice.id))>{invoice.number.clone().unwrap_or_else(|| "Draft".to_owned())}</a></td>
                    <td class="fit">{invoice_status(invoice)}</td>
                    <td class="col-sm fit">{moment::date(invoice.due_on)}</td>
                    <td class="num wide">{invoice.total.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="invoices">
            <div class="section-head"><h2 id="invoices">"Latest invoices"</h2></div>
            {if invoices.is_empty() { view! { <p class="muted">"No invoices yet"</p> }.into_any() } else { view! {
                <div class="table-wrap"><table class="data-table">
                    <caption class="visually-hidden">{format!("Invoices of {name}")}</caption>
                    <thead><tr><th scope="col">"Number"</th><th scope="col" class="fit">"Status"</th><th scope="col" class="col-sm fit">"Due"</th><th scope="col" class="num wide">"Total"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any() }}
        </section>
    }
    .into_any()
}
