//! Detail page of a customer: facts, contacts and subjects on the left, subscriptions, invoices and usage on the right.

use super::{
    api::act_on_customer,
    sections::{contacts, subjects, subscriptions},
};
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
use model::{
    Capability, country, customer::CustomerDetail, id::CustomerId, invoice::InvoiceRow, moment, subscription::words,
};

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
    let so_far = customer
        .so_far
        .iter()
        .map(|so_far| {
            let text = format!("{}: {} so far, {}", so_far.plan, so_far.total, words::days(so_far.period));
            view! { <p class="sub" data-testid="so-far">{text}</p> }
        })
        .collect_view();
    let plans = if row.plans.is_empty() { None } else { Some(fact("Rate plans", row.plans.join(", "))) };
    let multi_line = |text: &str| {
        text.lines().map(|line| view! { <span class="address-line">{line.to_owned()}</span> }).collect_view()
    };
    let text = |label: &'static str, text: &str| (!text.is_empty()).then(|| fact(label, text.to_owned()));
    let external_id =
        customer.external_id.clone().map(|id| fact("External id", view! { <span class="mono">{id}</span> }));
    let mail = format!("mailto:{}", row.email);
    view! {
        <header class="page-head">
            <div class="titles"><h1>{row.name.clone()}</h1>{lifecycle(row.status)}{so_far}</div>
            <div class="btn-row">{actions}</div>
        </header>
        <div class="detail">
            <div class="side">
            <section class="section" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Email", view! { <a class="link" href=mail>{row.email.clone()}</a> })}
                    {fact("Country", country::name(&row.country).to_owned())}
                    {text("Legal name", &customer.legal_name)}
                    {(!customer.address.is_empty()).then(|| fact("Address", multi_line(&customer.address)))}
                    {text("Tax id", &customer.tax_id)}
                    {external_id}
                    {plans}
                    {fact("Created", view! { <time title=moment::exact(*row.created_at)>{moment::date(row.created_at.date())}</time> })}
                    {(!customer.note.is_empty()).then(|| fact("Note", customer.note.clone()))}
                </dl>
            </section>
            {contacts(scope, id, &customer.contacts, may_edit.get())}
            {subjects(scope, customer, may_edit.get())}
            </div>
            <div class="activity">
                {subscriptions(scope, customer, may_edit.get())}
                {invoices(scope, id, &row.name, &customer.invoices)}
                {usage::of_customer(scope, id, &row.name, &customer.usage, may_edit.get())}
            </div>
        </div>
    }
    .into_any()
}

fn invoices(scope: Scope, id: CustomerId, name: &str, invoices: &[InvoiceRow]) -> AnyView {
    let new = Memo::new(move |_| scope.may(Capability::ManageInvoices)).get().then(|| {
        let url = scope.url(&Page::NewInvoice(Some(id)));
        view! { <a class="btn small" href=url>"New invoice"</a> }
    });
    let rows = invoices
        .iter()
        .map(|invoice| {
            view! {
                <tr data-testid="row">
                    <td class="col-main"><a draggable="false" class="row-link mono" href=scope.url(&Page::Invoice(invoice.id))>{invoice.number.clone().unwrap_or_else(|| "Draft".to_owned())}</a></td>
                    <td class="fit">{invoice_status(invoice)}</td>
                    <td class="col-sm fit">{invoice.due_on.map(moment::date).unwrap_or_default()}</td>
                    <td class="num col-md wide">{(invoice.balance.minor != 0).then(|| invoice.balance.to_string())}</td>
                    <td class="num wide">{invoice.total.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="invoices">
            <div class="section-head"><h2 id="invoices">"Latest invoices"</h2><span class="end">{new}</span></div>
            {if invoices.is_empty() { view! { <p class="muted">"No invoices yet"</p> }.into_any() } else { view! {
                <div class="table-wrap"><table class="data-table">
                    <caption class="visually-hidden">{format!("Invoices of {name}")}</caption>
                    <thead><tr><th scope="col">"Number"</th><th scope="col" class="fit">"Status"</th><th scope="col" class="col-sm fit">"Due"</th><th scope="col" class="num col-md wide">"Balance"</th><th scope="col" class="num wide">"Total"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any() }}
        </section>
    }
    .into_any()
}
