//! Keys, as hints show them.

use leptos::prelude::*;

/// A key: as a keyboard with Ctrl names it, and as one with Cmd does. The style sheet shows one of both, by an attribute
/// that the program sets once it knows: so the server's markup is the same for all.
pub fn kbd(control: &'static str, command: &'static str) -> AnyView {
    view! { <kbd class="kbd"><span class="for-control">{control}</span><span class="for-command">{command}</span></kbd> }
        .into_any()
}
