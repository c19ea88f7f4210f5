//! Page of a draft, an invoice or a credit note: the document as it is sent, and beside it what can be done with it.

use super::{actions, lines};
use crate::{
    console::{detail::invoice_status, scope::Scope},
    routes::Page,
};
use leptos::prelude::*;
use model::{
    Capability, country,
    invoice::{Document, DocumentKind, DocumentPage, InvoiceStatus, Party, TaxGroup, Totals},
    moment,
};

/// Renders the page.
pub fn document(scope: Scope, page: &DocumentPage) -> AnyView {
    let document = &page.document;
    let row = &document.row;
    // A memo, because renewing the grant during a call would otherwise draw the page again, and drop what is typed.
    let may_edit = Memo::new(move |_| scope.may(Capability::ManageInvoices)).get();
    let customer = scope.url(&Page::Customer(row.customer_id));
    let returned = scope.session.take_returned().unwrap_or_default();
    view! {
        <header class="page-head">
            <div class="titles"><h1>{row.title()}</h1>{invoice_status(row)}<p class="sub"><a class="link" href=customer>{row.customer.clone()}</a></p></div>
            <div class="btn-row">{actions::head(scope, document, may_edit)}</div>
        </header>
        {actions::problem(&returned)}
        {actions::moved(document)}
        <div class="detail invoice-page">
            <div class="activity">{sheet(scope, document)}</div>
            <div class="side">{actions::side(scope, page, &returned, may_edit)}</div>
        </div>
    }
    .into_any()
}

/// Renders the document as it is sent.
fn sheet(scope: Scope, document: &Document) -> AnyView {
    let row = &document.row;
    let title = match (document.kind, row.status) {
        (DocumentKind::Invoice, InvoiceStatus::Draft) => "Draft",
        (kind, _) => kind.label(),
    };
    let number = row.number.clone().or_else(|| document.next_number.as_ref().map(|next| format!("{next} when issued")));
    let day = |label: &'static str, day: Option<time::Date>| {
        day.map(|day| view! { <div><dt>{label}</dt><dd>{moment::date(day)}</dd></div> })
    };
    let credits = document.credits.as_ref().map(|link| {
        view! { <div><dt>"For invoice"</dt><dd>{lines::linked(scope, link)}</dd></div> }
    });
    let note = (!document.note.is_empty()).then(|| view! { <p class="sheet-text">{document.note.clone()}</p> });
    let details = (!document.payment_details.is_empty() && document.kind == DocumentKind::Invoice).then(|| {
        view! { <section class="sheet-text"><h3>"Payment"</h3><p>{document.payment_details.clone()}</p></section> }
    });
    let footer = (!document.footer.is_empty())
        .then(|| view! { <p class="sheet-text sheet-footer">{document.footer.clone()}</p> });
    view! {
        <article class="sheet" data-testid="document" aria-label=row.title()>
            <header class="sheet-head">
                <h2>{title}</h2>
                <dl class="sheet-facts">
                    {number.map(|number| view! { <div><dt>"Number"</dt><dd class="mono">{number}</dd></div> })}
                    {day("Issued", row.issued_on)}
                    {day("Due", row.due_on)}
                    {day("Invoice day", document.cut_on.filter(|_| row.issued_on.is_none()))}
                    {credits}
                </dl>
            </header>
            <div class="sheet-parties">{party("From", &document.seller)}{party("To", &document.buyer)}</div>
            {note}
            {lines::table(scope, row.customer_id, &document.lines, document.totals.currency)}
            {totals(document)}
            {details}
            {footer}
        </article>
    }
    .into_any()
}

fn party(label: &'static str, party: &Party) -> AnyView {
    let country = (!party.country.is_empty()).then(|| country::name(&party.country).to_owned());
    let name = if party.name.is_empty() { "—".to_owned() } else { party.name.clone() };
    let text = |text: &str| {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.into_iter().map(|line| view! { <span class="address-line">{line}</span> }).collect_view()
    };
    let tax_id = (!party.tax_id.is_empty()).then(|| format!("Tax id {}", party.tax_id));
    view! {
        <section>
            <h3>{label}</h3>
            <b class="address-line">{name}</b>
            {text(&party.address)}
            {country.map(|country| view! { <span class="address-line">{country}</span> })}
            {tax_id.map(|tax_id| view! { <span class="address-line">{tax_id}</span> })}
            {text(&party.email)}
        </section>
    }
    .into_any()
}

/// Renders the taxes by category and rate, as rows of a list of sums.
pub(super) fn taxes(groups: &[TaxGroup], totals: &Totals) -> AnyView {
    let rows = groups
        .iter()
        .map(|tax| {
            let label = format!("Tax {} % of {}", tax.group.percent, totals.money(tax.group.net_minor));
            let amount = totals.money(tax.group.tax_minor).to_string();
            let note = (!tax.note.is_empty()).then(|| view! { <span class="bill-days">{tax.note.clone()}</span> });
            view! { <div><dt>{label}{note}</dt><dd>{amount}</dd></div> }
        })
        .collect_view();
    rows.into_any()
}

fn totals(document: &Document) -> AnyView {
    let totals = &document.totals;
    let money = |minor: i64| totals.money(minor).to_string();
    let is_owed = document.kind == DocumentKind::Invoice
        && matches!(document.row.status, InvoiceStatus::Open | InvoiceStatus::Paid);
    let line = |label: &'static str, minor: i64| {
        (minor != 0).then(|| view! { <div><dt>{label}</dt><dd>{money(minor.saturating_neg())}</dd></div> })
    };
    let balance = is_owed.then(|| {
        view! {
            {line("Paid", totals.paid_minor)}
            {line("Credited", totals.credited_minor)}
            <div class="sum"><dt>"Balance"</dt><dd data-testid="balance">{totals.balance().to_string()}</dd></div>
        }
    });
    view! {
        <dl class="sheet-totals">
            <div><dt>"Total before tax"</dt><dd>{money(totals.net_minor)}</dd></div>
            {taxes(&document.taxes, totals)}
            <div class="sum"><dt>"Total"</dt><dd data-testid="total">{money(totals.total_minor)}</dd></div>
            {balance}
        </dl>
    }
    .into_any()
}
