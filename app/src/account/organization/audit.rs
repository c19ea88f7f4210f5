//! The audit log of an organization at `/org/{id}/audit`, for its owners and admins. Works without JavaScript.

use crate::account::{AccountFrame, OrganizationFrame};
use crate::{
    boot::AccountData, browser, console::audit_table, layout::NotFound, reactive, routes::Route, session::use_session,
};
use leptos::prelude::*;
use model::audit::AuditView;

/// Audit log page. Filters and pagination load new documents, because the log is read seldom.
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
                // Only people who manage the organization can read its audit log.
                <OrganizationFrame id=organization page=None name=Signal::stored(name.clone()) manages=Signal::stored(true)>
                    <p class="lead">{format!("Changes to the members, invites, domains and workspaces of {name}. Times are in {zone}. Each workspace has its own audit log.")}</p>
                    {audit_table(&log, &query, url, browser::load_document, None)}
                </OrganizationFrame>
            }
            .into_any()
        }
        // The document contained no data, so it is loaded again.
        (None, route) => {
            reactive::effect(move || browser::load_document(&route.url()));
            view! { <AccountFrame><div class="account-page"><main id="main"><p class="muted">"Loading…"</p></main></div></AccountFrame> }.into_any()
        }
        _ => view! { <NotFound/> }.into_any(),
    }
}
