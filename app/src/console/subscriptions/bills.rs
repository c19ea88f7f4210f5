//! Upcoming invoices with the steps of each amount, and their comparison before and after a change.

use leptos::prelude::*;
use model::{
    Money, moment,
    subscription::{Bill, BillLine, Comparison, Preview, words},
};

/// Renders the lines of an upcoming invoice.
pub fn bill(bill: &Bill) -> AnyView {
    let currency = bill.total.currency;
    let rows = bill.lines.iter().map(|line| row(line, Money { minor: line.minor, currency })).collect_view();
    let caption = format!("Invoice of {}", moment::date(bill.on));
    if bill.lines.is_empty() {
        return view! { <p class="muted">"Nothing to charge"</p> }.into_any();
    }
    view! {
        <div class="table-wrap"><table class="data-table bill" data-testid="bill">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr><th scope="col">"Charge"</th><th scope="col" class="num wide">"Amount"</th></tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr><th scope="row">"Total before tax"</th><td class="num wide" data-testid="bill-total">{bill.total.to_string()}</td></tr></tfoot>
        </table></div>
    }
    .into_any()
}

fn row(line: &BillLine, amount: Money) -> AnyView {
    let steps = words::steps(line, amount.currency)
        .into_iter()
        .map(|step| view! { <li><span>{step.text}</span><span class="num">{step.amount}</span></li> })
        .collect_view();
    let of = format!("{} · {} v{}", words::days(line.days), line.plan, line.version);
    view! {
        <tr data-testid="bill-line">
            <td class="col-main">
                <span class="bill-name">{line.name.clone()}</span>
                <span class="bill-days">{of}</span>
                <details class="working"><summary>"How it is computed"</summary><ul>{steps}</ul></details>
            </td>
            <td class="num wide">{amount.to_string()}</td>
        </tr>
    }
    .into_any()
}

/// Renders the heading of an upcoming invoice: the day, and the period that it closes.
pub fn heading(bill: &Bill) -> String {
    match bill.period {
        Some(period) => format!("Invoice of {}, for {}", moment::date(bill.on), words::days(period)),
        None => format!("First invoice, of {}", moment::date(bill.on)),
    }
}

/// Renders the preview of a form.
pub fn preview(preview: &Preview) -> AnyView {
    if let Some(problem) = &preview.problem {
        return view! { <p class="muted" data-testid="preview-problem">{problem.clone()}</p> }.into_any();
    }
    let invoices = preview.invoices.iter().map(comparison).collect_view();
    let empty = preview.invoices.is_empty().then(|| view! { <p class="muted">"No further invoices"</p> });
    view! {
        <p class="preview-what">{preview.what.clone()}</p>
        {empty}
        {invoices}
    }
    .into_any()
}

fn comparison(pair: &Comparison) -> AnyView {
    let total = |bill: &Option<Bill>| bill.as_ref().map(|bill| bill.total.to_string());
    let (before, after) = (total(&pair.before), total(&pair.after));
    let Some(shown) = pair.after.as_ref().or(pair.before.as_ref()) else { return ().into_any() };
    let sums = match (before, after) {
        (Some(before), Some(after)) => view! {
            <p class="preview-sums"><span class="muted">{format!("Instead of {before}: ")}</span><strong data-testid="preview-total">{after}</strong></p>
        }
        .into_any(),
        (None, Some(after)) => view! { <p class="preview-sums"><strong data-testid="preview-total">{after}</strong></p> }.into_any(),
        (Some(before), None) => view! { <p class="preview-sums muted">{format!("This invoice of {before} is not issued.")}</p> }.into_any(),
        (None, None) => ().into_any(),
    };
    let lines = pair.after.as_ref().map(bill);
    view! {
        <section class="preview-invoice">
            <h2>{heading(shown)}</h2>
            {sums}
            {lines}
        </section>
    }
    .into_any()
}
