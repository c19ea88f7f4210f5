//! Starts the program in the browser. The boot script (frontend/boot.js) calls [`prepare`] and then [`start`]. It
//! calls [`start`] in the same task in which it checks the document's nodes, so that nothing changes them in between.
//! If either fails, the script makes the page work without the program.

use crate::{
    App,
    boot::{self, InitialState},
    browser, chunk, reactive, root,
    routes::Route,
    wire,
};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static PREPARED: RefCell<Option<(InitialState, String)>> = const { RefCell::new(None) };
}

/// Returns `true` if the URL in the address bar differs from that of the document, because the user went back while the
/// program was still loading. Only the server knows the content of that URL.
fn is_elsewhere(address: &str) -> bool {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default() != address
}

/// Reads the data of the document, and loads the chunk if its page needs it. `address` is the path and query that the
/// document was loaded from. Calls `done` with `true` if [`start`] may be called.
pub fn prepare(address: &str, embedded: &str, loader: chunk::Loader, done: JsValue) {
    let done = move |ready: bool| {
        // Its errors have already been reported.
        let _ = done.unchecked_ref::<js_sys::Function>().call1(&JsValue::NULL, &ready.into());
    };
    let Ok(boot) = wire::from_text::<InitialState>(embedded) else { return done(false) };
    if is_elsewhere(address) {
        return browser::reload_document();
    }
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let route = Route::parse(path, query).shown();
    chunk::provide(loader);
    let needs_chunk = root::needs_chunk(&boot.content, &route);
    PREPARED.set(Some((boot, address.to_owned())));
    if !needs_chunk {
        return done(true);
    }
    // Leptos has no executor before the first mount.
    wasm_bindgen_futures::spawn_local(async move { done(chunk::fetch().await) });
}

/// Hydrates the server's elements. If they were changed (`is_empty`), renders the same view into the root, which the
/// script has emptied.
pub fn start(is_empty: bool) {
    let root = document().get_element_by_id(boot::ROOT).and_then(|root| root.dyn_into().ok());
    let (Some((boot, address)), Some(root)) = (PREPARED.take(), root) else { return };
    if is_elsewhere(&address) {
        return browser::reload_document();
    }
    let view = move || view! { <App boot/> }.into_any();
    if is_empty {
        leptos::mount::mount_to(root, view).forget();
    } else {
        leptos::mount::hydrate_from(root, view).forget();
    }
    browser::watch_controls();
    reactive::view_stands();
}

/// Starts to listen to the browser and the server. The script calls it once the page has been drawn, so that a program
/// that fails before does nothing.
pub fn listen() {
    browser::started();
}
