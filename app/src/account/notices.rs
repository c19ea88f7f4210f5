//! Notices on the picker: pending invites, joinable workspaces and access requests.

use super::load_notices;
use crate::{
    routes::{Page, Route, SettingsPage},
    session::use_session,
    ui::{Icon, WorkspaceAvatar, WsIcon},
};
use leptos::{prelude::*, task::spawn_local};
use model::{count::pluralize, invite::InviteTo, members::Notices, text::isolated};

/// List of notices; empty if there are none. Reloads together with the workspace list.
#[component]
pub fn NoticesSection(
    /// Notices contained in the document, if any.
    first: Option<Notices>,
) -> impl IntoView {
    let session = use_session();
    let fresh = first.is_some();
    let notices = RwSignal::new(first.unwrap_or_default());
    Effect::new(move |before: Option<()>| {
        session.picker.track();
        if before.is_some() || !fresh {
            spawn_local(async move {
                if let Ok(now) = load_notices().await {
                    notices.try_set(now);
                }
            });
        }
    });
    move || notices.with(|notices| (!notices.is_empty()).then(|| section(notices)))
}

fn section(notices: &Notices) -> AnyView {
    let invites = notices.invites.iter().map(|invite| {
        let words = match invite.to {
            InviteTo::Workspace(_) => {
                format!("{} of {}, as {}", isolated(&invite.place), isolated(&invite.organization), invite.role)
            }
            InviteTo::Organization(_) => format!("{}, as {}", isolated(&invite.place), invite.role),
        };
        let avatar = match invite.to {
            InviteTo::Workspace(id) => WorkspaceAvatar::automatic(id, &invite.place),
            InviteTo::Organization(_) => WorkspaceAvatar::named(&invite.place),
        };
        offer(
            avatar,
            words,
            format!("{} invited you", isolated(&invite.inviter)),
            "accept",
            "Accept",
            &invite.id.to_string(),
            true,
        )
    });
    let joins = notices.joins.iter().map(|join| {
        let words = format!("{} of {}, as {}", isolated(&join.name), isolated(&join.organization), join.role.label());
        let avatar = WorkspaceAvatar::automatic(join.id, &join.name);
        offer(avatar, words, "Open to your email domain".to_owned(), "join", "Join", &join.id.to_string(), false)
    });
    let offers = invites.chain(joins).collect_view();
    let has_offers = !(notices.invites.is_empty() && notices.joins.is_empty());
    let requests = notices
        .requests
        .iter()
        .map(|waiting| {
            let url = Page::Settings(SettingsPage::Members).url(&waiting.slug);
            let number = pluralize(i64::from(waiting.count), "access request", "access requests");
            view! { <li><a class="line" href=url data-testid="waiting" data-slug=waiting.slug.to_string()><Icon name="user"/><span class="text">{number}" in "{waiting.name.clone()}</span><Icon name="chevron-right"/></a></li> }
        })
        .collect_view();
    let invited = i64::try_from(notices.invites.len()).unwrap_or(i64::MAX);
    view! {
        <section class="notices" aria-label="Waiting for you" data-testid="notices">
            {(invited > 0).then(|| view! { <h2>{pluralize(invited, "invitation", "invitations")}</h2> })}
            {has_offers.then(|| view! { <ul class="offers">{offers}</ul> })}
            {(!notices.requests.is_empty()).then(|| view! { <ul class="line-list">{requests}</ul> })}
        </section>
    }
    .into_any()
}

fn offer(
    avatar: WorkspaceAvatar,
    words: String,
    by: String,
    action: &'static str,
    label: &'static str,
    id: &str,
    may_decline: bool,
) -> AnyView {
    let form = |action: &'static str, class: &'static str, label: &'static str| {
        view! {
            <form method="post" action=Route::home().url()>
                <input type="hidden" name="id" value=id.to_owned()/>
                <input type="hidden" name="action" value=action/>
                <button class=class aria-label=format!("{label}: {words}")>{label}</button>
            </form>
        }
    };
    view! {
        <li class="offer" data-testid="offer">
            <WsIcon avatar large=true/>
            <p class="words"><b>{words.clone()}</b><span class="muted">{by}</span></p>
            <div class="btn-row">
                {form(action, "btn small primary", label)}
                {may_decline.then(|| form("decline", "btn small quiet", "Decline"))}
            </div>
        </li>
    }
    .into_any()
}
