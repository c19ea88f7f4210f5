//! Whether the server can be reached: the person is told while it can't, and what failed is tried again by itself.

use super::Session;
use crate::{browser, live, reactive};
use leptos::prelude::*;

/// The first and the longest pause before asking whether the server is there again, in milliseconds.
const PAUSES: (u32, u32) = (2_000, 30_000);

/// What is known of the connection to the server.
#[derive(Clone, Copy)]
pub struct Line {
    /// A request did not get through, or the device is offline.
    pub lost: RwSignal<bool>,
    /// Counts the moments at which it is worth trying again what failed.
    pub again: RwSignal<u32>,
    /// Losses in a row.
    losses: StoredValue<u32>,
    /// Whether the next question is due already.
    asking: StoredValue<bool>,
}

impl Line {
    /// A line that works.
    pub fn new() -> Self {
        Self {
            lost: RwSignal::new(false),
            again: RwSignal::new(0),
            losses: StoredValue::new(0),
            asking: StoredValue::new(false),
        }
    }

    /// A request did not get through, or the device says that it is offline.
    pub fn is_lost(self) {
        if !self.lost.get_untracked() {
            self.lost.set(true);
            self.losses.update_value(|losses| *losses += 1);
        }
        self.ask_later();
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

    /// Has everything tried again that failed: perhaps it works now.
    pub fn try_again(self) {
        self.again.update(|again| *again += 1);
    }

    /// Calls `retry` whenever it is worth trying again, for as long as the caller's scope lives.
    pub fn on_again(self, retry: Callback<()>) {
        let first = self.again.get_untracked();
        reactive::effect(move || {
            if self.again.get() != first {
                // Trying may dispose whoever asked for it.
                browser::after(0, move || {
                    let _ = retry.try_run(());
                });
            }
        });
    }

    /// The socket may be there although a request failed: whatever it says, the server is there.
    fn ask_later(self) {
        if self.asking.try_update_value(|asking| std::mem::replace(asking, true)) != Some(false) {
            return;
        }
        let losses = self.losses.get_value().min(6);
        let pause = PAUSES.0.saturating_mul(1 << losses.saturating_sub(1)).min(PAUSES.1);
        browser::after(pause, move || {
            if self.asking.try_update_value(|asking| *asking = false).is_some()
                && self.lost.try_get_untracked() == Some(true)
            {
                live::ask();
                self.ask_later();
            }
        });
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    /// Begins to watch the line. Called once, in the browser.
    pub(super) fn watch_line(self) {
        let line = self.line;
        browser::on_unreachable(move || line.is_lost());
        browser::on_offline(move || line.is_lost());
        browser::on_online(move || line.try_again());
        browser::on_return(move |_| {
            if line.lost.get_untracked() {
                line.try_again();
            }
        });
        line.on_again(Callback::new(move |()| {
            if self.picker_error.with_untracked(Option::is_some) {
                self.refresh_picker(false);
            }
        }));
    }
}

/// Says that the server can't be reached, for as long as it can't.
#[component]
pub fn LineMark() -> impl IntoView {
    let line = super::use_session().line;
    view! {
        <div class="line-mark" role="status" data-testid="offline">
            {reactive::following(move || line.lost.get().then_some("No connection. Stile keeps trying."))}
        </div>
    }
}
