//! What is tied to the person and outlives every switch: who they are, their list of seats, preferences of the device,
//! the address. One context, provided by the root.
//!
//! Nothing of a workspace may be kept here: that belongs in `console::Scope`, which dies with the workspace.

mod choices;
mod connection;
mod intent;
mod leaving;
mod toast;

pub use choices::colour_media;
pub use connection::{Connection, OfflineNotice, use_connection};
pub use toast::{PLACES, Toast};

use crate::{
    account::load_picker,
    boot::{AccountData, Boot, Content, Returned, Theme},
    browser::{self, Keyboard, Navigator},
    console::Staging,
    error::AppError,
    live::{self, Heard, Said, Standing},
    packed::Packed,
    routes::{Page, Route, SignInNotice},
};
use leptos::{prelude::*, task::spawn_local};
use model::{Slug, picker::Picker, uses::Uses, workspace::Person};
use std::{rc::Rc, sync::Arc};
use time::OffsetDateTime;

/// The person's context.
#[derive(Clone, Copy)]
pub struct Session {
    /// Where the person is.
    pub navigator: Navigator,
    /// Who it is; `None` while signed out.
    pub person: RwSignal<Option<Person>>,
    /// The list of seats, to draw.
    pub picker: RwSignal<Option<Arc<Picker>>>,
    /// Why the list could not be read anew.
    pub picker_error: RwSignal<Option<AppError>>,
    /// Whether the list is being read.
    pub picker_loading: RwSignal<bool>,
    /// Light, dark, or as the device says.
    pub theme: RwSignal<Theme>,
    /// The time against which "2 h ago" is said.
    pub now: RwSignal<Option<OffsetDateTime>>,
    /// Whether the server can be reached.
    pub connection: Connection,
    /// What is being said at the foot of the screen.
    pub toasts: RwSignal<Vec<Toast>>,
    /// The kind of page the person was on last, without anything of its workspace: the picker opens the same.
    pub section: StoredValue<Page>,
    /// Whether the palette is open.
    pub palette: RwSignal<bool>,
    content: StoredValue<Option<Content>>,
    returned: StoredValue<Option<Packed<Returned>>>,
    /// The workspace that is entered ahead.
    pub staging: Staging,
    picker_is_whole: StoredValue<bool>,
    leaving: StoredValue<bool>,
    /// The workspace plane that is mounted: the slug it was mounted for, and the one that it has now.
    plane: StoredValue<Option<(Slug, Slug)>>,
    /// What the person chooses in the palette, on this device.
    uses: StoredValue<Uses>,
    standing: StoredValue<Option<Callback<(Slug, Standing)>>>,
}

/// The person's context of the current view.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Takes what the document carried.
    pub fn start(boot: Boot) -> Self {
        let Boot { person, picker, picker_is_whole, theme, now, content, returned } = boot;
        let session = Self {
            navigator: Navigator::of_router(),
            person: RwSignal::new(person),
            picker: RwSignal::new(picker.map(Arc::new)),
            picker_error: RwSignal::new(None),
            picker_loading: RwSignal::new(false),
            theme: RwSignal::new(theme),
            now: RwSignal::new(now),
            connection: Connection::new(),
            toasts: RwSignal::new(Vec::new()),
            section: StoredValue::new(Page::Overview),
            palette: RwSignal::new(false),
            content: StoredValue::new(Some(content)),
            returned: StoredValue::new(returned),
            staging: Staging::new(),
            picker_is_whole: StoredValue::new(picker_is_whole),
            leaving: StoredValue::new(false),
            plane: StoredValue::new(None),
            uses: StoredValue::new(Uses::default()),
            standing: StoredValue::new(None),
        };
        provide_context(session);
        session
    }

    /// Whether the list of seats is complete. A document contains the first rows of a long one.
    pub fn has_whole_picker(self) -> bool {
        self.picker_is_whole.get_value()
    }

    /// Looks at the document's content without taking it.
    pub fn with_content<T>(self, look: impl FnOnce(Option<&Content>) -> T) -> T {
        self.content.with_value(|content| look(content.as_ref()))
    }

    /// Takes the document's content: whoever shows the first view. Afterwards there is none.
    pub fn take_content(self) -> Option<Content> {
        self.content.try_update_value(Option::take).flatten()
    }

    /// Takes it for a page of the chunk, which alone reads it.
    pub fn take_account_data(self) -> Option<AccountData> {
        match self.take_content()? {
            Content::Account(data) => data.open(),
            _ => None,
        }
    }

    /// Takes the form that came back with the document, if one did.
    pub fn take_returned(self) -> Option<Returned> {
        self.returned.try_update_value(Option::take).flatten()?.open()
    }

    /// Begins to listen to the browser. Called once, in the browser, after hydration.
    pub fn listen(self) {
        browser::drop_unscripted();
        browser::watch_typing();
        browser::replay_typing();
        if let Some(person) = self.person.with_untracked(|p| p.as_ref().map(|p| p.id)) {
            self.uses.set_value(browser::kept_uses(&person.to_string()));
        }
        if browser::keyboard() == Keyboard::Command {
            browser::set_root_attribute("data-keyboard", Some("command"));
        }
        self.navigator.resume();
        if let Some(now) = self.now.get_untracked() {
            browser::set_clock(now, browser::document_age());
        }
        self.watch_connection();
        browser::set_root_attribute("data-live", Some(""));
        browser::on_sign_out_elsewhere(move || self.leave(SignInNotice::Elsewhere));
        browser::on_return(move |from_cache| {
            if from_cache {
                // What the cache shows may be from before a sign-out: only the server knows.
                browser::reload_document();
            } else {
                self.check_clock();
                self.look_for_connection();
                self.refresh_if_stale();
            }
        });
        if self.person.with_untracked(Option::is_some) {
            // Whoever is signed in now has signed in since.
            browser::set_sign_out_pending(false);
        }
        if self.person.with_untracked(Option::is_some) {
            let shown = move || match self.navigator.route() {
                Route::Workspace(slug, _) => Some(slug),
                _ => None,
            };
            live::start(shown, Rc::new(move |said| self.hear(said)));
        }
        if self.person.with_untracked(Option::is_some) && !self.picker_is_whole.get_value() {
            self.refresh_picker(false);
        }
        self.tick();
    }

    /// Takes in what the server says over the socket.
    fn hear(self, said: Said) {
        self.connection.is_back();
        match said {
            Said::Clock(now) => self.clock_says(now),
            Said::Heard(Heard::SignedOut) => self.was_signed_out(),
            Said::Heard(Heard::Now { epoch, place }) => {
                self.seats_are_at(&epoch);
                if let Some((slug, standing)) = place {
                    self.stands(slug, standing);
                }
            }
            Said::Unknown => {}
        }
    }

    fn tick(self) {
        browser::after(30_000, move || {
            // The clock has just jumped, so the shown times stay until the server's answer sets the time.
            if self.check_clock() || self.now.try_set(browser::now()).is_none() {
                self.tick();
            }
        });
    }

    /// Sets the server's time.
    pub fn clock_says(self, now: OffsetDateTime) {
        // The server sends whole seconds, so half a second is added.
        if browser::set_clock(now, 500.0) {
            self.now.set(browser::now());
        }
    }

    /// If the device was asleep or its clock was changed, asks the server for the time. Returns whether that was so.
    fn check_clock(self) -> bool {
        let jumped = browser::clock_jumped();
        if jumped {
            live::ask();
        }
        jumped
    }

    /// Reads the list of seats again; with `past_cache`, not even the server answers from memory.
    pub fn refresh_picker(self, past_cache: bool) {
        self.picker_loading.set(true);
        spawn_local(async move {
            match load_picker(past_cache).await {
                Ok(picker) => {
                    self.now.set(browser::now());
                    self.picker_is_whole.set_value(true);
                    self.picker.set(Some(Arc::new(picker)));
                    self.picker_error.set(None);
                }
                Err(AppError::SignedOut) => self.sign_in_again(),
                Err(error) => self.picker_error.set(Some(error)),
            }
            self.picker_loading.set(false);
        });
    }

    /// Reads the list of seats again if it is older than it may be.
    pub fn refresh_if_stale(self) {
        let Some(now) = browser::now() else { return };
        if self.picker.with_untracked(|p| p.as_ref().is_some_and(|p| p.is_stale(now))) {
            self.refresh_picker(false);
        }
    }

    /// The list of seats is read under `epoch` now. If that is not what the list at hand was read under, it is read again,
    /// and what was entered ahead is not used any more: its seat may be gone.
    pub fn seats_are_at(self, epoch: &str) {
        if self.picker.with_untracked(|p| p.as_ref().is_some_and(|p| p.epoch != epoch)) {
            self.staging.clear();
            self.refresh_picker(false);
        }
    }

    /// The number of access requests in a workspace, if this person may decide about them.
    pub fn waiting_in(self, slug: Option<&Slug>) -> u32 {
        let Some(slug) = slug else { return 0 };
        self.picker
            .with(|picker| picker.as_ref().and_then(|p| p.find(slug)).map_or(0, |(_, workspace)| workspace.waiting))
    }

    /// How a workspace stands now: for the one on screen to hear.
    pub fn stands(self, slug: Slug, standing: Standing) {
        if let Some(hear) = self.standing.get_value() {
            hear.try_run((slug, standing));
        }
    }

    /// Says who hears how the workspace on screen stands; until the caller's scope ends.
    pub fn hear_standing(self, slug: &Slug, hear: Callback<(Slug, Standing)>) {
        self.standing.set_value(Some(hear));
        self.plane.set_value(Some((slug.clone(), slug.clone())));
        let mounted = slug.clone();
        on_cleanup(move || {
            // The next workspace may be there already.
            if self.plane.try_with_value(|p| p.as_ref().is_some_and(|(key, _)| *key == mounted)).unwrap_or(false) {
                self.plane.set_value(None);
                self.standing.set_value(None);
            }
        });
    }

    /// The slug for which the plane that shows `slug` was mounted: another one after a rename, so that the plane stays
    /// with all that is typed into it.
    pub fn plane_of(self, slug: Slug) -> Slug {
        let mounted =
            self.plane.with_value(|plane| plane.as_ref().filter(|(_, now)| *now == slug).map(|(key, _)| key.clone()));
        mounted.unwrap_or(slug)
    }

    /// The workspace on screen was renamed.
    pub fn plane_moved(self, from: &Slug, to: &Slug) {
        self.plane.update_value(|plane| {
            if let Some((_, now)) = plane.as_mut().filter(|(_, now)| now == from) {
                now.clone_from(to);
            }
        });
        self.navigator.moved(from, to);
    }

    /// Says something at the foot of the screen for a while.
    pub fn toast(self, toast: Toast) {
        let (id, stays) = (toast.id, toast.by_hand.is_some());
        self.toasts.update(|toasts| toasts.push(toast.after(toasts)));
        if !stays {
            browser::after(6_000, move || self.dismiss(id));
        }
    }

    /// Copies a text and shows the message `copied` on success. Otherwise the text is shown for copying by hand.
    pub fn copy(self, text: String, copied: &'static str) {
        browser::begin(async move {
            if browser::copy(&text).await {
                self.toast(Toast::done(copied));
            } else {
                self.toasts.update(|toasts| toasts.retain(|toast| toast.by_hand.is_none()));
                self.toast(Toast::not_copied(text));
            }
        });
    }

    /// Takes back what was said.
    pub fn dismiss(self, id: u32) {
        self.toasts.try_update(|toasts| toasts.retain(|t| t.id != id));
    }
}
