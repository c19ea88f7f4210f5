//! Connection to the server. While it is lost, the user is told, and failed requests are retried.

use super::{Session, use_session};
use crate::{browser, live, reactive};
use leptos::prelude::*;

/// Initial and maximum delay between checks of the connection, in milliseconds.
const PAUSES: (u32, u32) = (2_000, 30_000);
/// Element id of the offline notice.
const NOTICE: &str = "offline-notice";

/// State of the connection to the server.
#[derive(Clone, Copy)]
pub struct Connection {
    /// `true` after a request failed to reach the server or the device went offline.
    lost: RwSignal<bool>,
    /// Increases each time failed requests should be retried.
    retries: RwSignal<u32>,
    /// Number of consecutive losses.
    losses: StoredValue<u32>,
    /// `true` while a check is scheduled.
    check_scheduled: StoredValue<bool>,
}

impl Connection {
    /// Creates a working connection.
    pub fn new() -> Self {
        Self {
            lost: RwSignal::new(false),
            retries: RwSignal::new(0),
            losses: StoredValue::new(0),
            check_scheduled: StoredValue::new(false),
        }
    }

    /// Records that the server responded.
    pub fn mark_online(self) {
        if self.lost.try_get_untracked() == Some(true) {
            self.lost.set(false);
            self.retry_all();
        }
    }

    /// Records that a request got through.
    pub fn on_success(self) {
        self.losses.set_value(0);
        self.mark_online();
    }

    /// Calls `retry` each time a retry makes sense, as long as the caller's scope lives.
    pub fn on_retry(self, retry: Box<dyn Fn()>) {
        let first = self.retries.get_untracked();
        let (alive, retry) = (StoredValue::new(true), std::rc::Rc::new(retry));
        reactive::effect(move || {
            if self.retries.get() != first {
                // In a later task, because `retry` may dispose of this effect, and only if nothing else has.
                let retry = std::rc::Rc::clone(&retry);
                browser::after(0, move || {
                    if alive.try_get_value().is_some() {
                        retry();
                    }
                });
            }
        });
    }

    /// Retries everything that failed.
    fn retry_all(self) {
        self.retries.update(|retries| *retries += 1);
    }

    /// Records that a request did not get through, or that the device is offline.
    fn mark_offline(self) {
        if !self.lost.get_untracked() {
            self.lost.set(true);
            self.losses.update_value(|losses| *losses += 1);
        }
        self.schedule_check();
    }

    /// Schedules a check over the socket, which may work although a request failed. Any response means that the server
    /// is reachable.
    fn schedule_check(self) {
        if self.check_scheduled.try_update_value(|check_scheduled| std::mem::replace(check_scheduled, true))
            != Some(false)
        {
            return;
        }
        let losses = self.losses.get_value().min(6);
        let pause = PAUSES.0.saturating_mul(1 << losses.saturating_sub(1)).min(PAUSES.1);
        browser::after(pause, move || {
            self.check_scheduled.set_value(false);
            if self.lost.get_untracked() {
                live::ask();
                self.schedule_check();
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
    /// Starts watching the connection. Called once, in the browser.
    pub(super) fn watch_connection(self) {
        let connection = self.connection;
        let signed_in = self.person.with_untracked(Option::is_some);
        reactive::effect(move || {
            let text = if connection.lost.get() { "No connection. Trying to reconnect…" } else { "" };
            browser::set_text(NOTICE, text);
        });
        browser::on_window("offline", Box::new(move |_| connection.mark_offline()));
        browser::on_window(
            "online",
            // For a signed-out user there is no socket that would report it.
            Box::new(move |_| if signed_in { connection.retry_all() } else { connection.mark_online() }),
        );
        if signed_in {
            browser::on_unreachable(Box::new(move || connection.mark_offline()));
        }
        connection.on_retry(Box::new(move || {
            if self.picker_error.with_untracked(Option::is_some) {
                self.refresh_picker(false);
            }
        }));
    }

    /// Retries when the tab becomes visible again.
    pub(super) fn recheck_connection(self) {
        if self.connection.lost.get_untracked() {
            self.connection.retry_all();
        }
    }
}

/// Message that the server can't be reached, shown while it can't.
#[component]
pub fn OfflineNotice() -> impl IntoView {
    view! { <div class="offline-notice" id=NOTICE role="status" data-testid="offline"></div> }
}

/// Returns the connection from the context.
pub fn use_connection() -> Connection {
    use_session().connection
}
