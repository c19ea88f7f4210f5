//! Workspace plane: the shell, which survives switches between workspaces, and the scope of the current workspace,
//! which does not.
//!
//! The scope lives in its own reactive owner, keyed by the slug. Another slug opens another owner and cleans up the
//! previous one in the same turn of the event loop. The shell and the lists read the current scope and own no workspace
//! data, so that a switch changes their texts and rebuilds neither.

use super::{access::AccessLostNotice, arrival::follow_page, current_workspace::CurrentWorkspace, shell::Shell};
use crate::{
    browser,
    error::AppError,
    layout::{Gone, NotFound},
    reactive,
    ui::whole_watched,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// Layout of the pages below `/{slug}`. It is a component, because the router subscribes to whatever a plain function
/// reads, and would recreate the plane.
#[component]
pub fn WorkspacePlane() -> impl IntoView {
    CurrentWorkspace::open().map(plane)
}

fn plane(workspace: CurrentWorkspace) -> impl IntoView {
    // A child owner, because the router ends a view by dropping its owner. A strong reference to that owner from within
    // would keep the plane alive after the workspace was left.
    let home = StoredValue::new(Owner::current().unwrap_or_default().child());
    on_cleanup(move || workspace.session.toasts.set(Vec::new()));
    let embedded = workspace.session.with_content(|content| content.is_some());
    let refused = Memo::new(move |_| workspace.refused());
    let key = Memo::new(move |_| workspace.session.plane_of(workspace.slug.get()));
    reactive::effect(move || match refused.get() {
        Some(AppError::Gone) => browser::set_title("Deleted · Stile"),
        Some(_) => browser::set_title("Not found · Stile"),
        None => {}
    });
    // The focus would stay on the clicked element or be lost with it, so the new page takes it.
    let take_focus = || browser::next_frame(browser::focus_page);
    let (first, _) = workspace.enter(&key.get_untracked(), home);
    if !embedded {
        take_focus();
    }
    reactive::effect(move || {
        let (_, switched) = workspace.enter(&key.get(), home);
        if switched {
            take_focus();
        }
    });
    let scope = Signal::derive(move || workspace.scope().unwrap_or(first));
    provide_context(scope);
    follow_page(scope);
    let lost = Memo::new(move |_| workspace.scope().is_some_and(|scope| scope.lost.with(Option::is_some)));
    let losing = move || workspace.scope_now().filter(|_| lost.get());
    // The shell's nodes are checked on each switch of workspaces.
    let shown = whole_watched(
        move || workspace.scope.track(),
        move || match (refused.get(), losing()) {
            (Some(_), Some(scope)) => view! { <AccessLostNotice scope/> }.into_any(),
            (Some(AppError::Gone), None) => view! { <Gone/> }.into_any(),
            (Some(_), None) => view! { <NotFound/> }.into_any(),
            (None, _) => view! { <Shell workspace><Outlet/></Shell> }.into_any(),
        },
    );
    view! { <div class="contents">{shown}</div> }
}
