//! The Stile console: pages, components, server functions. One crate for both sides, by the features `ssr` (the
//! server renders and answers) and `hydrate` (the browser takes over).
//!
//! A feature is a folder: its view, its server functions, its loader. Rules live in `model`, SQL in `store`; the
//! server's own machinery (router, middleware, JSON API) in `server`. See docs/ARCHITECTURE.md.

#![recursion_limit = "512"]

pub mod account;
pub mod boot;
pub mod browser;
pub mod chunk;
pub mod console;
pub mod error;
pub mod live;
pub mod packed;
pub mod reactive;
pub mod root;
pub mod routes;
pub mod seats;
pub mod session;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
pub mod wire;

pub use root::App;

/// Takes over the document that was loaded from `address` (path and query): reads what it carries, hydrates the view
/// over the server's markup. A document whose page is in the chunk waits for that; without it, it stays as the server
/// sent it, and its forms work as they do without JavaScript.
#[cfg(feature = "hydrate")]
pub fn hydrate(address: &str, chunk: chunk::Loader) {
    use leptos::prelude::*;
    let Some(element) = document().get_element_by_id(boot::ELEMENT) else { return };
    let Ok(boot) = wire::from_text::<boot::Boot>(&element.text_content().unwrap_or_default()) else { return };
    // It holds the first page's rows and the grant: what belongs to a workspace must not outlive it in the document.
    element.remove();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let route = routes::Route::parse(path, query);
    chunk::provide(chunk);
    let needed = root::needs_chunk(&boot.content, &route);
    let take_over = move || {
        browser::watch_controls();
        leptos::mount::hydrate_body(move || view! { <App boot route/> });
    };
    if !needed {
        return take_over();
    }
    // Leptos has no executor before it has mounted something.
    wasm_bindgen_futures::spawn_local(async move {
        if chunk::fetch().await {
            take_over();
        }
    });
}
