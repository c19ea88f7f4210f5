//! Page of a rate plan and of each of its versions: facts, prices, calculator, versions.

use super::{
    api::{PlanAction, act_on_rate_plan},
    calculator::{DEFAULT_QUANTITY, Priced, cost},
    table::prices,
    words,
};
use crate::{
    browser,
    console::{
        detail::{archive_button, fact, lifecycle},
        form::grant_field,
        scope::Scope,
    },
    error::AppError,
    routes::Page,
    session::Toast,
    ui::{Icon, Pending, Status, StatusTone, whole},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    Capability,
    catalog::Lifecycle,
    count::pluralize,
    id::RatePlanId,
    moment,
    money::grouped,
    rate_plan::{RatePlanDetail, Version, VersionRow, VersionState},
    text::isolated,
};

/// Renders the page.
pub fn page(scope: Scope, plan: &RatePlanDetail) -> AnyView {
    let row = &plan.row;
    // A memo, because renewing the grant during a call would otherwise draw the page again, and drop the answer.
    let may_edit = Memo::new(move |_| scope.may(Capability::EditContent));
    let actions = may_edit.get().then(|| actions(scope, plan));
    let shown = plan.shown.as_ref();
    let heading = shown.map(version_name).unwrap_or_else(|| "Prices".to_owned());
    view! {
        <header class="page-head">
            <div class="titles"><h1>{row.name.clone()}</h1>{lifecycle(row.status)}</div>
            <div class="btn-row">{actions}</div>
        </header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Code", view! { <span class="mono">{row.code.clone()}</span> })}
                    {fact("Currency", format!("{} · {}", row.currency.code(), row.currency.name()))}
                    {fact("Billing period", words::interval_label(row.interval))}
                    {fact("Subscribers", grouped(row.customers.unsigned_abs()))}
                    {fact("Created", view! { <time title=moment::exact(*row.created_at)>{moment::date(row.created_at.date())}</time> })}
                </dl>
            </section>
            <div class="activity">
                <section class="section" aria-labelledby="prices">
                    <div class="section-head"><h2 id="prices">{heading}</h2>{plan.shown_row().map(state)}</div>
                    {shown.filter(|version| !version.note.is_empty()).map(|version| view! { <p class="version-note">{version.note.clone()}</p> })}
                    {match shown {
                        Some(version) => prices(scope, version, row.interval),
                        None => view! { <p class="muted">"This plan has no prices."</p> }.into_any(),
                    }}
                </section>
                {shown.filter(|version| !version.charges.is_empty()).map(|version| calculator(scope, plan, version))}
                {versions(scope, plan, may_edit.get())}
            </div>
        </div>
    }
    .into_any()
}

/// Returns the name of a version as a heading.
pub fn version_name(version: &Version) -> String {
    match version.state {
        VersionState::Draft => format!("Version {}, draft", version.number),
        VersionState::Published => format!("Version {}", version.number),
    }
}

fn state(version: &VersionRow) -> AnyView {
    let (tone, label) = match version.state {
        VersionState::Draft => (StatusTone::Info, "Draft"),
        VersionState::Published => (StatusTone::Ok, "Published"),
    };
    view! { <Status tone label/> }.into_any()
}

fn actions(scope: Scope, plan: &RatePlanDetail) -> AnyView {
    let row = &plan.row;
    let id = row.id;
    let archive = archive_button(scope, row.name.clone(), row.status, move |status| {
        let action = match status {
            Lifecycle::Active => PlanAction::Restore,
            Lifecycle::Archived => PlanAction::Archive,
        };
        scope.ask(async move |slug, grant| act_on_rate_plan(slug, grant, Some(id), action.clone()).await)
    });
    let rename = scope.url(&Page::EditRatePlan(id));
    let draft = if plan.draft().is_some() {
        let (edit, publish) = (scope.url(&Page::EditDraft(id)), scope.url(&Page::PublishDraft(id)));
        let discard = plan.row.version.is_some().then(|| {
            let done = format!("Draft of {} discarded", isolated(&row.name));
            action_button(scope, "discard", "Discard draft", "x", PlanAction::Discard, id, move |scope| {
                scope.session.toast(Toast::done(done.clone()));
                scope.changed(Page::RatePlan(id));
            })
        });
        view! {
            {discard}
            <a class="btn" href=publish>"Publish"</a>
            <a class="btn primary" href=edit><Icon name="edit"/>"Edit draft"</a>
        }
        .into_any()
    } else {
        action_button(scope, "new-version", "New version", "plus", PlanAction::NewVersion, id, move |scope| {
            scope.page_cache.update_value(|pages| pages.clear());
            scope.go(Page::EditDraft(id));
        })
    };
    view! { {archive}<a class="btn quiet" href=rename>"Rename"</a>{draft} }.into_any()
}

/// Renders a button for an action on the plan. It is a form, so that it works without JavaScript.
fn action_button(
    scope: Scope,
    action: &'static str,
    label: &'static str,
    icon: &'static str,
    call: PlanAction,
    id: RatePlanId,
    done: impl Fn(Scope) + Send + Sync + Clone + 'static,
) -> AnyView {
    let pending = Pending::default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (call, done) = (call.clone(), done.clone());
        let answer = scope.ask(async move |slug, grant| act_on_rate_plan(slug, grant, Some(id), call.clone()).await);
        pending.run(answer, move |_| done(scope), move |error: AppError| scope.handle_error(error));
    };
    let here = scope.url(&Page::RatePlan(id));
    let class = if action == "discard" { "btn quiet" } else { "btn primary" };
    view! {
        <form method="post" action=here on:submit=submit>
            <input type="hidden" name="action" value=action/>
            {grant_field(scope)}
            <button class=class aria-busy=move || pending.aria_busy()><Icon name=icon/>{label}</button>
        </form>
    }
    .into_any()
}

fn calculator(scope: Scope, plan: &RatePlanDetail, version: &Version) -> AnyView {
    let (page, asked) = match scope.page.get_untracked() {
        Page::RatePlanPrice(id, number, quantity) => (Page::of_plan(id, number), quantity),
        page => (page, DEFAULT_QUANTITY.to_owned()),
    };
    let quantity = RwSignal::new(asked.clone());
    let priced = Priced::of(version, plan.row.interval);
    let here = scope.url(&page);
    view! {
        <section class="section" aria-labelledby="calculator">
            <div class="section-head"><h2 id="calculator">"What would it cost?"</h2></div>
            <form class="calculator" method="get" action=here on:submit=move |event: SubmitEvent| event.prevent_default()>
                <div class="field">
                    <label for="quantity">"Quantity"</label>
                    <input class="input" type="search" inputmode="decimal" id="quantity" name="quantity" value=asked autocomplete="off" maxlength="40"
                        on:input=move |event| quantity.set(browser::event_value(&event))/>
                </div>
                <button class="btn" data-no-script>"Compute"</button>
            </form>
            <div class="cost" aria-live="polite">{whole(move || cost(&priced, &quantity.get()))}</div>
        </section>
    }
    .into_any()
}

fn versions(scope: Scope, plan: &RatePlanDetail, may_edit: bool) -> AnyView {
    let shown = plan.shown.as_ref().map(|version| version.number);
    let rows = plan
        .versions
        .iter()
        .map(|version| {
            let url = scope.url(&Page::RatePlanVersion(plan.row.id, version.number));
            let current = (shown == Some(version.number)).then_some("true");
            let published = version.published_at.map(|at| {
                let by = version.published_by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
                view! { <time title=moment::exact(*at)>{moment::date(at.date())}</time>{by} }
            });
            view! {
                <tr data-testid="row">
                    <td class="col-main"><a draggable="false" class="row-link" href=url aria-current=current>{format!("Version {}", version.number)}</a></td>
                    <td class="fit">{state(version)}</td>
                    <td class="col-sm">{published}</td>
                    <td class="col-md">{version.note.clone()}</td>
                    <td class="num">{grouped(version.customers.unsigned_abs())}</td>
                </tr>
            }
        })
        .collect_view();
    let count = i64::try_from(plan.versions.len()).unwrap_or_default();
    // To the latest version, if somebody is on an earlier one.
    let move_to = plan.row.version.and_then(|latest| {
        let earlier = plan.versions.iter().filter(|version| version.number != latest);
        let customers: i64 = earlier.map(|version| version.customers).sum();
        (customers > 0).then(|| {
            let are = if customers == 1 { "is" } else { "are" };
            let text = format!("{} {are} on earlier versions.", pluralize(customers, "customer", "customers"));
            let url = scope.url(&Page::MoveVersion(plan.row.id, latest));
            let link = may_edit.then(
                || view! { " "<a class="link" href=url>{format!("Move subscriptions to version {latest}…")}</a> },
            );
            view! { <p class="version-note" data-testid="earlier">{text}{link}</p> }
        })
    });
    view! {
        <section class="section" aria-labelledby="versions">
            <div class="section-head"><h2 id="versions">"Versions"</h2><span class="end">{pluralize(count, "version", "versions")}</span></div>
            {move_to}
            <div class="table-wrap"><table class="data-table">
                <caption class="visually-hidden">{format!("Versions of {}", plan.row.name)}</caption>
                <thead><tr><th scope="col">"Version"</th><th scope="col" class="fit">"State"</th><th scope="col" class="col-sm">"Published"</th><th scope="col" class="col-md">"Note"</th><th scope="col" class="num count">"Subscribers"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}
