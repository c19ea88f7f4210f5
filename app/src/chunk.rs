//! Lazily loaded chunk of the program, with the pages that are rarely opened in the first second. It is fetched when
//! the browser is idle, or before the hydration of a document that shows one of its pages.
//!
//! Only rendering code is split off. Authorization is always decided by the server, regardless of the loaded code.

use crate::{account::AccountPlane, console::Visit};
use leptos::prelude::*;

/// Rendered page.
pub type View = AnyView;

/// Page whose code is in the chunk.
#[derive(Clone)]
pub enum ChunkPage {
    /// Account page.
    Account(AccountPlane),
    /// Page of a workspace.
    Visit(Box<Visit>),
}

#[cfg(not(feature = "hydrate"))]
static DRAW: std::sync::OnceLock<fn(ChunkPage) -> AnyView> = std::sync::OnceLock::new();

/// Sets the function that renders the pages. On the server their code is always present.
#[cfg(not(feature = "hydrate"))]
pub fn provide(draw: fn(ChunkPage) -> AnyView) {
    // Every call sets the same function.
    let _ = DRAW.set(draw);
}

/// Renders the page at once.
#[cfg(not(feature = "hydrate"))]
pub fn render(page: ChunkPage) -> AnyView {
    DRAW.get().map(|draw| draw(page)).into_any()
}

/// Returns `true`: on the server there is nothing to fetch.
#[cfg(not(feature = "hydrate"))]
pub async fn fetch() -> bool {
    true
}

#[cfg(feature = "hydrate")]
pub use fetched::{Loader, fetch, provide, render};

#[cfg(feature = "hydrate")]
mod fetched {
    use super::ChunkPage;
    use crate::{
        account::{AccountFrame, AccountPlane},
        browser,
        console::visit_placeholder,
        layout::Failed,
    };
    use leptos::{prelude::*, task::spawn_local};
    use std::{
        future::Future,
        pin::Pin,
        sync::{
            OnceLock,
            atomic::{AtomicBool, Ordering},
        },
        task::{Context, Poll, Waker},
    };

    type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

    /// Access to the chunk, provided by the entry point, which defines the split.
    #[derive(Clone, Copy)]
    pub struct Loader {
        /// Fetches the chunk. Returns `true` on success.
        pub fetch: fn() -> Boxed<bool>,
        /// Renders a page of the chunk. The future is ready at once if the chunk is loaded.
        pub draw: fn(ChunkPage) -> Boxed<Option<AnyView>>,
    }

    static LOADER: OnceLock<Loader> = OnceLock::new();
    static LOADED: AtomicBool = AtomicBool::new(false);

    /// Sets the loader. Called once.
    pub fn provide(loader: Loader) {
        // The entry point is called once.
        let _ = LOADER.set(loader);
    }

    /// Fetches the chunk. Returns `true` if it is loaded.
    pub async fn fetch() -> bool {
        let Some(loader) = LOADER.get() else { return false };
        if (loader.fetch)().await {
            LOADED.store(true, Ordering::Relaxed);
        }
        LOADED.load(Ordering::Relaxed)
    }

    /// Renders a page of the loaded chunk.
    fn render_loaded(page: ChunkPage) -> AnyView {
        let rendered = LOADER.get().map(|loader| (loader.draw)(page.clone()));
        match rendered.map(|mut rendered| rendered.as_mut().poll(&mut Context::from_waker(Waker::noop()))) {
            Some(Poll::Ready(Some(view))) => view,
            Some(Poll::Ready(None) | Poll::Pending) | None => failed(&page),
        }
    }

    #[derive(Clone, Copy)]
    enum State {
        Loading,
        Loaded,
        Failed,
    }

    /// Renders the page once the chunk is loaded, with a placeholder until then.
    pub fn render(page: ChunkPage) -> AnyView {
        if LOADED.load(Ordering::Relaxed) {
            return render_loaded(page);
        }
        let state = RwSignal::new(State::Loading);
        spawn_local(async move {
            let fetched = fetch().await;
            // The view may be disposed by then.
            let _ = state.try_set(if fetched { State::Loaded } else { State::Failed });
        });
        let rendered_view = move || {
            let (state, page) = (state.get(), page.clone());
            move || match state {
                State::Loaded => render_loaded(page.clone()),
                State::Failed => failed(&page),
                State::Loading => placeholder(&page),
            }
        };
        rendered_view.into_any()
    }

    /// Renders the message that the chunk could not be loaded: the connection is lost, or the server runs another
    /// build. Reloading the document fixes both.
    fn failed(page: &ChunkPage) -> AnyView {
        let message = "Check your connection and try again.".to_owned();
        let failed = view! { <Failed message retry=browser::reload_document/> }.into_any();
        match page {
            ChunkPage::Visit(_) => failed,
            ChunkPage::Account(plane) => in_frame(plane, failed),
        }
    }

    /// Renders the placeholder of a page whose chunk is loading.
    fn placeholder(page: &ChunkPage) -> AnyView {
        match page {
            ChunkPage::Visit(visit) => visit_placeholder(visit),
            ChunkPage::Account(plane) => in_frame(
                plane,
                view! {
                    <div aria-busy="true">
                        <p><span class="skeleton title-line"></span></p>
                        <p><span class="skeleton long"></span></p>
                        <p><span class="skeleton"></span></p>
                    </div>
                }
                .into_any(),
            ),
        }
    }

    /// Renders a placeholder in the layout of an account page: centred for the picker, next to the navigation for all
    /// others.
    fn in_frame(plane: &AccountPlane, content: AnyView) -> AnyView {
        let main = match plane {
            AccountPlane::Home => view! { <main class="picker" id="main">{content}</main> }.into_any(),
            _ => view! { <div class="account-page"><main id="main">{content}</main></div> }.into_any(),
        };
        view! { <AccountFrame>{main}</AccountFrame> }.into_any()
    }
}
