//! Page of a subscription: facts on the left, phases and upcoming invoices on the right.

use super::{
    api::{Adjustment, adjust_subscription},
    bills,
    phases::phases,
};
use crate::{
    console::{
        detail::{action_button, fact, subscription_state},
        scope::Scope,
    },
    routes::Page,
};
use leptos::prelude::*;
use model::{
    Capability, moment,
    subscription::{ChangeInput, ChangeKind, State, SubscriptionDetail, words},
};

/// Renders the page.
pub fn detail(scope: Scope, data: &SubscriptionDetail) -> AnyView {
    let row = &data.row;
    let id = row.id;
    // A memo, because renewing the grant during a call would otherwise draw the page again, and drop the answer.
    let may_edit = Memo::new(move |_| scope.may(Capability::EditContent)).get();
    let is_open = row.state != State::Ended;
    let actions = (may_edit && is_open).then(|| {
        let link = |kind: ChangeKind, class: &'static str| {
            let url = scope.url(&Page::ChangeSubscription(id, ChangeInput::of(kind)));
            view! { <a class=class href=url>{kind.title()}</a> }
        };
        let cancel = row.ends_on.map(|_| {
            let fields = vec![("action", "cancel-end".to_owned())];
            action_button(
                scope,
                fields,
                ("Keep running", "Remove the last day".to_owned()),
                "Last day removed",
                move || {
                    scope
                        .ask(async move |slug, grant| adjust_subscription(slug, grant, id, Adjustment::CancelEnd).await)
                },
            )
        });
        view! {
            {cancel}
            {link(ChangeKind::End, "btn quiet")}
            {link(ChangeKind::Seats, "btn")}
            {link(ChangeKind::Plan, "btn primary")}
        }
    });
    let customer = scope.url(&Page::Customer(row.customer_id));
    let plan = match &row.plan {
        Some(name) => {
            let text = format!("{name} v{}", row.version);
            view! { <a class="link" href=scope.url(&Page::RatePlan(row.plan_id))>{text}</a> }.into_any()
        }
        None => ().into_any(),
    };
    let so_far = data
        .so_far
        .as_ref()
        .map(|so_far| fact("This period so far", format!("{} ({})", so_far.total, words::days(so_far.period))));
    let last_on = row.last_on();
    let undo = (may_edit && is_open).then_some(id);
    view! {
        <header class="page-head">
            <div class="titles"><h1>{row.plan_name()}</h1>{subscription_state(row.state)}<p class="sub"><a class="link" href=customer.clone()>{row.customer.clone()}</a></p></div>
            <div class="btn-row">{actions}</div>
        </header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Customer", view! { <a class="link" href=customer>{row.customer.clone()}</a> })}
                    {row.plan.is_some().then(|| fact("Rate plan", plan))}
                    {fact("Seats", row.seats.to_string())}
                    {fact("First day", moment::date(row.starts_on))}
                    {last_on.map(|day| fact("Last day", format!("{}, until its end", moment::date(day))))}
                    {fact("Billing day", format!("Day {} of the month", data.schedule.anchor_on.day()))}
                    {so_far}
                    {row.external_id.clone().map(|text| fact("External id", view! { <span class="mono">{text}</span> }))}
                </dl>
            </section>
            <div class="activity">
                <section class="section" aria-labelledby="phases">
                    <div class="section-head"><h2 id="phases">"Phases"</h2></div>
                    {phases(scope, &data.schedule, data.today, undo)}
                </section>
                {upcoming(data)}
            </div>
        </div>
    }
    .into_any()
}

fn upcoming(data: &SubscriptionDetail) -> AnyView {
    // A guest can't read prices.
    if data.row.plan.is_none() {
        return ().into_any();
    }
    let bills = data
        .bills
        .iter()
        .map(|bill| view! { <section class="preview-invoice"><h3>{bills::heading(bill)}</h3>{bills::bill(bill)}</section> })
        .collect_view();
    let note = match &data.unpriced {
        Some(problem) => Some(problem.clone()),
        None if data.bills.is_empty() => Some("No further invoices".to_owned()),
        None => None,
    };
    view! {
        <section class="section" aria-labelledby="upcoming">
            <div class="section-head"><h2 id="upcoming">"Upcoming invoices"</h2><span class="end">"With the usage so far, before tax"</span></div>
            {note.map(|note| view! { <p class="muted">{note}</p> })}
            {bills}
        </section>
    }
    .into_any()
}
