//! Which address is on screen, and how it changes without loading a document.
//!
//! The address is the one truth of where the person is; it is a typed [`Route`]. We keep this ourselves instead of
//! taking a router crate because going from one workspace to another is what Stile is about: the plane below is keyed
//! by the slug and disposed as a whole, which nested routes with parameters don't do.

use crate::routes::Route;
use leptos::prelude::*;
use model::Slug;

/// A navigation that waits until the person agrees to discard unsaved changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaving {
    /// Going to another address.
    To(Box<Route>),
    /// Going back or forward in the history.
    Through,
    /// Signing out.
    SignOut,
}

/// The current address, and going to another.
#[derive(Clone, Copy)]
pub struct Navigator {
    route: RwSignal<Route>,
    leaving: RwSignal<Option<Leaving>>,
    /// Workspaces that were renamed while this document was open: from the former slug to the present one.
    moved: StoredValue<Vec<(Slug, Slug)>>,
    /// How far down the page was when it was left: restored once its data is on screen again.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "nothing scrolls on the server"))]
    scroll: StoredValue<f64>,
    /// How far down its page the present entry of the history says that it is.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "nothing scrolls on the server"))]
    noted: StoredValue<f64>,
    /// Whether the page may be elsewhere by now. To ask the browser where would have it lay out all that has changed.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "nothing scrolls on the server"))]
    scrolled: StoredValue<bool>,
}

impl Navigator {
    /// Starts at `route`; in the browser it then follows links and the history.
    pub fn new(route: Route) -> Self {
        let navigator = Self {
            route: RwSignal::new(route),
            leaving: RwSignal::new(None),
            moved: StoredValue::new(Vec::new()),
            scroll: StoredValue::new(0.0),
            noted: StoredValue::new(f64::NAN),
            // Before the program was there, for one.
            scrolled: StoredValue::new(true),
        };
        #[cfg(feature = "hydrate")]
        navigator.listen();
        navigator
    }

    /// The address; reading it subscribes.
    pub fn route(self) -> Route {
        self.route.get()
    }

    /// The address, without subscribing.
    pub fn route_now(self) -> Route {
        self.route.get_untracked()
    }

    /// The navigation that waits for the person's answer.
    pub const fn leaving(self) -> RwSignal<Option<Leaving>> {
        self.leaving
    }

    /// Asks the person first if leaving would discard unsaved changes. Returns whether it did.
    pub fn asks(self, leaving: impl FnOnce() -> Leaving) -> bool {
        let asks = super::is_unsaved();
        if asks {
            self.leaving.set(Some(leaving()));
        }
        asks
    }

    /// Goes to an address and keeps the current one in the history. Asks first if that would discard unsaved changes.
    pub fn push(self, route: Route) {
        let route = self.present(route);
        // What is on the page stays where the address stays.
        if route != self.route_now() && self.asks(|| Leaving::To(Box::new(route.clone()))) {
            return;
        }
        #[cfg(feature = "hydrate")]
        self.write_history(&route, true);
        self.set(route);
    }

    /// Puts an address in the place of the current one.
    pub fn replace(self, route: Route) {
        let route = self.present(route);
        #[cfg(feature = "hydrate")]
        self.write_history(&route, false);
        self.set(route);
    }

    /// A workspace has another slug from now on: links and history that still hold the former one lead to it.
    pub fn moved(self, from: &Slug, to: &Slug) {
        self.moved.update_value(|moved| {
            // It may go back to a slug that it had.
            moved.retain(|(former, _)| former != to && former != from);
            moved.iter_mut().filter(|(_, present)| present == from).for_each(|(_, present)| present.clone_from(to));
            moved.push((from.clone(), to.clone()));
        });
    }

    /// The same route under its workspace's present slug.
    fn present(self, route: Route) -> Route {
        match route {
            Route::Workspace(slug, page) => {
                let present = self.moved.with_value(|moved| {
                    moved.iter().find(|(former, _)| *former == slug).map(|(_, present)| present.clone())
                });
                Route::Workspace(present.unwrap_or(slug), page)
            }
            route => route,
        }
    }

    fn set(self, route: Route) {
        if self.route.with_untracked(|now| *now != route) {
            self.route.set(route);
        }
        #[cfg(feature = "hydrate")]
        {
            // A workspace's page reports by itself when it is shown.
            if !matches!(self.route_now(), Route::Workspace(..)) {
                self.settle();
            }
            super::history::write_soon();
        }
    }

    /// Goes where the link leads that was clicked, if the console opens it by itself. Each click that reaches the document
    /// ends here; who has more to do for it calls this before.
    pub fn follow_link(self, event: &leptos::ev::MouseEvent) {
        #[cfg(feature = "hydrate")]
        if let Some(route) = live::followed_link(event) {
            event.prevent_default();
            self.push(route);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    }

    /// Goes where the browser's address bar is: it may have gone back while the program was still on its way.
    pub fn catch_up(self) {
        #[cfg(feature = "hydrate")]
        self.set(live::located());
    }

    /// To be called when the address's content is on screen: scrolls to where it was left, or to its top.
    pub fn settle(self) {
        #[cfg(feature = "hydrate")]
        super::next_frame(move || self.reach(SETTLING_FRAMES));
    }

    /// Call it once the program has started. It restores the scroll position of a reloaded document.
    pub fn resume(self) {
        #[cfg(feature = "hydrate")]
        if self.scroll.get_value() > 0.0 && window().scroll_y().unwrap_or_default() == 0.0 {
            self.settle();
        }
    }
}

/// Whether a click, or the press that begins one, opens a link in this tab.
pub fn opens_here(event: &leptos::ev::MouseEvent) -> bool {
    let modified = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !modified
}

#[cfg(feature = "hydrate")]
use live::SETTLING_FRAMES;

#[cfg(feature = "hydrate")]
mod live {
    use super::*;
    use crate::browser::{
        after, element_of,
        history::{self, Entry},
        next_frame, on_window, open_tab,
    };
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlAnchorElement, MouseEvent, ScrollRestoration};

    /// For how many frames a page may grow until it is as long as when it was left.
    pub(super) const SETTLING_FRAMES: u32 = 30;
    /// After how many milliseconds without scrolling the scroll counts as ended, in browsers without `scrollend`.
    const STILL_MILLIS: u32 = 120;

    impl Navigator {
        pub(super) fn listen(self) {
            restore_by(ScrollRestoration::Manual);
            let left = window().history().ok().and_then(|history| history.state().ok()?.as_f64()).unwrap_or_default();
            self.scroll.set_value(left);
            on_window("click", Box::new(move |event| self.follow_link(event.unchecked_ref())));
            // The middle button opens the row's record in another tab, as it does on a link.
            on_window(
                "auxclick",
                Box::new(|event| {
                    let event: &MouseEvent = event.unchecked_ref();
                    if let Some(link) = link_of_row(event).filter(|_| event.button() == 1) {
                        open_tab(&link.href());
                    }
                }),
            );
            on_window(
                "popstate",
                Box::new(move |event| {
                    history::forget_waiting();
                    let here = self.route_now();
                    if self.present(located()) != here && self.asks(|| Leaving::Through) {
                        // The browser has already moved in its history. The current page is pushed again until the
                        // person has decided.
                        history::stand_at(&here.url(), self.noted.get_value());
                        return;
                    }
                    let (located, present) = (located(), self.present(located()));
                    if located != present {
                        self.write_history(&present, false);
                    }
                    let event: &web_sys::PopStateEvent = event.unchecked_ref();
                    let top = event.state().as_f64().unwrap_or_default();
                    self.scroll.set_value(top);
                    self.noted.set_value(top);
                    self.set(present);
                }),
            );
            let says_end = js_sys::Reflect::has(&window(), &"onscrollend".into()).unwrap_or_default();
            on_window(
                "scroll",
                Box::new(move |_| {
                    self.scrolled.set_value(true);
                    if !says_end {
                        self.note_when_still();
                    }
                }),
            );
            on_window("scrollend", Box::new(move |_| self.note_scroll()));
            // If a document is reloaded, or reached again from another site, the browser scrolls it.
            on_window(
                "pagehide",
                Box::new(move |_| {
                    if self.scrolled.get_value() {
                        self.note_scroll();
                    }
                    restore_by(ScrollRestoration::Auto);
                }),
            );
            on_window("pageshow", Box::new(|_| restore_by(ScrollRestoration::Manual)));
            history::write_in_time();
        }

        /// Records the scroll position when scrolling has ended.
        fn note_when_still(self) {
            let top = window().scroll_y().unwrap_or_default();
            after(STILL_MILLIS, move || {
                if self.scrolled.get_value() && window().scroll_y().unwrap_or_default() == top {
                    self.note_scroll();
                }
            });
        }

        /// Scrolls to where the entry was left, as soon as the page is long enough.
        pub(super) fn reach(self, frames: u32) {
            let top = self.scroll.get_value();
            window().scroll_to_with_x_and_y(0.0, top);
            // For the top, every page is long enough, so no layout is needed.
            if top > 0.0 && frames > 0 && window().scroll_y().unwrap_or_default() + 1.0 < top {
                next_frame(move || {
                    if self.scroll.get_value() == top {
                        self.reach(frames - 1);
                    }
                });
            }
        }

        /// Writes how far down the page is into its entry of the history.
        fn note_scroll(self) {
            self.scrolled.set_value(false);
            let top = window().scroll_y().unwrap_or_default();
            // Writing is a word to another process: not for what is written already.
            if self.noted.get_value() == top {
                return;
            }
            self.noted.set_value(top);
            history::note_top(top);
        }

        pub(super) fn write_history(self, route: &Route, push: bool) {
            if push && self.scrolled.get_value() {
                self.note_scroll();
            }
            self.noted.set_value(0.0);
            self.scroll.set_value(0.0);
            let url = route.url();
            history::write_later(if push { Entry::Next(url) } else { Entry::Same(url) });
        }
    }

    /// The route of the address bar.
    pub(super) fn located() -> Route {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        let query = location.search().unwrap_or_default();
        Route::parse(&path, query.trim_start_matches('?')).shown()
    }

    fn restore_by(how: ScrollRestoration) {
        if let Ok(history) = window().history() {
            let _ = history.set_scroll_restoration(how);
        }
    }

    /// The link of the row that was clicked, unless the click was on a link or a control. A row's link covers the row
    /// only without script (style/34-table.css), because otherwise no text in the row could be selected.
    fn link_of_row(event: &MouseEvent) -> Option<HtmlAnchorElement> {
        let hit = element_of(event)?;
        if hit.closest("a, button, input, label, select, textarea, summary").ok()?.is_some() {
            return None;
        }
        hit.closest("tr").ok()??.query_selector("a.row-link[href]").ok()??.dyn_into().ok()
    }

    /// Whether a click ends a text selection in `element`.
    fn selects_in(event: &MouseEvent, element: &Element) -> bool {
        let selection = window().get_selection().ok().flatten();
        // A click by the keyboard has a count of 0.
        event.detail() > 0
            && selection.is_some_and(|selection| {
                !selection.is_collapsed()
                    && selection.contains_node_with_allow_partial_containment(element, true).unwrap_or_default()
            })
    }

    /// The route of a link that was clicked plainly and that the console can open by itself.
    pub(super) fn followed_link(event: &MouseEvent) -> Option<Route> {
        if event.default_prevented() {
            return None;
        }
        let around = element_of(event)?.closest("a[href]").ok()?.and_then(|link| link.dyn_into().ok());
        let link: HtmlAnchorElement = match around {
            Some(link) => link,
            None => {
                let link = link_of_row(event)?;
                if event.button() == 0 && !opens_here(event) && !selects_in(event, link.closest("tr").ok()??.as_ref()) {
                    open_tab(&link.href());
                }
                link
            }
        };
        // The end of a drag that selected a link's text is not a click on it.
        if link.get_attribute("draggable").is_some_and(|value| value == "false") {
            let row = link.closest("tr").ok().flatten().unwrap_or_else(|| link.clone().into());
            if selects_in(event, &row) {
                event.prevent_default();
                return None;
            }
        }
        if !opens_here(event) {
            return None;
        }
        let elsewhere = !matches!(link.target().as_str(), "" | "_self")
            || link.has_attribute("download")
            || link.rel() == "external"
            || !link.hash().is_empty()
            || link.origin() != window().location().origin().ok()?;
        let route = Route::parse(&link.pathname(), link.search().trim_start_matches('?'));
        let ours = matches!(
            route,
            Route::Home { .. }
                | Route::Profile { .. }
                | Route::Preferences { .. }
                | Route::Tokens
                | Route::Sessions
                | Route::Security { .. }
                | Route::NewWorkspace
                | Route::Workspace(..)
        );
        (!elsewhere && ours).then_some(route)
    }
}
