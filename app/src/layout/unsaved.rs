//! Confirmation dialog before unsaved changes are discarded.

use crate::{
    browser::{self, Leaving},
    reactive,
    session::use_session,
};
use leptos::prelude::*;

const DIALOG: &str = "unsaved-dialog";

/// Confirmation dialog before a page with unsaved changes is left by a link, a workspace switch, the palette, the
/// history or sign-out. When the tab is closed, the browser asks.
#[component]
pub fn UnsavedDialog() -> impl IntoView {
    let session = use_session();
    let leaving = session.navigator.leaving();
    let stay = move || {
        browser::close_dialog(DIALOG);
        leaving.set(None);
    };
    let discard = move |_| {
        let Some(where_to) = leaving.get_untracked() else { return };
        browser::forget_unsaved();
        stay();
        match where_to {
            Leaving::To(route) => session.navigator.push(*route),
            Leaving::Through => browser::go_back(),
            Leaving::SignOut => session.sign_out(),
        }
    };
    reactive::effect(move || {
        if leaving.with(Option::is_some) {
            browser::spawn_eager(async { browser::show_dialog(DIALOG) });
        }
    });
    reactive::following(move || {
        leaving.with(Option::is_some).then(|| view! {
            <dialog class="dialog" id=DIALOG aria-labelledby="unsaved-title" aria-describedby="unsaved-text" data-testid="unsaved-dialog"
                on:cancel=move |event: leptos::ev::Event| { event.prevent_default(); stay(); }>
                <h2 id="unsaved-title">"Discard changes?"</h2>
                <p id="unsaved-text">"What you typed on this page isn’t saved yet."</p>
                <div class="btn-row">
                    <button class="btn" type="button" autofocus on:click=move |_| stay()>"Stay"</button>
                    <button class="btn danger primary" type="button" on:click=discard>"Discard"</button>
                </div>
            </dialog>
        })
    })
}
