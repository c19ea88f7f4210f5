//! The plane of one workspace: from the slug to the shell with its page, or to the reason why not.

use super::{host::PageHost, scope::Scope, shell::Shell, standing::LostNotice};
use crate::{
    browser,
    error::AppError,
    ui::{Gone, NotFound},
};
use leptos::prelude::*;
use model::Slug;

/// `/{slug}/...`. Mounted anew for each slug: its reactive owner is the workspace's scope.
#[component]
pub fn WorkspacePlane(
    /// Which workspace.
    slug: Slug,
) -> impl IntoView {
    let scope = Scope::open(slug);
    let refused = Memo::new(move |_| scope.refused.get());
    let lost = Memo::new(move |_| scope.lost.with(Option::is_some));
    Effect::new(move |_| match refused.get() {
        Some(AppError::Gone) => browser::set_title("Deleted · Stile"),
        Some(_) => browser::set_title("Not found · Stile"),
        None => {}
    });
    let arrived = scope.entry.with_untracked(Option::is_some);
    Effect::new(move |_| {
        // After a switch the focus would be lost with the old switcher: the new page takes it.
        if !arrived {
            browser::next_frame(|| browser::focus("#main"));
        }
    });
    view! {
        {move || match refused.get() {
            Some(_) if lost.get() => view! { <LostNotice scope/> }.into_any(),
            Some(AppError::Gone) => view! { <Gone/> }.into_any(),
            Some(_) => view! { <NotFound/> }.into_any(),
            None => view! { <Shell><PageHost/></Shell> }.into_any(),
        }}
    }
}
