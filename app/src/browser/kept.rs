//! The browser's side of what it keeps and of what it tells its other tabs. Words and ids only, never rows.

use gloo_storage::{LocalStorage, Storage as _};
use leptos::{ev, prelude::*};
use model::uses::Uses;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::BroadcastChannel;

/// The channel over which tabs of one browser talk. Words and ids only, never rows.
const CHANNEL: &str = "stile";
/// Its one word so far; also the key of the storage event that stands in where there is no channel.
const SIGNED_OUT: &str = "stile.signed-out";
/// What the keys begin with under which it is kept what people choose.
const USES: &str = "stile.uses.";
/// Where it is kept that a sign-out has yet to reach the server.
const SIGN_OUT_PENDING: &str = "stile.sign-out-pending";

/// Whether this browser keeps anything. Some don't in private windows, or where cookies are blocked, and
/// [`LocalStorage`] panics there.
fn keeps() -> bool {
    window().local_storage().is_ok_and(|storage| storage.is_some())
}

fn keep(key: &str, value: &str) {
    if keeps() {
        // A full store keeps less, and nothing else breaks. The text as it is: reading JSON takes 13 kB of program.
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

/// Says to this browser's other tabs that the person signed out.
pub fn announce_sign_out() {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&SIGNED_OUT.into());
        channel.close();
    }
    // Where there is no channel, a change in storage wakes the other tabs.
    keep(SIGNED_OUT, SIGNED_OUT);
    forget(SIGNED_OUT);
}

/// What is kept on this device of what that person chooses.
pub fn kept_uses(person: &str) -> Uses {
    kept(&format!("{USES}{person}")).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Keeps what that person chooses, on this device.
pub fn keep_uses(person: &str, uses: &Uses) {
    keep(&format!("{USES}{person}"), &uses.to_string());
}

/// Forgets what anybody chose on this device.
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

/// Keeps, across documents, whether a sign-out has yet to reach the server.
pub fn set_sign_out_pending(pending: bool) {
    if pending {
        if keeps() {
            let _ = LocalStorage::set(SIGN_OUT_PENDING, true);
        }
    } else {
        forget(SIGN_OUT_PENDING);
    }
}

/// Whether a sign-out has yet to reach the server.
pub fn is_sign_out_pending() -> bool {
    kept(SIGN_OUT_PENDING).is_some()
}

/// Listens for the person signing out in another tab.
pub fn on_sign_out_elsewhere(handler: impl Fn() + Clone + 'static) {
    let by_storage = handler.clone();
    let storage = SendWrapper::new(window_event_listener(ev::storage, move |event| {
        if event.key().as_deref() == Some(SIGNED_OUT) {
            by_storage();
        }
    }));
    let channel = BroadcastChannel::new(CHANNEL).ok().map(|channel| {
        let listener = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            if event.data().as_string().as_deref() == Some(SIGNED_OUT) {
                handler();
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        (channel, listener)
    });
    let channel = SendWrapper::new(channel);
    on_cleanup(move || {
        storage.take().remove();
        if let Some((channel, _listener)) = channel.take() {
            channel.close();
        }
    });
}
