//! Prefetcher: enters the workspace that the user points at ahead of a switch, without mounting it, and keeps it for a few
//! seconds.
//!
//! This is the only place outside a scope that may hold data of a workspace, and it holds that of one only. The data is
//! never on screen: a switch takes it out, mounts it, and at once asks the server to check the seat again. Any
//! notification of a changed seat discards it, and so does a timeout.

use super::{Entered, stage_workspace};
use crate::{browser, error::AppError, routes::Page};
use leptos::prelude::*;
use model::Slug;

/// Hover time in milliseconds before pointing at a workspace counts as intent. Longer than a held arrow key stays on a
/// row, shorter than the pause between two key presses.
const INTENT_MILLIS: u32 = 40;
/// Maximum delay in milliseconds of a switch to a workspace that is not loaded yet. A response that arrives within it is
/// shown at once, instead of after two frames of blank rows, which would delay it further. Up to 100 ms, a response
/// feels immediate.
const HELD_MILLIS: u32 = 90;
/// Lifetime of staged data, in milliseconds.
const KEPT_MILLIS: u32 = 5_000;

/// Callback of the switch that takes over a pending request.
type Heir = Callback<(Result<Entered, AppError>,)>;

enum State {
    /// Pending, with the callback of the switch if it was faster than the response.
    Asked(Option<Heir>),
    /// Loaded.
    Here(Box<Entered>),
}

struct Staged {
    /// Sequence number of the staging. A response to an earlier one is discarded.
    number: u32,
    slug: Slug,
    page: Page,
    state: State,
}

/// Result of taking the staged data for a switch.
pub enum Taken {
    /// The data is loaded.
    Here(Box<Entered>),
    /// The request is pending. The response goes to the given callback.
    Awaited,
    /// Nothing was staged for this page.
    Nothing,
}

#[derive(Default)]
struct Inner {
    aim: Option<(Slug, Page)>,
    number: u32,
    staged: Option<Staged>,
    /// Callback of the switch that is waiting for its workspace. `turn` identifies it.
    held: Option<Callback<()>>,
    turn: u32,
}

/// Target that the user points at, and the workspace staged because of it.
#[derive(Clone, Copy)]
pub struct Prefetcher(StoredValue<Inner>);

impl Prefetcher {
    /// Creates an empty staging.
    pub fn new() -> Self {
        Self(StoredValue::new(Inner::default()))
    }

    /// Records that the user points at the link to `page` of the workspace `slug`. If they still do after
    /// [`INTENT_MILLIS`], it is staged.
    pub fn hover(self, slug: &Slug, page: Page) {
        let aim = Some((slug.clone(), page));
        if self.0.with_value(|inner| inner.aim == aim) {
            return;
        }
        self.0.update_value(|inner| inner.aim.clone_from(&aim));
        browser::after(INTENT_MILLIS, move || {
            if let (Some((slug, page)), true) =
                (aim.clone(), self.0.try_with_value(|inner| inner.aim == aim).unwrap_or(false))
            {
                self.stage(slug, page);
            }
        });
    }

    /// Records that the user no longer points at a workspace. Staged data is kept until it expires.
    pub fn unhover(self) {
        self.0.update_value(|inner| inner.aim = None);
    }

    /// Discards staged data, because a seat has changed somewhere.
    pub fn clear(self) {
        self.0.try_update_value(|inner| {
            inner.number += 1;
            (inner.aim, inner.staged) = (None, None);
        });
    }

    /// Prepares a switch to `page` of the workspace `slug`. Calls `go` when the data is loaded, or after a short
    /// timeout. A later switch replaces one that is still waiting.
    pub fn before_switch(self, slug: Slug, page: Page, go: Callback<()>) {
        let is_here = |s: &Staged| s.slug == slug && s.page == page && matches!(s.state, State::Here(_));
        if self.0.with_value(|inner| inner.staged.as_ref().is_some_and(is_here)) {
            self.0.update_value(|inner| inner.held = None);
            go.try_run(());
            return;
        }
        self.stage(slug, page);
        let turn = self.0.try_update_value(|inner| {
            inner.held = Some(go);
            inner.turn += 1;
            inner.turn
        });
        browser::after(HELD_MILLIS, move || {
            if self.0.try_with_value(|inner| Some(inner.turn) == turn).unwrap_or(false) {
                self.release();
            }
        });
    }

    fn release(self) {
        if let Some(go) = self.0.try_update_value(|inner| inner.held.take()).flatten() {
            go.try_run(());
        }
    }

    /// Stages a workspace now. Does nothing if it is staged already, or if a switch is waiting for the response for
    /// another workspace, which would be lost.
    pub fn stage(self, slug: Slug, page: Page) {
        let taken = |staged: &Staged| {
            (staged.slug == slug && staged.page == page) || matches!(staged.state, State::Asked(Some(_)))
        };
        if self.0.with_value(|inner| inner.staged.as_ref().is_some_and(taken)) {
            return;
        }
        let number = self.0.try_update_value(|inner| {
            inner.number += 1;
            let state = State::Asked(None);
            inner.staged = Some(Staged { number: inner.number, slug: slug.clone(), page: page.clone(), state });
            inner.number
        });
        let Some(number) = number else { return };
        browser::begin(async move {
            let answer = stage_workspace(slug, page).await;
            let heir = self.0.try_update_value(|inner| {
                let heir = match inner.staged.as_mut().filter(|staged| staged.number == number) {
                    Some(Staged { state: State::Asked(heir), .. }) => heir.take(),
                    _ => return None,
                };
                match (heir, answer) {
                    (Some(heir), answer) => {
                        inner.staged = None;
                        return Some((heir, answer));
                    }
                    (None, Ok(entered)) => {
                        if let Some(staged) = &mut inner.staged {
                            staged.state = State::Here(Box::new(entered));
                        }
                    }
                    // A later switch sends its own request and gets the error.
                    (None, Err(_)) => inner.staged = None,
                }
                None
            });
            if let Some((heir, answer)) = heir.flatten() {
                heir.try_run((answer,));
            }
            // A response for another workspace does not end the wait.
            if self.0.try_with_value(|inner| inner.number == number).unwrap_or(false) {
                self.release();
            }
            browser::after(KEPT_MILLIS, move || self.expire(number));
        });
    }

    fn expire(self, number: u32) {
        self.0.try_update_value(|inner| {
            if inner.staged.as_ref().is_some_and(|s| s.number == number) {
                inner.staged = None;
                inner.aim = None;
            }
        });
    }

    /// Takes the data that was staged for `page` of the workspace `slug`. Data that was staged for anything else is
    /// discarded.
    pub fn take(self, slug: &Slug, page: &Page, heir: Heir) -> Taken {
        let taken = self.0.try_update_value(|inner| {
            inner.aim = None;
            match inner.staged.take() {
                Some(staged) if staged.slug == *slug && staged.page == *page => match staged.state {
                    State::Here(entered) => Taken::Here(entered),
                    State::Asked(_) => {
                        inner.staged = Some(Staged { state: State::Asked(Some(heir)), ..staged });
                        Taken::Awaited
                    }
                },
                _ => Taken::Nothing,
            }
        });
        taken.unwrap_or(Taken::Nothing)
    }
}

impl Default for Prefetcher {
    fn default() -> Self {
        Self::new()
    }
}
