//! The frames of the account's and an organization's pages: bar, navigation, title.

use super::AccountFrame;
use crate::{
    browser, reactive,
    routes::{AccountPage, OrganizationPage, Route, Saved},
    ui::{Banner, Icon, Tone},
};
use leptos::prelude::*;
use model::{audit::AuditQuery, id::OrganizationId};

/// A page of the person's own account, beside the navigation.
#[component]
pub fn AccountShell(
    /// Which.
    page: AccountPage,
    /// A sentence under the title.
    lead: &'static str,
    /// The page.
    children: Children,
) -> impl IntoView {
    show_current_tab();
    view! {
        <AccountFrame>
            <div class="account-page">
                <nav class="nav" aria-label="Account">
                    {AccountPage::ALL.map(|item| view! {
                        <a class="nav-item" href=item.path() aria-current=(item == page).then_some("page")><Icon name=item.icon()/>{item.title()}</a>
                    }).into_iter().collect_view()}
                </nav>
                <main id="main">
                    <h1>{page.title()}</h1>
                    <p class="lead">{lead}</p>
                    {children()}
                </main>
            </div>
        </AccountFrame>
    }
}

/// A page of an organization, under its name and beside the navigation.
#[component]
pub fn OrganizationFrame(
    /// The organization's id.
    id: OrganizationId,
    /// The page. `None` for the audit log, which is wider.
    page: Option<OrganizationPage>,
    /// The organization's name.
    #[prop(into)]
    name: Signal<String>,
    /// Whether the person manages it, and so may read the audit log.
    #[prop(into)]
    manages: Signal<bool>,
    /// The page, without its title.
    children: Children,
) -> impl IntoView {
    show_current_tab();
    let is_audit = page.is_none();
    view! {
        <AccountFrame>
            <div class=if is_audit { "account-page wide" } else { "account-page" }>
                <nav class="nav" aria-label="Organization">
                    {OrganizationPage::ALL.into_iter().map(|to| view! {
                        <a class="nav-item" href=Route::Organization(id, to).url() aria-current=(Some(to) == page).then_some("page")>
                            <Icon name=to.icon()/><span>{to.title()}</span>
                        </a>
                    }).collect_view()}
                    {move || manages.get().then(|| view! {
                        <a class="nav-item" rel="external" href=Route::OrganizationAudit(id, AuditQuery::default()).url() aria-current=is_audit.then_some("page")>
                            <Icon name="clock"/><span>"Audit log"</span>
                        </a>
                    })}
                </nav>
                <main id="main">
                    <p class="over">{move || name.get()}</p>
                    <h1>{page.map_or("Audit log", OrganizationPage::title)}</h1>
                    {children()}
                </main>
            </div>
        </AccountFrame>
    }
}

/// On phones the navigation scrolls sideways: makes the tab of the current page visible.
pub fn show_current_tab() {
    reactive::effect(|| {
        browser::next_frame(|| browser::reveal_in_line(":is(.account-page, .settings) > .nav > [aria-current]"))
    });
}

/// What was just saved without JavaScript; with it, a toast says so.
#[component]
pub fn SavedNote(
    /// What.
    saved: Option<Saved>,
) -> impl IntoView {
    saved.map(|saved| view! { <Banner tone=Tone::Quiet message=saved.message()/> })
}
