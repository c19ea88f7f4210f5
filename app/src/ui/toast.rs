//! Short messages at the foot of the screen.

use super::Icon;
use crate::{
    browser, reactive,
    session::{Session, use_session},
};
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Tells it from others.
    pub id: u32,
    /// Where it stands: after all that are shown.
    place: u32,
    /// A sentence.
    pub text: String,
    /// Something failed.
    pub bad: bool,
    /// A text that could not be copied. It is shown selected, for copying by hand, until it is dismissed.
    pub by_hand: Option<String>,
}

impl Toast {
    fn new(text: String, bad: bool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), place: 0, text, bad, by_hand: None }
    }

    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self::new(text.into(), false)
    }

    /// Something failed.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(text.into(), true)
    }

    /// Reports that the text was not copied.
    pub fn not_copied(text: String) -> Self {
        let message = "Your browser didn’t allow copying. The text is selected here: copy it yourself.";
        Self { by_hand: Some(text), ..Self::failed(message) }
    }

    /// The same, to be shown after those.
    #[must_use]
    pub fn after(self, shown: &[Self]) -> Self {
        Self { place: shown.last().map_or(0, |last| (last.place + 1) % PLACES), ..self }
    }
}

/// How many places there are. A toast keeps its own, so that none is told again to whoever hears them when another goes.
const PLACES: u32 = 8;
/// The text to be copied by hand.
const BY_HAND: &str = "copy-by-hand";

/// Where toasts appear.
#[component]
pub fn Toasts() -> impl IntoView {
    let session = use_session();
    // The text belongs to the page that offered it.
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
    // A view within a view: the next toast is a new element, which is told as one.
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

/// Shows the text that a person is to copy, selected.
fn by_hand(text: String) -> AnyView {
    browser::next_frame(|| browser::select_text(BY_HAND));
    view! { <textarea class="input" id=BY_HAND readonly=true rows="2" aria-label="Text to copy">{text}</textarea> }
        .into_any()
}
