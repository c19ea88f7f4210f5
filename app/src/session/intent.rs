//! Detection of the workspace that the user is about to open, so that it can be staged (`console::Prefetcher`).

use super::Session;
use crate::{browser, routes::Page};
use leptos::{
    ev::{MouseEvent, PointerEvent},
    prelude::*,
};
use model::Slug;

impl Session {
    /// Records that the user points at a workspace. The page that its link would open may be staged.
    pub fn hover(self, slug: &Slug) {
        if let Some(page) = self.target(slug) {
            self.prefetcher.hover(slug, page);
        }
    }

    /// Stages the page of a workspace when the mouse button is pressed on its link, before it is released. Touches may
    /// be the start of scrolling, and with a modifier key the link opens elsewhere, so these are ignored.
    pub fn press(self, slug: &Slug, event: &PointerEvent) {
        if event.pointer_type() == "mouse" && browser::opens_here(event) {
            self.stage(slug);
        }
    }

    /// Handles a click on the link to a workspace. The request is sent before anything else is done.
    pub fn click(self, slug: &Slug, event: &MouseEvent) {
        if browser::opens_here(event) {
            self.stage(slug);
        }
        self.navigator.follow_link(event);
    }

    /// Stages the page that the link to a workspace would open, now.
    pub fn stage(self, slug: &Slug) {
        if let Some(page) = self.target(slug) {
            self.prefetcher.stage(slug.clone(), page);
        }
    }

    /// Returns the page that the link to a workspace opens, or `None` for the current workspace.
    fn target(self, slug: &Slug) -> Option<Page> {
        let page = self.picker.with_untracked(|picker| {
            let (_, workspace) = picker.as_ref()?.find(slug)?;
            Some(self.section.with_value(|page| page.in_another_workspace(workspace.seat.capabilities())))
        });
        let here = self.plane.with_value(|plane| plane.as_ref().is_some_and(|(_, now)| now == slug));
        page.filter(|_| !here)
    }

    /// Records that the user no longer points at a workspace.
    pub fn unhover(self) {
        self.prefetcher.unhover();
    }
}
