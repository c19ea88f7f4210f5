//! Leptos' effects and views that follow signals, compiled once and not once for each closure: what they run is boxed.
//! Each would weigh half a kilobyte in the program otherwise, and there are a hundred.

use leptos::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the view has been built.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Marks the view as built. Effects run only from then on: if the start of the program was aborted, it listens to
/// nothing and requests nothing, although the browser still runs its scheduled tasks.
pub fn view_stands() {
    STANDS.store(true, Ordering::Relaxed);
}

/// Runs `run` once in the browser, and again whenever what it has read changes, for as long as the owner lives.
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

/// A view that is drawn again whenever what it has read changes.
pub fn following<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    let view: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || view().into_any());
    view.into_any()
}
