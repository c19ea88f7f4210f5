//! What the person chooses for themselves: pins and recents, which follow the account; the theme and what they use often,
//! which stay on the device.

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

/// The day by the device's clock, in days since 1970.
fn today() -> Option<f64> {
    browser::now().map(|now| now.unix_timestamp() as f64 / 86_400.0)
}

impl Session {
    /// Pins a workspace or unpins it: at once here, and on the person's other devices when the server has it.
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

    /// Forgets which workspaces the person was in last: at once here, and on their other devices when the server has it.
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

    /// What having been chosen often adds to how well something is found, on this device and as of now.
    pub fn used(self) -> impl Fn(&str) -> u32 {
        let today = today();
        move |what| today.map_or(0, |today| self.uses.with_value(|uses| uses.bonus(what, today)))
    }

    /// Something was chosen in the palette.
    pub fn note_use(self, what: &str) {
        let (Some(today), Some(person)) = (today(), self.person.with_untracked(|p| p.as_ref().map(|p| p.id))) else {
            return;
        };
        // Another tab may have counted meanwhile.
        let mut uses = browser::kept_uses(&person.to_string());
        uses.count(what, today);
        browser::keep_uses(&person.to_string(), &uses);
        self.uses.set_value(uses);
    }

    /// Chooses the device's theme.
    pub fn choose_theme(self, theme: Theme) {
        self.theme.set(theme);
        browser::set_preference_cookie("theme", theme.as_str());
        browser::set_root_attribute("data-theme", theme.attribute());
        browser::set_media("meta[name=theme-color]", colour_media(theme));
    }
}

/// The `media` of the two `<meta name="theme-color">`: when the browser's bars have the light theme's colour, and when
/// the dark one's.
pub const fn colour_media(theme: Theme) -> [&'static str; 2] {
    match theme {
        Theme::System => ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"],
        Theme::Light => ["all", "not all"],
        Theme::Dark => ["not all", "all"],
    }
}
