//! Key hints.

use leptos::prelude::*;

/// A key hint with both names of the key: for keyboards with Ctrl and with Cmd. The style sheet shows one of them, by
/// an attribute that the program sets once it knows the platform. So the server's markup is the same for everybody.
pub fn kbd(control: &'static str, command: &'static str) -> AnyView {
    view! { <kbd class="kbd"><span class="for-control">{control}</span><span class="for-command">{command}</span></kbd> }
        .into_any()
}
