//! Settings of the workspace: a navigation column and the selected page.
//!
//! A page or button that the seat does not allow names the roles that may use it.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod audit;
mod branding;
mod danger;
mod general;
pub(crate) mod invoicing;
pub(crate) mod keys;
mod members;
mod security;
mod server_fns;
pub(crate) mod webhooks;

pub use audit::table as audit_table;
pub use server_fns::*;
#[cfg(feature = "ssr")]
pub use webhooks::letters::turned_off as webhook_turned_off;

use super::{PageData, host::failed, scope::Scope};
use crate::{
    account::show_current_tab,
    reactive,
    routes::{Page, SettingsPage, VisitData},
    ui::{Icon, waiting_badge},
};
use leptos::prelude::*;
use model::{Capability, WorkspaceRole};

/// Renders a settings page in the settings layout.
pub fn view(scope: Scope, page: SettingsPage) -> AnyView {
    let here = page.section();
    show_current_tab();
    // The page has its own element, so that typed input stays when the seat or the name changes.
    let content = framed(scope, page);
    let link = move |target: SettingsPage| {
        let current = (target.section() == here).then_some("page");
        let (icon, title, needed) = (target.icon(), target.title(), target.requires());
        let members = target == SettingsPage::Members;
        let url = scope.url(&Page::Settings(target));
        // Sections that the role doesn't allow are shown without a link.
        reactive::following(move || {
            let url = url.clone();
            if scope.may(needed) {
                let count = members.then(|| reactive::following(move || waiting_badge(waiting(scope).get())));
                view! { <a class="nav-item" href=url aria-current=current><Icon name=icon/>{title}{count}</a> }
                    .into_any()
            } else {
                let why = format!("For {}", needed.holders());
                view! {
                    <span class="nav-item" data-locked="" title=why.clone()>
                        <Icon name=icon/>{title}<span class="visually-hidden">{format!(" ({})", why.to_lowercase())}</span>
                    </span>
                }
                .into_any()
            }
        })
    };
    view! {
        <header class="page-head"><div class="titles"><h1>"Settings"</h1></div></header>
        <div class="settings" data-hue=move || scope.hue()>
            <nav class="nav" aria-label="Settings">{SettingsPage::all().into_iter().map(link).collect_view()}</nav>
            <div class="settings-page">{content}</div>
        </div>
    }
    .into_any()
}

/// Returns the number of access requests in the current workspace, or 0 if this user may not decide on them.
fn waiting(scope: Scope) -> Memo<u32> {
    Memo::new(move |_| {
        scope.session.waiting_in(scope.entry.with(|e| e.as_ref().map(|e| e.workspace.slug.clone())).as_ref())
    })
}

fn framed(scope: Scope, page: SettingsPage) -> AnyView {
    let title = page.section().title();
    if page == SettingsPage::Members {
        // It keeps the results of the last invites while its data is reloaded.
        return view! { <h2 class="settings-title">{title}</h2>{members::view(scope)} }.into_any();
    }
    // Outside of the body, which is built again when its data changes.
    let created = RwSignal::new(None);
    let body = move || {
        scope.current.with(|current| match &current.data {
            Some(PageData::Denied(needed)) => why_not(scope, *needed),
            Some(PageData::Visit(_, data)) => data.decode().map_or_else(absent, |data| setting(scope, &data, created)),
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

fn setting(scope: Scope, data: &VisitData, created: RwSignal<Option<String>>) -> AnyView {
    match data {
        VisitData::General(settings) => general::view(scope, settings),
        VisitData::Branding => branding::view(scope),
        VisitData::Security(settings) => security::view(scope, settings),
        VisitData::Invoicing { settings, today } => invoicing::view(scope, settings, *today),
        VisitData::ApiKeys(keys) => keys::view(scope, keys, created),
        VisitData::Webhooks(list) => webhooks::view(scope, list, created),
        VisitData::Webhook(detail) => webhooks::detail(scope, detail, created),
        VisitData::Audit(log) => audit::view(scope, log),
        VisitData::Danger(contents) => danger::view(scope, *contents),
        _ => absent(),
    }
}

fn absent() -> AnyView {
    view! { <p class="muted">"This settings page doesn’t exist."</p> }.into_any()
}

/// Explains why the seat does not allow the page.
fn why_not(scope: Scope, needed: Capability) -> AnyView {
    let role = scope.entry.with_untracked(|e| e.as_ref().map(|e| e.seat.role()));
    let role = role.map_or("something else", WorkspaceRole::label);
    view! {
        <div class="banner" role="status" data-testid="why-not">
            <Icon name="key"/>
            <p>{format!("Only {} can change these settings. Your role is {role}. Contact one of them if something should change.", needed.holders())}</p>
        </div>
    }
    .into_any()
}

/// Explains, next to a disabled button, why the seat does not allow the action.
pub(super) fn why_no_button(scope: Scope, needed: Capability) -> Option<AnyView> {
    (!scope.may(needed)).then(|| {
        view! { <p class="hint" data-testid="why-not">{format!("Only {} can do that.", needed.holders())}</p> }
            .into_any()
    })
}
