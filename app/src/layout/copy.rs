//! Copy button.

use crate::{session::use_session, ui::Icon};
use leptos::prelude::*;

/// Button that copies a text and reports the result. `copied` is the message after success, such as "Link copied".
pub fn copy_button(text: String, label: &'static str, copied: &'static str) -> AnyView {
    let session = use_session();
    view! {
        <button class="btn small" type="button" data-script on:click=move |_| session.copy(text.clone(), copied)><Icon name="copy"/>{label}</button>
    }
    .into_any()
}
