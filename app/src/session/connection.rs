//! Whether the server can be reached: the person is told while it can't, and what failed is tried again by itself.

use super::{Session, use_session};
use crate::{browser, live, reactive};
use leptos::prelude::*;

/// The first and the longest pause before asking whether the server is there again, in milliseconds.
const PAUSES: (u32, u32) = (2_000, 30_000);
/// The element that says that there is no connection.
const NOTICE: &str = "offline-notice";

/// What is known of the connection to the server.
#[derive(Clone, Copy)]
pub struct Connection {
    /// A request did not get through, or the device is offline.
    lost: RwSignal<bool>,
    /// Counts the moments at which it is worth trying again what failed.
    again: RwSignal<u32>,
    /// Losses in a row.
    losses: StoredValue<u32>,
    /// Whether the next question is due already.
    asking: StoredValue<bool>,
}

impl Connection {
    /// A connection that works.
    pub fn new() -> Self {
        Self {
            lost: RwSignal::new(false),
            again: RwSignal::new(0),
            losses: StoredValue::new(0),
            asking: StoredValue::new(false),
        }
    }

    /// The server was heard.
    pub fn is_back(self) {
        if self.lost.try_get_untracked() == Some(true) {
            self.lost.set(false);
            self.try_again();
        }
    }

    /// A request got through.
    pub fn works(self) {
        self.losses.set_value(0);
        self.is_back();
    }

    /// Calls `retry` whenever it is worth trying again, for as long as the caller's scope lives.
    pub fn on_again(self, retry: Box<dyn Fn()>) {
        let first = self.again.get_untracked();
        let (alive, retry) = (StoredValue::new(true), std::rc::Rc::new(retry));
        reactive::effect(move || {
            if self.again.get() != first {
                // Later, as trying may dispose of this very effect; and not any more if something else did.
                let retry = std::rc::Rc::clone(&retry);
                browser::after(0, move || {
                    if alive.try_get_value().is_some() {
                        retry();
                    }
                });
            }
        });
    }

    /// Has everything tried again that failed: perhaps it works now.
    fn try_again(self) {
        self.again.update(|again| *again += 1);
    }

    /// A request did not get through, or the device says that it is offline.
    fn is_lost(self) {
        if !self.lost.get_untracked() {
            self.lost.set(true);
            self.losses.update_value(|losses| *losses += 1);
        }
        self.ask_later();
    }

    /// Asks over the socket, which may be there although a request failed. Whatever it answers, the server is there.
    fn ask_later(self) {
        if self.asking.try_update_value(|asking| std::mem::replace(asking, true)) != Some(false) {
            return;
        }
        let losses = self.losses.get_value().min(6);
        let pause = PAUSES.0.saturating_mul(1 << losses.saturating_sub(1)).min(PAUSES.1);
        browser::after(pause, move || {
            self.asking.set_value(false);
            if self.lost.get_untracked() {
                live::ask();
                self.ask_later();
            }
        });
    }
}

impl Default for Connection {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// Begins to watch the connection. Called once, in the browser.
    pub(super) fn watch_connection(self) {
        let connection = self.connection;
        let signed_in = self.person.with_untracked(Option::is_some);
        reactive::effect(move || {
            let text = if connection.lost.get() { "No connection. Trying to reconnect…" } else { "" };
            browser::set_text(NOTICE, text);
        });
        browser::on_window("offline", Box::new(move |_| connection.is_lost()));
        browser::on_window(
            "online",
            // Whoever is signed out has no socket that would tell.
            Box::new(move |_| if signed_in { connection.try_again() } else { connection.is_back() }),
        );
        if signed_in {
            browser::on_unreachable(Box::new(move || connection.is_lost()));
        }
        connection.on_again(Box::new(move || {
            if self.picker_error.with_untracked(Option::is_some) {
                self.refresh_picker(false);
            }
        }));
    }

    /// The person looks at the tab again.
    pub(super) fn look_for_connection(self) {
        if self.connection.lost.get_untracked() {
            self.connection.try_again();
        }
    }
}

/// Where it is said that the server can't be reached, for as long as it can't.
#[component]
pub fn OfflineNotice() -> impl IntoView {
    view! { <div class="offline-notice" id=NOTICE role="status" data-testid="offline"></div> }
}

/// The connection of the current view.
pub fn use_connection() -> Connection {
    use_session().connection
}
