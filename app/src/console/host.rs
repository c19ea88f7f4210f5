//! Which view shows which page, and what stands there while it loads, fails or is not allowed.

use super::{
    PageData, customers, invoices, overview, products, rate_plans,
    scope::{Scope, use_scope},
    settings, usage,
};
use crate::{
    routes::Page,
    ui::{Empty, Icon},
};
use leptos::prelude::*;
use model::list::Noun;

/// The page on screen. Another query of the same list is the same view: its rows change, its focus stays.
#[component]
pub fn PageHost() -> impl IntoView {
    let scope = use_scope();
    let key = Memo::new(move |_| scope.shown.with(|shown| shown.page.key()));
    move || match key.get() {
        Page::Overview => overview::view(scope),
        Page::List(query) => match query.noun {
            Noun::Products => products::list(scope),
            Noun::RatePlans => rate_plans::list(scope),
            Noun::Customers => customers::list(scope),
            Noun::Usage => usage::list(scope),
            Noun::Invoices => invoices::list(scope),
        },
        Page::Product(_) => products::detail(scope),
        Page::NewProduct | Page::EditProduct(_) => products::form(scope),
        Page::RatePlan(_) => rate_plans::detail(scope),
        Page::Customer(_) => customers::detail(scope),
        Page::NewCustomer | Page::EditCustomer(_) => customers::form(scope),
        Page::UsageRecord(_) => usage::detail(scope),
        Page::Invoice(_) => invoices::detail(scope),
        Page::Settings(page) => settings::view(scope, page),
        Page::Unknown => missing(scope, Noun::Customers),
    }
}

/// Shows `view` of the page's data once there is some; a skeleton before, and what is wrong instead.
pub fn with_data(
    scope: Scope,
    noun: Noun,
    view: impl Fn(&PageData) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    view! {
        {move || scope.shown.with(|shown| match &shown.data {
            Some(PageData::Missing) => missing(scope, noun),
            Some(PageData::Denied(_)) => denied(scope),
            Some(data) => view(data).unwrap_or_else(|| skeleton(noun)),
            // Only while there is no data: a failure must not build a form anew over what was typed into it.
            None => match scope.failed.get() {
                Some(error) => failed(scope, &error.message()),
                None => skeleton(noun),
            },
        })}
    }
    .into_any()
}

/// No such row in this workspace; it may be in another, and nobody can tell.
fn missing(scope: Scope, noun: Noun) -> AnyView {
    let back = scope.url(&Page::list(noun));
    view! {
        <section class="empty" data-testid="row-not-found">
            <Icon name="search"/>
            <h1>{format!("No such {}", noun.one())}</h1>
            <p>{format!("This workspace has no {} at this address. It may have been in another workspace, or the link is incomplete.", noun.one())}</p>
            <div class="btn-row"><a class="btn" href=back>{format!("All {}", noun.many())}</a></div>
        </section>
    }
    .into_any()
}

fn denied(scope: Scope) -> AnyView {
    let back = scope.entry.with_untracked(|e| {
        let may = e.as_ref().map(|e| e.seat.capabilities()).unwrap_or_default();
        scope.url(&scope.page.get_untracked().in_another_workspace(may))
    });
    view! {
        <Empty icon="key" title="Your role doesn’t open this page".to_owned() text="Ask an admin of this workspace if you need it.".to_owned()>
            <a class="btn" href=back>"Go to what you can see"</a>
        </Empty>
    }
    .into_any()
}

/// The page could not be loaded.
pub fn failed(scope: Scope, message: &str) -> AnyView {
    view! {
        <section class="empty" role="alert">
            <Icon name="alert"/>
            <h2>"This page didn’t load"</h2>
            <p>{message.to_owned()}</p>
            <div class="btn-row"><button class="btn" type="button" on:click=move |_| scope.retry()><Icon name="refresh"/>"Try again"</button></div>
        </section>
    }
    .into_any()
}

/// In the place of a page that is on its way.
fn skeleton(noun: Noun) -> AnyView {
    view! {
        <header class="page-head" aria-busy="true">
            <div class="titles"><h1><span class="visually-hidden">{noun.title()}</span><span class="skeleton title-line"></span></h1></div>
        </header>
        <div class="detail" aria-hidden="true">
            <section class="section side"><span class="skeleton long"></span><span class="skeleton"></span><span class="skeleton short"></span></section>
            <div class="activity"><section class="section"><span class="skeleton block"></span></section></div>
        </div>
    }
    .into_any()
}
