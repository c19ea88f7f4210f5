//! Leptos effects and reactive views with boxed closures, compiled once instead of once per closure. Otherwise each of
//! about a hundred would add half a kilobyte to the binary.

use leptos::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// `true` once the view has been built.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Marks the view as built. Effects run only from then on: if the start of the program was aborted, it has no listeners
/// and sends no requests, although the browser still runs its scheduled tasks.
pub fn view_stands() {
    STANDS.store(true, Ordering::Relaxed);
}

/// Runs `run` once in the browser, and again whenever a signal that it has read changes, until the owner is disposed.
pub fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

fn boxed_effect(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| {
        if STANDS.load(Ordering::Relaxed) {
            run();
        }
    });
}

/// Creates a view that is rerendered whenever a signal that it has read changes.
pub fn following<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    let view: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || view().into_any());
    view.into_any()
}
