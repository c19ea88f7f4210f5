//! `/org/{id}/audit`: what was done to an organization, for its owners and admins. Works without JavaScript.

use crate::account::{AccountFrame, OrganizationFrame};
use crate::{
    boot::AccountData,
    browser,
    console::{AuditView, audit_table},
    reactive,
    routes::Route,
    session::use_session,
    ui::NotFound,
};
use leptos::prelude::*;

/// The page. Its filters and pages are documents of their own: it is read seldom, and never as part of something else.
#[component]
pub fn OrganizationAuditPage() -> impl IntoView {
    let session = use_session();
    let route = session.navigator.route_now();
    match (session.take_account_data(), route) {
        (Some(AccountData::OrganizationAudit { name, log }), Route::OrganizationAudit(organization, query)) => {
            let url = move |query| Route::OrganizationAudit(organization, query).url();
            let AuditView { time_zone, .. } = &*log;
            let zone = time_zone.clone();
            view! {
                // A person who can read the log manages the organization.
                <OrganizationFrame id=organization page=None name=Signal::stored(name.clone()) manages=Signal::stored(true)>
                    <p class="lead">{format!("What was done to {name}: members, invites, domains, workspaces. Times are in {zone}. What was done inside a workspace is in its own log.")}</p>
                    {audit_table(&log, &query, url, browser::load_document, None)}
                </OrganizationFrame>
            }
            .into_any()
        }
        // Nothing was carried: it is asked for as a document.
        (None, route) => {
            reactive::effect(move || browser::load_document(&route.url()));
            view! { <AccountFrame><div class="account-page"><main id="main"><p class="muted">"Loading…"</p></main></div></AccountFrame> }.into_any()
        }
        _ => view! { <NotFound/> }.into_any(),
    }
}
