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

/// Draws it: what the chunk begins with. To be called by [`later`] and, in the browser, through the entry's
/// [`Loader`] alone, or all of it would be carried from the first.
pub fn draw(part: Part) -> AnyView {
    match part {
        Part::Account(plane) => plane.view(),
        Part::Visit(visit) => visit.view(),
    }
}

/// The page, at once: the server has it.
#[cfg(not(feature = "hydrate"))]
pub fn later(part: Part) -> AnyView {
    draw(part)
}

#[cfg(feature = "hydrate")]
pub use fetched::{Loader, fetch, later, provide};

#[cfg(feature = "hydrate")]
mod fetched {
    use super::Part;
    use crate::{
        browser, console,
        ui::{Empty, Icon},
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
        let Some(loader) = LOADER.get() else { return failed() };
        let mut drawn = (loader.draw)(part);
        match drawn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(view)) => view,
            Poll::Ready(None) | Poll::Pending => failed(),
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
            move || match (state, part.clone()) {
                (State::Here, part) => drawn(part),
                (State::Failed, _) => failed(),
                (State::Awaited, Part::Visit(visit)) => console::awaited(&visit),
                (State::Awaited, Part::Account(_)) => view! { <main id="main" aria-busy="true"></main> }.into_any(),
            }
        };
        page.into_any()
    }

    /// The chunk can't be had: the line is down, or the server has another build by now. A new document mends either.
    fn failed() -> AnyView {
        view! {
            <Empty icon="alert" title="This page didn’t load".to_owned() text="Check the connection and load it again.".to_owned()>
                <button class="btn" type="button" on:click=move |_| browser::reload_document()><Icon name="refresh"/>"Load again"</button>
            </Empty>
        }
        .into_any()
    }
}
