//! Session context: state that belongs to the user and survives every switch of workspaces, such as their identity,
//! their workspace list, device preferences and the URL. The root provides it.
//!
//! No workspace data may be stored here. It belongs in `console::Scope`, which is disposed with the workspace.

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
    boot::{AccountData, Content, InitialState, Returned, Theme},
    browser::{self, Keyboard, Navigator},
    console::Prefetcher,
    deferred::Deferred,
    error::AppError,
    live::{self, LiveMessage, ServerMessage, WorkspaceAccess},
    routes::{Page, Route, SignInNotice},
};
use leptos::{prelude::*, task::spawn_local};
use model::{Slug, picker::Picker, uses::Frecency, workspace::Person};
use std::{rc::Rc, sync::Arc};
use time::OffsetDateTime;

/// Session context.
#[derive(Clone, Copy)]
pub struct Session {
    /// Navigation and the current URL.
    pub navigator: Navigator,
    /// Signed-in user, or `None` while signed out.
    pub person: RwSignal<Option<Person>>,
    /// Workspace list of the user.
    pub picker: RwSignal<Option<Arc<Picker>>>,
    /// Error of the last attempt to reload the list.
    pub picker_error: RwSignal<Option<AppError>>,
    /// `true` while the list is loading.
    pub picker_loading: RwSignal<bool>,
    /// Theme: light, dark, or the device's setting.
    pub theme: RwSignal<Theme>,
    /// Current time, for relative times such as "2 h ago".
    pub now: RwSignal<Option<OffsetDateTime>>,
    /// Connection to the server.
    pub connection: Connection,
    /// Toasts at the bottom of the screen.
    pub toasts: RwSignal<Vec<Toast>>,
    /// Kind of the last page, without any data of its workspace. Links in the picker open the same kind of page.
    pub section: StoredValue<Page>,
    /// `true` while the palette is open.
    pub palette: RwSignal<bool>,
    content: StoredValue<Option<Content>>,
    returned: StoredValue<Option<Deferred<Returned>>>,
    /// Workspace that is entered ahead of a switch.
    pub prefetcher: Prefetcher,
    picker_is_whole: StoredValue<bool>,
    leaving: StoredValue<bool>,
    /// Mounted workspace plane: the slug that it was mounted with, and its current slug.
    plane: StoredValue<Option<(Slug, Slug)>>,
    /// Usage counts of palette entries on this device.
    uses: StoredValue<Frecency>,
    access_handler: StoredValue<Option<Callback<(Slug, WorkspaceAccess)>>>,
}

/// Returns the session context of the current view.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Creates the session from the data in the document.
    pub fn start(boot: InitialState) -> Self {
        let InitialState { person, picker, picker_is_whole, theme, now, content, returned } = boot;
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
            prefetcher: Prefetcher::new(),
            picker_is_whole: StoredValue::new(picker_is_whole),
            leaving: StoredValue::new(false),
            plane: StoredValue::new(None),
            uses: StoredValue::new(Frecency::default()),
            access_handler: StoredValue::new(None),
        };
        provide_context(session);
        session
    }

    /// Returns `true` if the workspace list is complete. A document contains only the first rows of a long one.
    pub fn has_whole_picker(self) -> bool {
        self.picker_is_whole.get_value()
    }

    /// Returns `read` applied to the document's content, which is not taken.
    pub fn with_content<T>(self, read: impl FnOnce(Option<&Content>) -> T) -> T {
        self.content.with_value(|content| read(content.as_ref()))
    }

    /// Takes the document's content for the first view. Returns `None` afterwards.
    pub fn take_content(self) -> Option<Content> {
        self.content.try_update_value(Option::take).flatten()
    }

    /// Takes the document's content for an account page, whose code is in the chunk.
    pub fn take_account_data(self) -> Option<AccountData> {
        match self.take_content()? {
            Content::Account(data) => data.decode(),
            _ => None,
        }
    }

    /// Takes the form that was returned with the document, if there is one.
    pub fn take_returned(self) -> Option<Returned> {
        self.returned.try_update_value(Option::take).flatten()?.decode()
    }

    /// Starts listening to browser events. Called once, in the browser, after hydration.
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
                // A document from the back-forward cache may date from before a sign-out. Only the server knows.
                browser::reload_document();
            } else {
                self.check_clock();
                self.recheck_connection();
                self.refresh_if_stale();
            }
        });
        if self.person.with_untracked(Option::is_some) {
            // The user is signed in, so any recorded sign-out is outdated.
            browser::set_sign_out_pending(false);
        }
        if self.person.with_untracked(Option::is_some) {
            let shown = move || match self.navigator.route() {
                Route::Workspace(slug, _) => Some(slug),
                _ => None,
            };
            live::start(shown, Rc::new(move |message| self.on_message(message)));
        }
        if self.person.with_untracked(Option::is_some) && !self.picker_is_whole.get_value() {
            self.refresh_picker(false);
        }
        self.tick();
    }

    /// Handles a message from the socket.
    fn on_message(self, message: ServerMessage) {
        self.connection.mark_online();
        match message {
            ServerMessage::Clock(now) => self.set_server_time(now),
            ServerMessage::State(LiveMessage::SignedOut) => self.was_signed_out(),
            ServerMessage::State(LiveMessage::Now { epoch, workspace }) => {
                self.on_seat_epoch(&epoch);
                if let Some((slug, access)) = workspace {
                    self.notify_access(slug, access);
                }
            }
            ServerMessage::Unknown => {}
        }
    }

    fn tick(self) {
        browser::after(30_000, move || {
            // After a clock jump, the shown times stay until the server's response sets the time.
            if self.check_clock() || self.now.try_set(browser::now()).is_none() {
                self.tick();
            }
        });
    }

    /// Sets the server's time.
    pub fn set_server_time(self, now: OffsetDateTime) {
        // The server sends whole seconds, so half a second is added.
        if browser::set_clock(now, 500.0) {
            self.now.set(browser::now());
        }
    }

    /// Returns `true` if the device was asleep or its clock was changed, and then asks the server for the time.
    fn check_clock(self) -> bool {
        let jumped = browser::clock_jumped();
        if jumped {
            live::ask();
        }
        jumped
    }

    /// Reloads the workspace list. With `past_cache`, bypasses the server's cache.
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

    /// Reloads the workspace list if it is stale.
    pub fn refresh_if_stale(self) {
        let Some(now) = browser::now() else { return };
        if self.picker.with_untracked(|p| p.as_ref().is_some_and(|p| p.is_stale(now))) {
            self.refresh_picker(false);
        }
    }

    /// Handles the current seat epoch. If the workspace list was read at another epoch, it is reloaded, and the staged
    /// workspace is discarded, because its seat may be gone.
    pub fn on_seat_epoch(self, epoch: &str) {
        if self.picker.with_untracked(|p| p.as_ref().is_some_and(|p| p.epoch != epoch)) {
            self.prefetcher.clear();
            self.refresh_picker(false);
        }
    }

    /// Returns the number of access requests in a workspace, or 0 if this user may not decide on them.
    pub fn waiting_in(self, slug: Option<&Slug>) -> u32 {
        let Some(slug) = slug else { return 0 };
        self.picker
            .with(|picker| picker.as_ref().and_then(|p| p.find(slug)).map_or(0, |(_, workspace)| workspace.waiting))
    }

    /// Forwards a user's access to a workspace to the scope of the current workspace.
    pub fn notify_access(self, slug: Slug, access: WorkspaceAccess) {
        if let Some(handler) = self.access_handler.get_value() {
            handler.try_run((slug, access));
        }
    }

    /// Sets the callback for access to the current workspace, until the caller's reactive owner is disposed.
    pub fn on_access_changed(self, slug: &Slug, handler: Callback<(Slug, WorkspaceAccess)>) {
        self.access_handler.set_value(Some(handler));
        self.plane.set_value(Some((slug.clone(), slug.clone())));
        let mounted = slug.clone();
        on_cleanup(move || {
            // The next workspace may be mounted already.
            if self.plane.try_with_value(|p| p.as_ref().is_some_and(|(key, _)| *key == mounted)).unwrap_or(false) {
                self.plane.set_value(None);
                self.access_handler.set_value(None);
            }
        });
    }

    /// Returns the slug that the plane showing `slug` was mounted with. It differs after a rename, so that the plane is
    /// kept with all its typed input.
    pub fn plane_of(self, slug: Slug) -> Slug {
        let mounted =
            self.plane.with_value(|plane| plane.as_ref().filter(|(_, now)| *now == slug).map(|(key, _)| key.clone()));
        mounted.unwrap_or(slug)
    }

    /// Updates the slug of the current workspace after a rename.
    pub fn plane_moved(self, from: &Slug, to: &Slug) {
        self.plane.update_value(|plane| {
            if let Some((_, now)) = plane.as_mut().filter(|(_, now)| now == from) {
                now.clone_from(to);
            }
        });
        self.navigator.moved(from, to);
    }

    /// Shows a toast for 6 s, or until it is dismissed if it contains a text to copy by hand.
    pub fn toast(self, toast: Toast) {
        let (id, stays) = (toast.id, toast.by_hand.is_some());
        self.toasts.update(|toasts| toasts.push(toast.after(toasts)));
        if !stays {
            browser::after(6_000, move || self.dismiss(id));
        }
    }

    /// Copies a text and shows the message `copied` on success. On failure, shows the text for copying by hand.
    pub fn copy(self, text: String, copied: &'static str) {
        browser::spawn_eager(async move {
            if browser::copy(&text).await {
                self.toast(Toast::done(copied));
            } else {
                self.toasts.update(|toasts| toasts.retain(|toast| toast.by_hand.is_none()));
                self.toast(Toast::not_copied(text));
            }
        });
    }

    /// Removes a toast.
    pub fn dismiss(self, id: u32) {
        self.toasts.try_update(|toasts| toasts.retain(|t| t.id != id));
    }
}
