//! Lines of a document, each with how its amount came about.

use crate::{console::scope::Scope, routes::Page};
use leptos::prelude::*;
use model::{
    Currency, Money,
    count::amount,
    id::CustomerId,
    invoice::{DocumentLine, Link},
    subscription::{
        bill::{BillLine, Working},
        words,
    },
    usage::EventQuery,
};

/// Renders the table of lines.
pub fn table(scope: Scope, customer: CustomerId, lines: &[DocumentLine], currency: Currency) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="muted">"No lines yet"</p> }.into_any();
    }
    let rows = lines.iter().map(|line| row(scope, customer, line, currency)).collect_view();
    view! {
        <div class="table-wrap"><table class="data-table bill">
            <caption class="visually-hidden">"Lines"</caption>
            <thead><tr>
                <th scope="col">"Description"</th>
                <th scope="col" class="num col-sm">"Quantity"</th>
                <th scope="col" class="num fit col-md">"Tax"</th>
                <th scope="col" class="num wide">"Amount"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

/// Renders a link to another document.
pub(super) fn linked(scope: Scope, link: &Link) -> AnyView {
    let url = scope.url(&Page::Invoice(link.id));
    let name = link.number.clone().unwrap_or_else(|| "Draft".to_owned());
    view! { <a class="link" href=url>{name}</a> }.into_any()
}

/// Renders lines without their steps, for a comparison.
pub fn short(lines: &[DocumentLine], currency: Currency) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            view! { <li><span>{line.name.clone()}</span><span class="num">{Money { minor: line.net_minor, currency }.to_string()}</span></li> }
        })
        .collect_view();
    view! { <ul class="short-lines">{rows}</ul> }.into_any()
}

fn row(scope: Scope, customer: CustomerId, line: &DocumentLine, currency: Currency) -> AnyView {
    let days = line.service.map(words::days);
    let below: Vec<String> = days.into_iter().chain([line.detail.clone()]).filter(|text| !text.is_empty()).collect();
    let quantity = line.quantity.map(|quantity| amount(quantity, &line.unit));
    let again = line.rebill.then(|| view! { <span class="bill-days">"This usage is invoiced again."</span> });
    view! {
        <tr data-testid="line">
            <td class="col-main">
                <span class="bill-name">{line.name.clone()}</span>
                <span class="bill-days">{below.join(" · ")}</span>
                {again}
                {working(scope, customer, line, currency)}
            </td>
            <td class="num col-sm">{quantity}</td>
            <td class="num fit col-md">{format!("{} %", line.percent)}</td>
            <td class="num wide">{Money { minor: line.net_minor, currency }.to_string()}</td>
        </tr>
    }
    .into_any()
}

/// Renders how the amount came about. `None` for a line that a person entered, and where prices are not shown.
fn working(scope: Scope, customer: CustomerId, line: &DocumentLine, currency: Currency) -> Option<AnyView> {
    let (working, due_minor) = (line.working.as_ref()?, line.due_minor?);
    let money = |minor: i64| Money { minor, currency }.to_string();
    let step = |text: String, amount: String| {
        view! { <li><span>{text}</span><span class="num">{amount}</span></li> }.into_any()
    };
    let mut steps: Vec<AnyView> = bill_line(line, working, due_minor)
        .map(|bill| words::steps(&bill, currency).into_iter().map(|one| step(one.text, one.amount)).collect())
        .unwrap_or_default();
    steps.push(step("Costs as of this document".to_owned(), money(due_minor)));
    let billed = line.billed_minor.unwrap_or_default();
    steps.push(step("Less what was billed before".to_owned(), money(billed.saturating_neg())));
    let charged = due_minor.saturating_sub(billed);
    if charged != line.net_minor {
        let rest = charged.saturating_sub(line.net_minor);
        steps.push(step(
            "Left for the next invoice, so that this one is not negative".to_owned(),
            money(rest.saturating_neg()),
        ));
    }
    let events = line.slot.as_ref().and_then(|slot| slot.meter).map(|_| {
        let query = EventQuery { customer: Some(customer), ..EventQuery::default() };
        let url = scope.url(&Page::Events(query));
        view! { <a class="link" href=url>"Events of this customer"</a> }
    });
    Some(
        view! {
            <details class="working" data-testid="working">
                <summary>"How this came about"</summary>
                <ul>{steps}</ul>
                {events}
            </details>
        }
        .into_any(),
    )
}

/// Returns the line as that of an upcoming invoice, whose steps have words.
fn bill_line(line: &DocumentLine, working: &Working, due_minor: i64) -> Option<BillLine> {
    let days = line.service?;
    Some(BillLine {
        plan: line.detail.clone(),
        version: 0,
        name: line.name.clone(),
        unit: line.unit.clone(),
        days,
        period: line.slot.as_ref().map_or(days, |slot| slot.period),
        seats: 1,
        minor: due_minor,
        working: working.clone(),
    })
}
