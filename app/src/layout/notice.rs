//! Full-page notices for 404, 410 and 503. The 404 is byte-identical for a page that does not exist and one that the
//! person may not see: it does not depend on the URL (docs/SECURITY.md, I-7).

use crate::{
    account::{AccountFrame, restore_button},
    boot::AccessRequestOutcome,
    reactive,
    routes::{Page, Route},
    session::{Session, use_session},
    ui::{WorkspaceAvatar, WsIcon},
};
use leptos::prelude::*;
use model::{moment, text::isolated};

/// Links to the person's default workspace and to the picker.
pub fn ways_out(session: Session) -> AnyView {
    let default = session.picker.with_untracked(|picker| {
        let workspace = picker.as_ref()?.default_workspace()?;
        let url = Page::Overview.in_another_workspace(workspace.seat.capabilities()).url(&workspace.slug);
        Some((workspace.name.clone(), WorkspaceAvatar::of(&workspace.name, &workspace.slug, &workspace.brand), url))
    });
    view! {
        <div class="btn-row">
            {default.map(|(name, avatar, url)| view! { <a class="btn primary" href=url><WsIcon avatar/>{format!("Open {}", isolated(&name))}</a> })}
            <a class="btn" href=Route::home().url()>"All workspaces"</a>
        </div>
        {session.person.with_untracked(|p| p.as_ref().map(|p| view! { <p class="small">{format!("Signed in as {}.", p.email)}</p> }))}
    }
    .into_any()
}

/// 404 page.
#[component]
pub fn NotFound() -> impl IntoView {
    let session = use_session();
    view! {
        <AccountFrame>
            <main class="notice" id="main" data-testid="not-found">
                <p class="code">"404"</p>
                <h1>"Page not found"</h1>
                <p>"It may not exist, or you may not have access."</p>
                <p>"Ask for access and, if there is a workspace here, its admins will be notified."</p>
                // Without `action` the form POSTs to the current URL, which must not appear in a page that is the same
                // for all.
                <form method="post">
                    <input type="hidden" name="action" value="request_access"/>
                    <button class="btn" data-testid="request-access">"Request access"</button>
                </form>
                {ways_out(session)}
            </main>
        </AccountFrame>
    }
}

/// Confirmation of an access request. The same whether or not the workspace exists.
#[component]
pub fn AccessRequested(
    /// Result of the request.
    outcome: AccessRequestOutcome,
) -> impl IntoView {
    let session = use_session();
    let (title, text) = match outcome {
        AccessRequestOutcome::Noted => (
            "Access requested",
            "If there is a workspace at this address, its owners and admins can now see your name and email. If they \
             approve your request, the workspace appears in your list and you get an email. Otherwise you won’t hear \
             back.",
        ),
        AccessRequestOutcome::Limited => {
            ("Too many requests today", "You have requested access at many addresses today. Try again tomorrow.")
        }
    };
    view! {
        <AccountFrame>
            <main class="notice" id="main" data-testid="asked">
                <h1>{title}</h1>
                <p>{text}</p>
                {ways_out(session)}
            </main>
        </AccountFrame>
    }
}

/// 410 page for former members of a deleted workspace.
#[component]
pub fn Gone() -> impl IntoView {
    let session = use_session();
    view! {
        <AccountFrame>
            <main class="notice" id="main" data-testid="gone">
                <p class="code">"410"</p>
                <h1>"This workspace was deleted"</h1>
                <p>"You had access to it. Its data is no longer available. If that was a mistake, contact an owner of its organization."</p>
                {reactive::following(move || restore(session))}
                {ways_out(session)}
            </main>
        </AccountFrame>
    }
}

/// Restore button for an owner of the workspace.
fn restore(session: Session) -> Option<AnyView> {
    let Route::Workspace(slug, _) = session.navigator.route() else { return None };
    let workspace = session.picker.with(|p| p.as_ref()?.deleted.iter().find(|d| d.slug == slug).cloned())?;
    let until = moment::utc_date(workspace.until());
    let action = Page::Overview.url(&slug);
    Some(
        view! {
            <p>{format!("You owned it, so you can restore it with all its data until {until}.")}</p>
            {restore_button(session, &workspace, action)}
        }
        .into_any(),
    )
}

/// 503 page.
#[component]
pub fn Unavailable() -> impl IntoView {
    view! {
        <AccountFrame>
            <main class="notice" id="main" data-testid="unavailable">
                <p class="code">"503"</p>
                <h1>"Stile is temporarily unavailable"</h1>
                <p>"Your data is safe, and you’re still signed in. Try again in a moment."</p>
                <div class="btn-row"><a class="btn primary" href="" rel="external">"Try again"</a></div>
            </main>
        </AccountFrame>
    }
}
