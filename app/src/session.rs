//! What is tied to the person and outlives every switch: who they are, their list of seats, preferences of the device,
//! the address. One context, provided by the root.
//!
//! Nothing of a workspace may be kept here: that belongs in `console::Scope`, which dies with the workspace.

use crate::{
    account::{clear_recents, load_picker, pin_workspace, sign_out},
    boot::{AccountData, Boot, Content, Returned, Theme},
    browser::{self, Navigator},
    chunk,
    console::Staging,
    error::AppError,
    live::{self, Standing},
    packed::Packed,
    routes::{Page, ReturnTo, Route, SignInNotice},
    ui::Toast,
};
use leptos::{
    ev::{MouseEvent, PointerEvent},
    prelude::*,
    task::spawn_local,
};
use model::{
    Slug,
    picker::{Picker, Pinned},
    uses::Uses,
    workspace::Person,
};
use std::sync::Arc;
use time::OffsetDateTime;

/// How long signing out waits for the server before this browser leaves all the same.
const SIGN_OUT_MILLIS: u32 = 3_000;

/// How long a tab waits for the word of another tab of its browser that the person signed out.
const SIGN_OUT_WORD_MILLIS: u32 = 250;

/// How long after a document's start the rest of the program is fetched, if no page asked for it before.
const CHUNK_MILLIS: u32 = 1_500;

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

/// The day by the device's clock, in days since 1970.
fn today() -> Option<f64> {
    browser::now().map(|now| now.unix_timestamp() as f64 / 86_400.0)
}

/// The person's context of the current view.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Takes what the document carried.
    pub fn start(boot: Boot, route: Route) -> Self {
        let Boot { person, picker, picker_is_whole, theme, now, content, returned } = boot;
        let session = Self {
            navigator: Navigator::new(route),
            person: RwSignal::new(person),
            picker: RwSignal::new(picker.map(Arc::new)),
            picker_error: RwSignal::new(None),
            picker_loading: RwSignal::new(false),
            theme: RwSignal::new(theme),
            now: RwSignal::new(now),
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
        browser::replay_typing();
        if let Some(person) = self.person.with_untracked(|p| p.as_ref().map(|p| p.id)) {
            self.uses.set_value(browser::kept_uses(&person.to_string()));
        }
        self.navigator.catch_up();
        browser::set_root_attribute("data-live", Some(""));
        browser::on_sign_out_elsewhere(move || self.leave(SignInNotice::Elsewhere));
        browser::on_return(move |from_cache| {
            if from_cache {
                // What the cache shows may be from before a sign-out: only the server knows.
                browser::reload_document();
            } else {
                self.refresh_if_stale();
            }
        });
        if self.person.with_untracked(Option::is_some) {
            // Whoever is signed in now has signed in since.
            browser::set_sign_out_pending(false);
        }
        if self.person.with_untracked(Option::is_some) {
            live::start(self);
        }
        if self.person.with_untracked(Option::is_some) && !self.picker_is_whole.get_value() {
            self.refresh_picker(false);
        }
        browser::after(CHUNK_MILLIS, || {
            spawn_local(async {
                chunk::fetch().await;
            });
        });
        self.tick();
    }

    fn tick(self) {
        browser::after(30_000, move || {
            if self.now.try_set(browser::now()).is_none() {
                self.tick();
            }
        });
    }

    /// Reads the list of seats again; with `past_cache`, not even the server answers from memory.
    pub fn refresh_picker(self, past_cache: bool) {
        self.picker_loading.set(true);
        spawn_local(async move {
            match load_picker(past_cache).await {
                Ok(picker) => {
                    self.now.set(browser::now());
                    self.picker.set(Some(Arc::new(picker)));
                    self.picker_is_whole.set_value(true);
                    self.picker_error.set(None);
                }
                Err(AppError::SignedOut) => self.sign_in_again(),
                Err(error) => self.picker_error.set(Some(error)),
            }
            self.picker_loading.set(false);
        });
    }

    /// Reads the list of seats again if it is older than it may be (blueprint section 7).
    pub fn refresh_if_stale(self) {
        let Some(now) = browser::now() else { return };
        if self.picker.with_untracked(|p| p.as_ref().is_some_and(|p| p.is_stale(now))) {
            self.refresh_picker(false);
        }
    }

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

    /// The list of seats is read under `epoch` now. If that is not what the list at hand was read under, it is read again,
    /// and what was entered ahead is not used any more: its seat may be gone.
    pub fn seats_are_at(self, epoch: &str) {
        if self.picker.with_untracked(|p| p.as_ref().is_some_and(|p| p.epoch != epoch)) {
            self.staging.clear();
            self.refresh_picker(false);
        }
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

    /// The session is no more, says the server. When it was this browser that signed out, the tab that did so tells the
    /// others, and they leave by that word.
    pub fn was_signed_out(self) {
        browser::after(SIGN_OUT_WORD_MILLIS, move || {
            let leaving = self.leaving.try_get_value().unwrap_or(true);
            if !leaving && !browser::is_sign_out_pending() {
                self.sign_in_again();
            }
        });
    }

    /// Says something at the foot of the screen for a while.
    pub fn toast(self, toast: Toast) {
        let id = toast.id;
        self.toasts.update(|toasts| toasts.push(toast.after(toasts)));
        browser::after(6_000, move || self.dismiss(id));
    }

    /// Takes back what was said.
    pub fn dismiss(self, id: u32) {
        self.toasts.try_update(|toasts| toasts.retain(|t| t.id != id));
    }

    /// Chooses the device's theme.
    pub fn choose_theme(self, theme: Theme) {
        self.theme.set(theme);
        browser::set_preference_cookie("theme", theme.as_str());
        browser::set_root_attribute("data-theme", theme.attribute());
    }

    /// Signs out: at the server, in this tab and in all others (switcher seed, section 9). A server that fails or
    /// hangs holds nobody here; the sign-in page then tells it again ([`finish_sign_out`](Self::finish_sign_out)).
    pub fn sign_out(self) {
        browser::set_sign_out_pending(true);
        browser::after(SIGN_OUT_MILLIS, move || self.leave(SignInNotice::SignedOut));
        spawn_local(async move {
            if sign_out().await.is_ok() {
                browser::set_sign_out_pending(false);
            }
            self.leave(SignInNotice::SignedOut);
        });
    }

    /// Ends the session of a sign-out that did not reach the server. That there was one is known from this browser's
    /// own storage and never from an address, which another site could have written.
    pub fn finish_sign_out(self) {
        if browser::is_sign_out_pending() {
            spawn_local(async move {
                if sign_out().await.is_ok() {
                    browser::set_sign_out_pending(false);
                }
            });
        }
    }

    /// Leaves for the sign-in page with a document load, which takes all of the page's memory with it. The other tabs
    /// hear of a sign-out; that this one hears itself makes no difference, as it leaves once.
    pub fn leave(self, notice: SignInNotice) {
        if self.leaving.try_update_value(|leaving| std::mem::replace(leaving, true)).unwrap_or(true) {
            return;
        }
        browser::forget_uses();
        if notice == SignInNotice::SignedOut {
            browser::announce_sign_out();
        }
        browser::load_document(&Route::SignIn { next: None, notice: Some(notice) }.url());
    }

    /// A second factor is asked for: to the page that asks, with a document load, and back here afterwards.
    pub fn prove_factor(self) {
        let next = ReturnTo::parse(&self.navigator.route_now().url());
        browser::load_document(&Route::Factor { next }.url());
    }

    /// The session ended under the page: to sign-in, and back here afterwards.
    pub fn sign_in_again(self) {
        if self.leaving.try_update_value(|leaving| std::mem::replace(leaving, true)).unwrap_or(true) {
            return;
        }
        let next = ReturnTo::parse(&self.navigator.route_now().url());
        browser::load_document(&Route::SignIn { next, notice: Some(SignInNotice::Elsewhere) }.url());
    }
}
