//! Layouts of the account and organization pages: bar, navigation and title.

use super::AccountFrame;
use crate::{
    browser, reactive,
    routes::{AccountPage, OrganizationPage, Route, Saved},
    ui::{Banner, Icon, Tone},
};
use leptos::prelude::*;
use model::{audit::AuditQuery, id::OrganizationId};

/// Layout of an account page with navigation.
#[component]
pub fn AccountShell(
    /// Current page.
    page: AccountPage,
    /// Introductory sentence below the title.
    lead: &'static str,
    /// Page content.
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

/// Layout of an organization page with the organization's name and navigation.
#[component]
pub fn OrganizationFrame(
    /// Organization id.
    id: OrganizationId,
    /// Current page. `None` for the audit log, which has a wider layout.
    page: Option<OrganizationPage>,
    /// The organization's name.
    #[prop(into)]
    name: Signal<String>,
    /// `true` if the person is an owner or admin of the organization, who may read the audit log.
    #[prop(into)]
    manages: Signal<bool>,
    /// Page content without the title.
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

/// Scrolls the current page's tab into view. The navigation scrolls horizontally on phones.
pub fn show_current_tab() {
    reactive::effect(|| {
        browser::next_frame(|| browser::reveal_in_line(":is(.account-page, .settings) > .nav > [aria-current]"))
    });
}

/// Confirmation banner after saving without JavaScript. With JavaScript a toast is shown instead.
#[component]
pub fn SavedNote(
    /// Setting that was saved, if any.
    saved: Option<Saved>,
) -> impl IntoView {
    saved.map(|saved| view! { <Banner tone=Tone::Quiet message=saved.message()/> })
}
