//! What the person points at and is about to open: it is entered ahead (`console::Staging`).

use super::Session;
use crate::browser;
use leptos::{
    ev::{MouseEvent, PointerEvent},
    prelude::*,
};
use model::Slug;

impl Session {
    /// The person points at a workspace: the page of it that a link would open may be entered ahead.
    pub fn aim(self, slug: &Slug) {
        if let Some(url) = self.target(slug) {
            self.staging.aim(slug, &url);
        }
    }

    /// The person presses the button on the link to a workspace: the page that it opens is entered ahead while they let
    /// go. A finger may be about to scroll, and with a key held the link opens elsewhere.
    pub fn press(self, slug: &Slug, event: &PointerEvent) {
        if event.pointer_type() == "mouse" && browser::opens_here(event) {
            self.intend(slug);
        }
    }

    /// The person clicked on the link to a workspace. It is asked for before anything else is done.
    pub fn click(self, slug: &Slug, event: &MouseEvent) {
        if browser::opens_here(event) {
            self.intend(slug);
        }
        self.navigator.follow_link(event);
    }

    /// The person is about to go to a workspace: the page of it that a link would open is entered ahead, now.
    pub fn intend(self, slug: &Slug) {
        if let Some(url) = self.target(slug) {
            self.staging.stage(slug.clone(), url);
        }
    }

    /// The page of a workspace that a link to it opens; `None` for the one on screen, which is entered already.
    fn target(self, slug: &Slug) -> Option<String> {
        let url = self.picker.with_untracked(|picker| {
            let (_, workspace) = picker.as_ref()?.find(slug)?;
            let page = self.section.with_value(|page| page.in_another_workspace(workspace.seat.capabilities()));
            Some(page.url(slug))
        });
        let here = self.plane.with_value(|plane| plane.as_ref().is_some_and(|(_, now)| now == slug));
        url.filter(|_| !here)
    }

    /// The person points at nothing any more.
    pub fn look_away(self) {
        self.staging.look_away();
    }
}
