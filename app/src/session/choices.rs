//! Preferences of the user. Pins and recents are stored with the account; the theme and the usage counts are stored on
//! the device.

use super::Session;
use crate::{
    account::{clear_recents, pin_workspace},
    boot::Theme,
    browser,
    error::AppError,
    session::Toast,
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Slug,
    picker::{Picker, Pinned},
};
use std::sync::Arc;

/// Returns the current day by the device's clock, in days since the Unix epoch.
fn today() -> Option<f64> {
    browser::now().map(|now| now.unix_timestamp() as f64 / 86_400.0)
}

impl Session {
    /// Pins or unpins a workspace: immediately in this tab, and on other devices once the server has stored it.
    pub fn pin(self, slug: Slug, pinned: Pinned) {
        let show = move |slug: &Slug, pinned| {
            self.picker.update(|picker| {
                if let Some(picker) = picker {
                    Arc::make_mut(picker).pin(slug, pinned);
                }
            });
        };
        show(&slug, pinned);
        spawn_local(async move {
            match pin_workspace(slug.clone(), pinned).await {
                Ok(()) => {}
                Err(AppError::SignedOut) => self.sign_in_again(),
                Err(error) => {
                    show(&slug, if pinned == Pinned::Yes { Pinned::No } else { Pinned::Yes });
                    self.toast(Toast::failed(error.message()));
                }
            }
        });
    }

    /// Clears the recently used workspaces: immediately in this tab, and on other devices once the server has stored
    /// it.
    pub fn clear_recents(self) {
        let before = self.picker.with_untracked(|picker| picker.as_ref().and_then(|picker| picker.recents_since));
        let change = move |change: &dyn Fn(&mut Picker)| {
            self.picker.update(|picker| {
                if let Some(picker) = picker {
                    change(Arc::make_mut(picker));
                }
            });
        };
        change(&Picker::clear_recents);
        spawn_local(async move {
            match clear_recents().await {
                Ok(()) => {}
                Err(AppError::SignedOut) => self.sign_in_again(),
                Err(error) => {
                    change(&|picker| picker.recents_since = before);
                    self.toast(Toast::failed(error.message()));
                }
            }
        });
    }

    /// Returns the current search bonus of frequently chosen entries on this device.
    pub fn used(self) -> impl Fn(&str) -> u32 {
        let today = today();
        move |what| today.map_or(0, |today| self.uses.with_value(|uses| uses.bonus(what, today)))
    }

    /// Counts the choice of an entry in the palette.
    pub fn note_use(self, what: &str) {
        let (Some(today), Some(person)) = (today(), self.person.with_untracked(|p| p.as_ref().map(|p| p.id))) else {
            return;
        };
        // Another tab may have updated the counts in the meantime.
        let mut uses = browser::kept_uses(&person.to_string());
        uses.count(what, today);
        browser::keep_uses(&person.to_string(), &uses);
        self.uses.set_value(uses);
    }

    /// Sets the theme of the device.
    pub fn choose_theme(self, theme: Theme) {
        self.theme.set(theme);
        browser::set_preference_cookie("theme", theme.as_str());
        browser::set_root_attribute("data-theme", theme.attribute());
        browser::set_media("meta[name=theme-color]", colour_media(theme));
    }
}

/// Returns the `media` attributes of the two `<meta name="theme-color">` elements, for the light and the dark theme.
pub const fn colour_media(theme: Theme) -> [&'static str; 2] {
    match theme {
        Theme::System => ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"],
        Theme::Light => ["all", "not all"],
        Theme::Dark => ["not all", "all"],
    }
}
