//! State of a request that a page or form sends.

use super::{Banner, Tone};
use leptos::{prelude::*, task::spawn_local};

/// Requests of a page or form, of which at most one is in flight, and the error message of the last one.
#[derive(Clone, Copy)]
pub struct Pending {
    /// Error message; empty if there is none.
    pub message: RwSignal<String>,
    busy: RwSignal<bool>,
}

impl Default for Pending {
    fn default() -> Self {
        Self::new(String::new())
    }
}

impl Pending {
    /// Creates the state without a request in flight, with a message that the server returned.
    pub fn new(message: String) -> Self {
        Self { message: RwSignal::new(message), busy: RwSignal::new(false) }
    }

    /// Returns the `aria-busy` value of the buttons: `"true"` while a request is in flight.
    pub fn aria_busy(self) -> Option<&'static str> {
        self.busy.get().then_some("true")
    }

    /// Returns `true` if no request is in flight. It does not track changes.
    pub fn is_idle(self) -> bool {
        !self.busy.get_untracked()
    }

    /// Sends a request, unless one is in flight. `done` handles success, after the message was removed. `stopped`
    /// handles an error. Neither is called if the page has been disposed in the meantime.
    pub fn run<T, E>(
        self,
        answer: impl Future<Output = Result<T, E>> + 'static,
        done: impl FnOnce(T) + 'static,
        stopped: impl FnOnce(E) + 'static,
    ) where
        T: 'static,
        E: 'static,
    {
        self.send(answer, move |answer| {
            // The page may be disposed by then.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(value) => {
                    self.message.set(String::new());
                    done(value);
                }
                Err(error) => stopped(error),
            }
        });
    }

    /// Sends a request like [`run`](Self::run), but one that ends with another document. After success, `leave` loads
    /// that document, also if the page has been disposed in the meantime, and no other request can be sent.
    pub fn run_and_leave<T, E>(
        self,
        answer: impl Future<Output = Result<T, E>> + 'static,
        leave: impl FnOnce(T) + 'static,
        stopped: impl FnOnce(E) + 'static,
    ) where
        T: 'static,
        E: 'static,
    {
        self.send(answer, move |answer| match answer {
            Ok(value) => leave(value),
            Err(error) if self.busy.try_set(false).is_none() => stopped(error),
            Err(_) => {}
        });
    }

    fn send<A: 'static>(self, answer: impl Future<Output = A> + 'static, then: impl FnOnce(A) + 'static) {
        if self.is_idle() {
            self.busy.set(true);
            spawn_local(async move { then(answer.await) });
        }
    }

    /// Removes the message after an input.
    pub fn clear_message(self) {
        if self.message.with_untracked(|message| !message.is_empty()) {
            self.message.set(String::new());
        }
    }

    /// Renders the message, or nothing if there is none.
    pub fn banner(self) -> impl IntoView {
        move || self.message.with(|m| (!m.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=m.clone()/> }))
    }
}
