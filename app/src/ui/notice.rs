//! Full-page notices for 404, 410 and 503. The 404 is byte-identical for a page that does not exist and one that the
//! person may not see: it does not depend on the URL (docs/SECURITY.md, I-7).

use super::{Face, WsIcon};
use crate::{
    account::{AccountFrame, restore_button},
    boot::Asking,
    reactive,
    routes::{Page, Route},
    session::{Session, use_session},
};
use leptos::prelude::*;
use model::{moment, text::isolated};

/// Links to the person's default workspace and to the picker.
pub fn ways_out(session: Session) -> AnyView {
    let default = session.picker.with_untracked(|picker| {
        let workspace = picker.as_ref()?.default_workspace()?;
        let url = Page::Overview.in_another_workspace(workspace.seat.capabilities()).url(&workspace.slug);
        Some((workspace.name.clone(), Face::of(&workspace.name, &workspace.slug, &workspace.brand), url))
    });
    view! {
        <div class="btn-row">
            {default.map(|(name, face, url)| view! { <a class="btn primary" href=url><WsIcon face/>{format!("Open {}", isolated(&name))}</a> })}
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
                <h1>"Nothing here for you"</h1>
                <p>"Either there is no such page, or it is in a workspace you have no seat in. Stile says the same in both cases."</p>
                <p>"If you were sent here to work, say that you want in: whoever could let you in will see it, if there is anybody."</p>
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
pub fn Asked(
    /// Result of the request.
    asking: Asking,
) -> impl IntoView {
    let session = use_session();
    let (title, text) = match asking {
        Asking::Noted => (
            "You have asked",
            "If there is a workspace at this address, its owners and admins see your name and address now. If they let you in, it shows in your list and you get a mail; otherwise you hear nothing.",
        ),
        Asking::Limited => ("That is enough for today", "You have asked at many addresses today. Try again tomorrow."),
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
                <p>"You had a seat in it; its data can’t be opened any more. If that was a mistake, write to an owner of its organization."</p>
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
            <p>{format!("You owned it, so you can restore it, whole, until {until}.")}</p>
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
                <h1>"Stile can’t reach its data"</h1>
                <p>"Nothing is lost, and you are still signed in. It usually takes a moment."</p>
                <div class="btn-row"><a class="btn primary" href="" rel="external">"Try again"</a></div>
            </main>
        </AccountFrame>
    }
}
