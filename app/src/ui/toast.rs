//! Short messages at the foot of the screen.

use super::Icon;
use crate::session::use_session;
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Tells it from others.
    pub id: u32,
    /// A sentence.
    pub text: String,
    /// Something failed.
    pub bad: bool,
}

impl Toast {
    fn new(text: String, bad: bool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), text, bad }
    }

    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self::new(text.into(), false)
    }

    /// Something failed.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(text.into(), true)
    }
}

/// Where toasts appear.
#[component]
pub fn Toasts() -> impl IntoView {
    let session = use_session();
    view! {
        <div class="toasts" role="region" aria-label="Messages">
            <For each=move || session.toasts.get() key=|toast| toast.id let:toast>
                <div class=if toast.bad { "toast bad" } else { "toast" } data-testid="toast" role=if toast.bad { "alert" } else { "status" }>
                    <Icon name=if toast.bad { "alert" } else { "check" }/>
                    <p>{toast.text.clone()}</p>
                    <button class="btn quiet small icon-only" type="button" aria-label="Dismiss" on:click=move |_| session.dismiss(toast.id)><Icon name="x"/></button>
                </div>
            </For>
        </div>
    }
}
