//! Local storage, and messages to other tabs. They contain only keywords and ids, never row data.

use gloo_storage::{LocalStorage, Storage as _};
use leptos::{ev, prelude::*};
use model::uses::Frecency;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::BroadcastChannel;

/// Name of the broadcast channel between the tabs of a browser. Messages contain only keywords and ids, never row data.
const CHANNEL: &str = "stile";
/// The channel's only message; also the key of the storage event that is used if there is no broadcast channel.
const SIGNED_OUT: &str = "stile.signed-out";
/// Prefix of the storage keys of the usage counts.
const USES: &str = "stile.uses.";
/// Storage key of the pending sign-out.
const SIGN_OUT_PENDING: &str = "stile.sign-out-pending";

/// Returns `true` if local storage is available. Some browsers have none in private windows or if cookies are blocked,
/// and [`LocalStorage`] panics there.
fn keeps() -> bool {
    window().local_storage().is_ok_and(|storage| storage.is_some())
}

fn keep(key: &str, value: &str) {
    if keeps() {
        // If the storage is full, the write is skipped without further effect. Raw text, because a JSON parser adds 13
        // kB to the program.
        let _ = LocalStorage::raw().set_item(key, value);
    }
}

fn kept(key: &str) -> Option<String> {
    keeps().then(|| LocalStorage::raw().get_item(key).ok().flatten()).flatten()
}

fn forget(key: &str) {
    if keeps() {
        LocalStorage::delete(key);
    }
}

/// Notifies this browser's other tabs of a sign-out.
pub fn announce_sign_out() {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&SIGNED_OUT.into());
        channel.close();
    }
    // Fallback without broadcast channels: a storage change triggers an event in the other tabs.
    keep(SIGNED_OUT, SIGNED_OUT);
    forget(SIGNED_OUT);
}

/// Loads the person's usage counts from local storage.
pub fn kept_uses(person: &str) -> Frecency {
    kept(&format!("{USES}{person}")).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Saves the person's usage counts to local storage.
pub fn keep_uses(person: &str, uses: &Frecency) {
    keep(&format!("{USES}{person}"), &uses.to_string());
}

/// Removes the usage counts of all people from this device.
pub fn forget_uses() {
    if !keeps() {
        return;
    }
    let storage = LocalStorage::raw();
    let keys = (0..LocalStorage::length()).filter_map(|at| storage.key(at).ok().flatten());
    for key in keys.filter(|key| key.starts_with(USES)).collect::<Vec<_>>() {
        forget(&key);
    }
}

/// Stores whether a sign-out has yet to reach the server. Survives a document load.
pub fn set_sign_out_pending(pending: bool) {
    if pending {
        if keeps() {
            let _ = LocalStorage::set(SIGN_OUT_PENDING, true);
        }
    } else {
        forget(SIGN_OUT_PENDING);
    }
}

/// Returns `true` if a sign-out has yet to reach the server.
pub fn is_sign_out_pending() -> bool {
    kept(SIGN_OUT_PENDING).is_some()
}

/// Adds a listener for a sign-out in another tab.
pub fn on_sign_out_elsewhere(handler: impl Fn() + Clone + 'static) {
    let by_storage = handler.clone();
    let storage = window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(SIGNED_OUT) {
            by_storage();
        }
    });
    let channel = BroadcastChannel::new(CHANNEL).ok().map(|channel| {
        let listener = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            if event.data().as_string().as_deref() == Some(SIGNED_OUT) {
                handler();
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        (channel, listener)
    });
    // A cleanup must be `Send`, and a closure of JavaScript is not. It is never created on the server.
    let channel = SendWrapper::new(channel);
    on_cleanup(move || {
        storage.remove();
        if let Some((channel, _listener)) = channel.take() {
            channel.close();
        }
    });
}
