//! Staging: a workspace that a person points at is entered ahead, unmounted, for a few seconds.
//!
//! It is the one place outside a scope that may hold data of a workspace, and it holds that of one. It is never on screen:
//! a switch takes it out, mounts it, and asks the server at once whether the seat still stands. Any word that a seat
//! changed throws it away, and so does time.

use super::{Entered, stage_workspace};
use crate::{browser, error::AppError};
use leptos::prelude::*;
use model::Slug;

/// How long a person points at a workspace before that counts as intent, in milliseconds: longer than a held arrow key
/// stays on a row, shorter than a hand takes from one key to the next.
const INTENT_MILLIS: u32 = 40;
/// How long a switch to a workspace that is not here yet waits for it, in milliseconds: an answer that comes with the next
/// frame or the one after is shown at once, and not after a frame of blank rows, which would take the time of another.
const HELD_MILLIS: u32 = 24;
/// How long what was staged is kept, in milliseconds.
const KEPT_MILLIS: u32 = 5_000;

/// Who takes over what is still on its way.
type Heir = Callback<(Result<Entered, AppError>,)>;

enum State {
    /// Asked for; with who waits for the answer, if the switch was quicker.
    Asked(Option<Heir>),
    /// Here.
    Here(Box<Entered>),
}

struct Staged {
    /// Which staging this is: an answer to an earlier one is dropped.
    number: u32,
    slug: Slug,
    url: String,
    state: State,
}

/// What a switch finds.
pub enum Taken {
    /// It is here.
    Here(Box<Entered>),
    /// It is on its way; the answer goes to the one given.
    Awaited,
    /// Nothing was staged for that address.
    Nothing,
}

#[derive(Default)]
struct Inner {
    aim: Option<(Slug, String)>,
    number: u32,
    staged: Option<Staged>,
    /// The switch that waits for its workspace, and which one that is.
    held: Option<Callback<()>>,
    turn: u32,
}

/// What the person points at, and what was entered ahead because of it.
#[derive(Clone, Copy)]
pub struct Staging(StoredValue<Inner>);

impl Staging {
    /// Nothing.
    pub fn new() -> Self {
        Self(StoredValue::new(Inner::default()))
    }

    /// The person points at the link to `url` in the workspace `slug`. If they still do in [`INTENT_MILLIS`], it is
    /// entered ahead.
    pub fn aim(self, slug: &Slug, url: &str) {
        let aim = Some((slug.clone(), url.to_owned()));
        if self.0.with_value(|inner| inner.aim == aim) {
            return;
        }
        self.0.update_value(|inner| inner.aim.clone_from(&aim));
        browser::after(INTENT_MILLIS, move || {
            if let (Some((slug, url)), true) =
                (aim.clone(), self.0.try_with_value(|inner| inner.aim == aim).unwrap_or(false))
            {
                self.stage(slug, url);
            }
        });
    }

    /// The person points at nothing any more. What was staged stays for its few seconds.
    pub fn look_away(self) {
        self.0.update_value(|inner| inner.aim = None);
    }

    /// A seat changed, somewhere: nothing that was entered ahead is believed any more.
    pub fn clear(self) {
        self.0.try_update_value(|inner| {
            inner.number += 1;
            (inner.aim, inner.staged) = (None, None);
        });
    }

    /// The person goes to `url` in the workspace `slug`: `go` is called when that is here, or soon. A later switch takes
    /// the place of one that waits.
    pub fn before_switch(self, slug: Slug, url: String, go: Callback<()>) {
        let is_here = |s: &Staged| s.slug == slug && s.url == url && matches!(s.state, State::Here(_));
        if self.0.with_value(|inner| inner.staged.as_ref().is_some_and(is_here)) {
            self.0.update_value(|inner| inner.held = None);
            go.try_run(());
            return;
        }
        self.stage(slug, url);
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

    /// Enters a workspace ahead, now; unless it is already, or a switch waits for the answer about another, which would
    /// find nobody.
    pub fn stage(self, slug: Slug, url: String) {
        let taken = |staged: &Staged| {
            (staged.slug == slug && staged.url == url) || matches!(staged.state, State::Asked(Some(_)))
        };
        if self.0.with_value(|inner| inner.staged.as_ref().is_some_and(taken)) {
            return;
        }
        let number = self.0.try_update_value(|inner| {
            inner.number += 1;
            let state = State::Asked(None);
            inner.staged = Some(Staged { number: inner.number, slug: slug.clone(), url: url.clone(), state });
            inner.number
        });
        let Some(number) = number else { return };
        browser::begin(async move {
            let answer = stage_workspace(slug, url).await;
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
                    // Whoever switches now asks for themselves, and is told.
                    (None, Err(_)) => inner.staged = None,
                }
                None
            });
            if let Some((heir, answer)) = heir.flatten() {
                heir.try_run((answer,));
            }
            // An answer about another workspace ends nobody's wait.
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

    /// Takes what was staged for `url` of the workspace `slug`. What was staged for anything else is thrown away.
    pub fn take(self, slug: &Slug, url: &str, heir: Heir) -> Taken {
        let taken = self.0.try_update_value(|inner| {
            inner.aim = None;
            match inner.staged.take() {
                Some(staged) if staged.slug == *slug && staged.url == url => match staged.state {
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

impl Default for Staging {
    fn default() -> Self {
        Self::new()
    }
}
