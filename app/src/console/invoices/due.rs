//! "To bill": what is due to be invoiced, by day and customer.

use super::api::{RESULT, chosen, draft_due};
use crate::{
    browser,
    console::{form::grant_field, scope::Scope},
    routes::Page,
    session::Toast,
    ui::{FormMessage, FormState},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    Capability, calendar,
    invoice::{DuePage, DueRow},
    list::Noun,
    moment,
    subscription::words,
};

/// Renders the page.
pub fn due(scope: Scope, data: &DuePage) -> AnyView {
    let may_edit = Memo::new(move |_| scope.may(Capability::ManageInvoices)).get();
    let returned = scope.session.take_returned().unwrap_or_default();
    let result = returned.value(RESULT).map(|text| {
        view! { <div class="banner page-banner" role="status" data-testid="result"><p>{text.to_owned()}</p></div> }
    });
    let form = FormState::new(returned);
    let list = if data.rows.is_empty() { nothing(data) } else { table(scope, form, data, may_edit) };
    let all = scope.url(&Page::list(Noun::Invoices));
    view! {
        <header class="page-head">
            <div class="titles"><h1>"To bill"</h1><span class="count" data-testid="count">{data.rows.len().to_string()}{data.more.then_some("+")}</span></div>
            <div class="btn-row"><a class="btn" href=all>"All invoices"</a></div>
        </header>
        {result}
        {list}
        {unpriced(scope, data)}
    }
    .into_any()
}

fn nothing(data: &DuePage) -> AnyView {
    let next = match data.next_on {
        Some(day) => format!("The next invoice is due on {}.", moment::date(day)),
        None => "No subscription is running. Start one on the page of a customer.".to_owned(),
    };
    view! {
        <section class="empty">
            <h2>"Nothing to bill"</h2>
            <p data-testid="next">{next}</p>
        </section>
    }
    .into_any()
}

fn table(scope: Scope, form: FormState, data: &DuePage, may_edit: bool) -> AnyView {
    let rows = data.rows.iter().map(|due| row(scope, due, may_edit)).collect_view();
    let submit = move |event: SubmitEvent| {
        let send = move |values: Vec<(String, String)>| {
            let run = chosen(values.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            Some(scope.ask(async move |slug, grant| draft_due(slug, grant, run.clone()).await))
        };
        let done = move |words: String| {
            scope.session.toast(Toast::done(words));
            scope.reload();
        };
        form.submit(&event, send, done, move |error| scope.form_error(error));
    };
    let here = scope.url(&Page::DueInvoices);
    let choose = may_edit.then(|| {
        view! { <th scope="col" class="col-check"><input type="checkbox" aria-label="Select all" checked=true data-testid="select-all" on:change=move |event| browser::check_all("cut", browser::is_checked(&event))/></th> }
    });
    let buttons = may_edit.then(|| {
        view! { <div class="btn-row due-actions"><button class="btn primary" type="submit" aria-busy=move || form.pending.aria_busy()>"Draft"</button></div> }
    });
    view! {
        <form class="due" method="post" action=here novalidate on:submit=submit>
            <input type="hidden" name="action" value="draft"/>
            {grant_field(scope)}
            <FormMessage form/>
            <div class="table-wrap"><table class="data-table" id="cuts">
                <caption class="visually-hidden">"To bill"</caption>
                <thead><tr>
                    {choose}
                    <th scope="col" class="col-main">"Customer"</th>
                    <th scope="col" class="col-md">"Period"</th>
                    <th scope="col" class="fit col-sm">"Invoice day"</th>
                    <th scope="col" class="fit col-lg">"Drafted from"</th>
                    <th scope="col" class="fit">"Draft"</th>
                    <th scope="col" class="num wide">"Before tax"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            {buttons}
        </form>
    }
    .into_any()
}

fn row(scope: Scope, due: &DueRow, may_edit: bool) -> AnyView {
    let value = format!("{}:{}", due.subscription_id, calendar::day(due.cut_on));
    let check = may_edit.then(|| {
        // What has a draft is not drafted again.
        let check = due.draft.is_none().then(|| {
            let label = format!("Select {}, {}", due.customer, moment::date(due.cut_on));
            view! { <input type="checkbox" name="cut" value=value aria-label=label checked=true/> }
        });
        view! { <td class="col-check">{check}</td> }
    });
    let draft = due.draft.map(|id| {
        let url = scope.url(&Page::Invoice(id));
        view! { <a class="link" href=url aria-label=format!("Draft for {}", due.customer)>"Open"</a> }
    });
    let net = due.net.map_or_else(|| "No price".to_owned(), |net| net.to_string());
    let customer = scope.url(&Page::Customer(due.customer_id));
    view! {
        <tr data-testid="row">
            {check}
            <td class="col-main"><a class="link" href=customer>{due.customer.clone()}</a><span class="row-sub shown">{due.plan.clone()}</span></td>
            <td class="col-md">{due.period.map(words::days)}</td>
            <td class="fit col-sm">{moment::date(due.cut_on)}</td>
            <td class="fit col-lg">{moment::date(due.grace_until)}</td>
            <td class="fit">{draft}</td>
            <td class="num wide">{net}</td>
        </tr>
    }
    .into_any()
}

fn unpriced(scope: Scope, data: &DuePage) -> Option<AnyView> {
    if data.unpriced.is_empty() {
        return None;
    }
    let items = data
        .unpriced
        .iter()
        .map(|(id, name)| {
            let url = scope.url(&Page::Customer(*id));
            view! { <li><a class="line" href=url><span class="text">{name.clone()}</span></a></li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="section" aria-labelledby="unpriced">
                <div class="section-head"><h2 id="unpriced">"Usage without a price"</h2></div>
                <p class="hint">"These customers have usage that no subscription of theirs prices."</p>
                <ul class="line-list" data-testid="unpriced">{items}</ul>
            </section>
        }
        .into_any(),
    )
}
