//! Toasts: short messages at the bottom of the screen.

use crate::{
    browser, reactive,
    session::{PLACES, Session, Toast, use_session},
    ui::Icon,
};
use leptos::prelude::*;

/// Element id of the text to copy manually.
const BY_HAND: &str = "copy-by-hand";

/// Toast container.
#[component]
pub fn Toasts() -> impl IntoView {
    let session = use_session();
    // A text to copy manually belongs to the page that offered it, so navigation removes it.
    reactive::effect(move || {
        session.navigator.route();
        if session.toasts.with_untracked(|toasts| toasts.iter().any(|toast| toast.by_hand.is_some())) {
            session.toasts.update(|toasts| toasts.retain(|toast| toast.by_hand.is_none()));
        }
    });
    view! { <div class="toasts" role="region" aria-label="Messages">{(0..PLACES).map(place).collect_view()}</div> }
}

fn place(number: u32) -> AnyView {
    let session = use_session();
    let here =
        Memo::new(move |_| session.toasts.with(|toasts| toasts.iter().rfind(|toast| toast.place == number).cloned()));
    // Nested, so that each toast is a new element and is announced by screen readers.
    reactive::following(move || {
        let toast = here.get();
        move || toast.clone().map(|toast| shown(session, toast))
    })
}

fn shown(session: Session, toast: Toast) -> impl IntoView {
    view! {
        <div class=if toast.bad { "toast bad" } else { "toast" } data-testid="toast" role=if toast.bad { "alert" } else { "status" }>
            <Icon name=if toast.bad { "alert" } else { "check" }/>
            <p>{toast.text}</p>
            {toast.by_hand.map(by_hand)}
            <button class="btn quiet small icon-only" type="button" aria-label="Dismiss" on:click=move |_| session.dismiss(toast.id)><Icon name="x"/></button>
        </div>
    }
}

/// Shows a selected text for the person to copy manually.
fn by_hand(text: String) -> AnyView {
    browser::next_frame(|| browser::select_text(BY_HAND));
    view! { <textarea class="input" id=BY_HAND readonly=true rows="2" aria-label="Text to copy">{text}</textarea> }
        .into_any()
}
