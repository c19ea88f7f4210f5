//! The frame of the account's own pages: bar, navigation, title.

use super::AccountFrame;
use crate::{
    routes::{AccountPage, Saved},
    ui::{Banner, Icon, Tone},
};
use leptos::prelude::*;

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

/// What was just saved without JavaScript; with it, a toast says so.
#[component]
pub fn SavedNote(
    /// What.
    saved: Option<Saved>,
) -> impl IntoView {
    saved.map(|saved| view! { <Banner tone=Tone::Quiet message=saved.message()/> })
}
