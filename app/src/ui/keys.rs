//! Keyboard shortcut hints.

use leptos::prelude::*;

/// Shortcut hint with both names of the key, for keyboards with Ctrl and with Cmd. The style sheet shows one of them,
/// depending on an attribute that is set once the platform is known. The server's markup is therefore the same for
/// everybody.
pub fn kbd(control: &'static str, command: &'static str) -> AnyView {
    view! { <kbd class="kbd"><span class="for-control">{control}</span><span class="for-command">{command}</span></kbd> }
        .into_any()
}
