//! Leptos' effects and views that follow signals, compiled once and not once for each closure: what they run is boxed.
//! Each would weigh half a kilobyte in the program otherwise, and there are a hundred.

use leptos::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the view stands.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Says that the view stands. Effects run only from then on: a program whose start was cut short listens to nothing and
/// asks for nothing, although the browser goes on with what it had planned.
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
