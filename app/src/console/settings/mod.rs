//! The workspace's settings: a quiet column of pages, and the page (blueprint section 5).
//!
//! A page that a seat doesn't allow says why, and what would; so does a button.

mod audit;
mod branding;
mod danger;
mod general;
mod members;
mod security;
mod server_fns;

pub use audit::table as audit_table;
pub use server_fns::*;

use super::{PageData, VisitData, host::failed, scope::Scope};
use crate::{
    routes::{Page, SettingsPage},
    ui::Icon,
};
use leptos::prelude::*;
use model::{Capability, WorkspaceRole};

/// A page of the settings inside their frame.
pub fn view(scope: Scope, page: SettingsPage) -> AnyView {
    let here = page.key();
    // The page's own element, so that what is typed stays when the seat or the name changes.
    let content = framed(scope, page);
    let link = move |target: SettingsPage| {
        let current = (target.key() == here).then_some("page");
        let (icon, title, needed) = (target.icon(), target.title(), target.requires());
        let url = scope.url(&Page::Settings(target));
        view! {
            <a class="nav-item" href=url aria-current=current data-locked=move || (!scope.may(needed)).then_some("")>
                <Icon name=icon/>{title}
            </a>
        }
    };
    view! {
        <header class="page-head"><div class="titles"><h1>"Settings"</h1></div></header>
        <div class="settings">
            <nav class="nav" aria-label="Settings" data-hue=move || scope.hue()>{SettingsPage::all().into_iter().map(link).collect_view()}</nav>
            <div class="settings-page">{content}</div>
        </div>
    }
    .into_any()
}

fn framed(scope: Scope, page: SettingsPage) -> AnyView {
    let title = page.title();
    if page == SettingsPage::Members {
        // It keeps what became of the last invites while its data is read anew.
        return view! { <h2 class="settings-title">{title}</h2>{members::view(scope)} }.into_any();
    }
    let body = move || {
        scope.shown.with(|shown| match &shown.data {
            Some(PageData::Denied(needed)) => why_not(scope, *needed),
            Some(PageData::Visit(_, data)) => data.open().map_or_else(absent, |data| setting(scope, &data)),
            Some(_) => absent(),
            None => match scope.failed.get() {
                Some(error) => failed(scope, &error.message()),
                None => view! {
                    <div class="section" aria-busy="true"><span class="skeleton long"></span><span class="skeleton block"></span></div>
                }
                .into_any(),
            },
        })
    };
    view! { <h2 class="settings-title">{title}</h2>{body} }.into_any()
}

fn setting(scope: Scope, data: &VisitData) -> AnyView {
    match data {
        VisitData::General(settings) => general::view(scope, settings),
        VisitData::Branding => branding::view(scope),
        VisitData::Security(settings) => security::view(scope, settings),
        VisitData::Audit(log) => audit::view(scope, log),
        VisitData::Danger(contents) => danger::view(scope, *contents),
        _ => absent(),
    }
}

fn absent() -> AnyView {
    view! { <p class="muted">"There is no such page of the settings."</p> }.into_any()
}

/// Which roles have a capability, in words.
fn holders(needed: Capability) -> &'static str {
    match needed {
        Capability::OwnWorkspace => "owners",
        Capability::ManageBilling | Capability::ManageInvoices => "owners, admins and billing admins",
        _ => "owners and admins",
    }
}

/// Why there is nothing to see here for this seat.
fn why_not(scope: Scope, needed: Capability) -> AnyView {
    let role = scope.entry.with_untracked(|e| e.as_ref().map(|e| e.seat.role()));
    let role = role.map_or("something else", WorkspaceRole::label);
    view! {
        <div class="banner" role="status" data-testid="why-not">
            <Icon name="key"/>
            <p>{format!("These settings are for {} of the workspace; your role in it is {role}. Ask one of them if something here should change.", holders(needed))}</p>
        </div>
    }
    .into_any()
}

/// Beside a button that a seat doesn't allow: why not.
pub(super) fn why_no_button(scope: Scope, needed: Capability) -> Option<AnyView> {
    (!scope.may(needed)).then(|| {
        view! { <p class="hint" data-testid="why-not">{format!("Only {} can do that.", holders(needed))}</p> }
            .into_any()
    })
}
