//! What the program does not carry at first: pages that nobody opens in the first second. They are one chunk, which is
//! fetched when there is nothing else to do, or before a document that shows one of them is taken over.
//!
//! Only what is drawn is split off. What a page may read and do is the server's to say, with or without its code here.

use crate::{account::AccountPlane, console::Visit};
use leptos::prelude::*;

/// What a page is drawn as.
pub type View = AnyView;

/// A page of the chunk.
#[derive(Clone)]
pub enum Part {
    /// A page of the person's own.
    Account(AccountPlane),
    /// A page of a workspace.
    Visit(Box<Visit>),
}

#[cfg(not(feature = "hydrate"))]
static DRAW: std::sync::OnceLock<fn(Part) -> AnyView> = std::sync::OnceLock::new();

/// Says by what the pages are drawn, which on the server are always there.
#[cfg(not(feature = "hydrate"))]
pub fn provide(draw: fn(Part) -> AnyView) {
    // It is the same each time.
    let _ = DRAW.set(draw);
}

/// The page, at once.
#[cfg(not(feature = "hydrate"))]
pub fn later(part: Part) -> AnyView {
    DRAW.get().map(|draw| draw(part)).into_any()
}

/// Fetches the chunk: there is nothing to fetch where it was never cut off.
#[cfg(not(feature = "hydrate"))]
pub async fn fetch() -> bool {
    true
}

#[cfg(feature = "hydrate")]
pub use fetched::{Loader, fetch, later, provide};

#[cfg(feature = "hydrate")]
mod fetched {
    use super::Part;
    use crate::{
        account::{AccountFrame, AccountPlane},
        browser, console,
        ui::Failed,
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

    /// How the chunk is had. Given by the entry, which alone knows where it was cut off.
    #[derive(Clone, Copy)]
    pub struct Loader {
        /// Fetches it; says whether it is here.
        pub fetch: fn() -> Boxed<bool>,
        /// Draws a page of it: ready at once when it is here.
        pub draw: fn(Part) -> Boxed<Option<AnyView>>,
    }

    static LOADER: OnceLock<Loader> = OnceLock::new();
    static HERE: AtomicBool = AtomicBool::new(false);

    /// Says how the chunk is had, once.
    pub fn provide(loader: Loader) {
        // The entry is called once.
        let _ = LOADER.set(loader);
    }

    /// Fetches the chunk; says whether it is here.
    pub async fn fetch() -> bool {
        let Some(loader) = LOADER.get() else { return false };
        if (loader.fetch)().await {
            HERE.store(true, Ordering::Relaxed);
        }
        HERE.load(Ordering::Relaxed)
    }

    /// The page of a chunk that is here.
    fn drawn(part: Part) -> AnyView {
        let drawn = LOADER.get().map(|loader| (loader.draw)(part.clone()));
        match drawn.map(|mut drawn| drawn.as_mut().poll(&mut Context::from_waker(Waker::noop()))) {
            Some(Poll::Ready(Some(view))) => view,
            Some(Poll::Ready(None) | Poll::Pending) | None => failed(&part),
        }
    }

    #[derive(Clone, Copy)]
    enum State {
        Awaited,
        Here,
        Failed,
    }

    /// The page, as soon as the chunk is here.
    pub fn later(part: Part) -> AnyView {
        if HERE.load(Ordering::Relaxed) {
            return drawn(part);
        }
        let state = RwSignal::new(State::Awaited);
        spawn_local(async move {
            let fetched = fetch().await;
            // Whoever waited may have gone elsewhere.
            let _ = state.try_set(if fetched { State::Here } else { State::Failed });
        });
        let page = move || {
            let (state, part) = (state.get(), part.clone());
            move || match state {
                State::Here => drawn(part.clone()),
                State::Failed => failed(&part),
                State::Awaited => awaited(&part),
            }
        };
        page.into_any()
    }

    /// The chunk can't be had: the line is down, or the server has another build by now. A new document mends either.
    fn failed(part: &Part) -> AnyView {
        let message = "Check the connection, then try again.".to_owned();
        let failed = view! { <Failed message retry=browser::reload_document/> }.into_any();
        match part {
            Part::Visit(_) => failed,
            Part::Account(plane) => in_frame(plane, failed),
        }
    }

    /// In the place of a page whose chunk is on its way.
    fn awaited(part: &Part) -> AnyView {
        match part {
            Part::Visit(visit) => console::awaited(visit),
            Part::Account(plane) => in_frame(
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

    /// Where a page of the person's own will stand: the picker in a column in the middle, all others beside their links.
    fn in_frame(plane: &AccountPlane, stand_in: AnyView) -> AnyView {
        let place = match plane {
            AccountPlane::Home => view! { <main class="picker" id="main">{stand_in}</main> }.into_any(),
            _ => view! { <div class="account-page"><main id="main">{stand_in}</main></div> }.into_any(),
        };
        view! { <AccountFrame>{place}</AccountFrame> }.into_any()
    }
}
