//! Prefetcher: loads the workspace that the user points at before they switch to it, without mounting it, and keeps its
//! data for a few seconds. This is called staging.
//!
//! This is the only place outside a scope that may hold data of a workspace, and it holds data of one workspace at a
//! time. Staged data is never on screen: a switch takes it, mounts it, and at once asks the server to check the seat
//! again. Any notification of a changed seat discards it, and so does a timeout.

use super::{Entered, stage_workspace};
use crate::{browser, error::AppError, routes::Page};
use leptos::prelude::*;
use model::Slug;

/// Hover time in milliseconds before pointing at a workspace counts as intent. It is longer than a row stays
/// highlighted while an arrow key is held, and shorter than the pause between two key presses.
const INTENT_MILLIS: u32 = 40;
/// Maximum delay in milliseconds of a switch to a workspace that is not loaded yet. A response that arrives within it
/// is shown at once, instead of after two frames of blank rows, which would delay it further. Up to 100 ms, a response
/// feels immediate.
const MAX_WAIT_MILLIS: u32 = 90;
/// Delay in milliseconds after which the menu closes although the switch still waits. Before that, it closes with the
/// frame that shows the workspace, which saves a frame.
const MENU_MILLIS: u32 = 24;
/// Lifetime of staged data, in milliseconds.
const LIFETIME_MILLIS: u32 = 5_000;

/// Callback of the switch that takes over a pending request.
type Waiter = Callback<(Result<Entered, AppError>,)>;

enum State {
    /// Pending, with the callback of the switch if it was faster than the response.
    Pending(Option<Waiter>),
    /// Loaded.
    Loaded(Box<Entered>),
}

struct Staged {
    /// Sequence number of the request. A response to an earlier request is discarded.
    number: u32,
    slug: Slug,
    page: Page,
    state: State,
}

/// Result of taking the staged data for a switch.
pub enum Taken {
    /// The data is loaded.
    Loaded(Box<Entered>),
    /// The request is pending. The response goes to the given callback.
    Pending,
    /// Nothing was staged for this page.
    Missing,
}

/// Switch that can be shown.
struct Switch {
    /// Menu that was open when the switch began. One that the user opens later stays open.
    menu: Option<String>,
    show: Callback<()>,
}

impl Switch {
    /// Closes the menu of the switch, and shows the workspace. The menu closes before anything else changes on screen,
    /// because that is cheaper than closing it afterwards.
    fn run(self) {
        if let Some(menu) = self.menu {
            browser::hide_popover(&menu);
        }
        self.show.try_run(());
    }
}

#[derive(Default)]
struct Inner {
    target: Option<(Slug, Page)>,
    number: u32,
    staged: Option<Staged>,
    /// Switch that is waiting for its workspace. `switch_number` identifies it.
    waiting_switch: Option<Switch>,
    switch_number: u32,
}

/// Target that the user points at, and the workspace staged because of it.
#[derive(Clone, Copy)]
pub struct Prefetcher(StoredValue<Inner>);

impl Prefetcher {
    /// Creates a prefetcher without staged data.
    pub fn new() -> Self {
        Self(StoredValue::new(Inner::default()))
    }

    /// Records that the user points at the link to `page` of the workspace `slug`. If they still do after
    /// [`INTENT_MILLIS`], it is staged.
    pub fn hover(self, slug: &Slug, page: Page) {
        let target = Some((slug.clone(), page));
        if self.0.with_value(|inner| inner.target == target) {
            return;
        }
        self.0.update_value(|inner| inner.target.clone_from(&target));
        browser::after(INTENT_MILLIS, move || {
            if let (Some((slug, page)), true) =
                (target.clone(), self.0.try_with_value(|inner| inner.target == target).unwrap_or(false))
            {
                self.stage(slug, page);
            }
        });
    }

    /// Records that the user no longer points at a workspace. Staged data is kept until it expires.
    pub fn unhover(self) {
        self.0.update_value(|inner| inner.target = None);
    }

    /// Discards staged data, because a seat has changed somewhere.
    pub fn clear(self) {
        self.0.try_update_value(|inner| {
            inner.number += 1;
            (inner.target, inner.staged) = (None, None);
        });
    }

    /// Prepares a switch to `page` of the workspace `slug`. Calls `show` when the data is loaded, or after a short
    /// timeout. Closes the open menu before that. A later switch replaces one that is still waiting.
    pub fn before_switch(self, slug: Slug, page: Page, show: Callback<()>) {
        let switch = Switch { menu: browser::open_popover(), show };
        let is_loaded = |s: &Staged| s.slug == slug && s.page == page && matches!(s.state, State::Loaded(_));
        if self.0.with_value(|inner| inner.staged.as_ref().is_some_and(is_loaded)) {
            self.0.update_value(|inner| inner.waiting_switch = None);
            switch.run();
            return;
        }
        self.stage(slug, page);
        let switch_number = self.0.try_update_value(|inner| {
            inner.waiting_switch = Some(switch);
            inner.switch_number += 1;
            inner.switch_number
        });
        let waits = move |inner: &Inner| inner.waiting_switch.is_some() && Some(inner.switch_number) == switch_number;
        browser::after(MENU_MILLIS, move || {
            // The menu is forgotten, so that it stays open if the user opens it again.
            let menu = self.0.try_update_value(|inner| {
                if !waits(inner) {
                    return None;
                }
                inner.waiting_switch.as_mut()?.menu.take()
            });
            if let Some(menu) = menu.flatten() {
                browser::hide_popover(&menu);
            }
        });
        browser::after(MAX_WAIT_MILLIS, move || {
            if self.0.try_with_value(waits).unwrap_or(false) {
                self.release();
            }
        });
    }

    fn release(self) {
        if let Some(switch) = self.0.try_update_value(|inner| inner.waiting_switch.take()).flatten() {
            switch.run();
        }
    }

    /// Stages a workspace now. Does nothing if it is staged already, or if a switch is waiting for the response for
    /// another workspace, which would be lost.
    pub fn stage(self, slug: Slug, page: Page) {
        let taken = |staged: &Staged| {
            (staged.slug == slug && staged.page == page) || matches!(staged.state, State::Pending(Some(_)))
        };
        if self.0.with_value(|inner| inner.staged.as_ref().is_some_and(taken)) {
            return;
        }
        let number = self.0.try_update_value(|inner| {
            inner.number += 1;
            let state = State::Pending(None);
            inner.staged = Some(Staged { number: inner.number, slug: slug.clone(), page: page.clone(), state });
            inner.number
        });
        let Some(number) = number else { return };
        browser::spawn_eager(async move {
            let answer = stage_workspace(slug, page).await;
            let waiter = self.0.try_update_value(|inner| {
                let waiter = match inner.staged.as_mut().filter(|staged| staged.number == number) {
                    Some(Staged { state: State::Pending(waiter), .. }) => waiter.take(),
                    _ => return None,
                };
                match (waiter, answer) {
                    (Some(waiter), answer) => {
                        inner.staged = None;
                        return Some((waiter, answer));
                    }
                    (None, Ok(entered)) => {
                        if let Some(staged) = &mut inner.staged {
                            staged.state = State::Loaded(Box::new(entered));
                        }
                    }
                    // A later switch sends its own request and gets the error.
                    (None, Err(_)) => inner.staged = None,
                }
                None
            });
            if let Some((waiter, answer)) = waiter.flatten() {
                waiter.try_run((answer,));
            }
            // A response for another workspace does not end the wait.
            if self.0.try_with_value(|inner| inner.number == number).unwrap_or(false) {
                self.release();
            }
            browser::after(LIFETIME_MILLIS, move || self.expire(number));
        });
    }

    fn expire(self, number: u32) {
        self.0.try_update_value(|inner| {
            if inner.staged.as_ref().is_some_and(|s| s.number == number) {
                inner.staged = None;
                inner.target = None;
            }
        });
    }

    /// Takes the data that was staged for `page` of the workspace `slug`. Data that was staged for anything else is
    /// discarded.
    pub fn take(self, slug: &Slug, page: &Page, waiter: Waiter) -> Taken {
        let taken = self.0.try_update_value(|inner| {
            inner.target = None;
            match inner.staged.take() {
                Some(staged) if staged.slug == *slug && staged.page == *page => match staged.state {
                    State::Loaded(entered) => Taken::Loaded(entered),
                    State::Pending(_) => {
                        inner.staged = Some(Staged { state: State::Pending(Some(waiter)), ..staged });
                        Taken::Pending
                    }
                },
                _ => Taken::Missing,
            }
        });
        taken.unwrap_or(Taken::Missing)
    }
}

impl Default for Prefetcher {
    fn default() -> Self {
        Self::new()
    }
}
