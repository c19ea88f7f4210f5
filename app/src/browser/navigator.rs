//! Current location as a typed [`Route`], and navigation. leptos_router owns the location and the history.

use super::{
    ON_SERVER, history,
    links::{followed_link, link_around, link_of_row},
    listeners::on_window,
    location::open_tab,
    timers::{after, next_frame},
    unsaved::is_unsaved,
};
use crate::routes::Route;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use model::Slug;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{MouseEvent, ScrollRestoration};

/// Maximum number of frames to wait for the page to become as long as it was when it was left.
const SETTLING_FRAMES: u32 = 30;
/// Time without scrolling after which a scroll has ended, in milliseconds. For browsers without `scrollend`.
const STILL_MILLIS: u32 = 120;

/// Navigation that waits until the person agrees to discard unsaved changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaving {
    /// Navigation to a route.
    To(Box<Route>),
    /// Navigation back or forward in the history.
    Through,
    /// Sign-out.
    SignOut,
}

type Navigate = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// Current route and navigation. Adds to leptos_router typed routes, renamed workspaces, the confirmation before
/// unsaved changes are discarded, and scroll restoration.
#[derive(Clone, Copy)]
pub struct Navigator {
    route: Memo<Route>,
    /// Route that is already shown but not yet known to the router. A history update takes milliseconds, so it follows
    /// the frame that shows the page.
    ahead: RwSignal<Option<Route>>,
    navigate: StoredValue<Navigate>,
    leaving: RwSignal<Option<Leaving>>,
    /// Workspaces that were renamed while this document was open, as pairs of old and new slug.
    moved: StoredValue<Vec<(Slug, Slug)>>,
    /// Scroll offset of the page when it was left. Restored once its data is on screen again.
    scroll: StoredValue<f64>,
    /// Scroll offset stored in the current history entry.
    noted: StoredValue<f64>,
    /// `true` if the page may have been scrolled since. Reading the offset from the browser would force a layout.
    scrolled: StoredValue<bool>,
}

impl Navigator {
    /// Creates the navigator of the enclosing `<Router>`.
    pub fn of_router() -> Self {
        let location = use_location();
        let ahead = RwSignal::new(None::<Route>);
        let route = Memo::new(move |_| {
            ahead.get().unwrap_or_else(|| {
                location.pathname.with(|path| location.search.with(|query| Route::parse(path, query).shown()))
            })
        });
        Self {
            route,
            ahead,
            navigate: StoredValue::new(Arc::new(use_navigate())),
            leaving: RwSignal::new(None),
            moved: StoredValue::new(Vec::new()),
            scroll: StoredValue::new(0.0),
            noted: StoredValue::new(f64::NAN),
            // The page may have been scrolled before the program started.
            scrolled: StoredValue::new(true),
        }
    }

    /// Returns the current route and subscribes to it.
    pub fn route(self) -> Route {
        self.route.get()
    }

    /// Returns the current route without subscribing.
    pub fn route_now(self) -> Route {
        self.route.get_untracked()
    }

    /// Navigation that waits for the person's confirmation.
    pub const fn leaving(self) -> RwSignal<Option<Leaving>> {
        self.leaving
    }

    /// Asks for confirmation if leaving would discard unsaved changes. Returns `true` if it asks.
    pub fn confirm_leaving(self, leaving: impl FnOnce() -> Leaving) -> bool {
        let unsaved = is_unsaved();
        if unsaved {
            self.leaving.set(Some(leaving()));
        }
        unsaved
    }

    /// Navigates to a route and adds a history entry. Asks for confirmation first if that would discard unsaved
    /// changes.
    pub fn push(self, route: Route) {
        let route = self.present(route);
        // Input is kept if the route is the same.
        if route != self.route_now() && self.confirm_leaving(|| Leaving::To(Box::new(route.clone()))) {
            return;
        }
        self.go(route, false);
    }

    /// Navigates to a route and replaces the current history entry.
    pub fn replace(self, route: Route) {
        self.go(self.present(route), true);
    }

    fn go(self, route: Route, replace: bool) {
        history::flush();
        self.leave(!replace);
        let stays = match (self.route_now(), &route) {
            (Route::Workspace(_, now), Route::Workspace(_, page)) => now.key() == page.key(),
            _ => false,
        };
        if stays {
            // The router would keep the mounted views, so the page can change before the router is updated.
            self.ahead.set(Some(route.clone()));
            history::defer(move || self.navigate_router(&route, replace));
        } else {
            self.navigate_router(&route, replace);
            // Workspace pages call `settle` themselves when they are shown.
            if !matches!(route, Route::Workspace(..)) {
                self.settle();
            }
        }
    }

    /// Navigates with the router.
    fn navigate_router(self, route: &Route, replace: bool) {
        // `settle` scrolls once the data is on screen.
        let options = NavigateOptions { resolve: false, replace, scroll: false, ..NavigateOptions::default() };
        let url = route.url();
        self.navigate.with_value(|navigate| navigate(&url, options));
        // Nothing that was shown ahead outlives a navigation of the router.
        self.ahead.set(None);
        // leptos_router 0.8 does not add a history entry for a URL that it believes to be the current one, and its own
        // list of URLs is wrong after the person went forward in the history.
        if browser_route() != *route {
            history::push(&url);
        }
    }

    /// Records that a workspace was renamed: links and history entries with the old slug lead to the new one.
    pub fn moved(self, from: &Slug, to: &Slug) {
        self.moved.update_value(|moved| {
            // A workspace may be renamed back to a former slug.
            moved.retain(|(former, _)| former != to && former != from);
            moved.iter_mut().filter(|(_, present)| present == from).for_each(|(_, present)| present.clone_from(to));
            moved.push((from.clone(), to.clone()));
        });
    }

    /// Replaces an old workspace slug in a route by the current one.
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

    /// Follows a clicked link if it leads to a page of the console. Every click that reaches the document ends here; a
    /// handler with additional work for a click calls this first.
    pub fn follow_link(self, event: &MouseEvent) {
        if let Some(route) = followed_link(event) {
            event.prevent_default();
            self.push(route);
        }
    }

    /// Scrolls to the stored offset, or to the top. Must be called when the route's content is on screen.
    pub fn settle(self) {
        next_frame(move || self.restore_scroll(SETTLING_FRAMES));
    }

    /// Restores the scroll offset of a reloaded document. Must be called once the program has started.
    pub fn resume(self) {
        if self.recall() > 0.0 && window().scroll_y().unwrap_or_default() == 0.0 {
            self.settle();
        }
    }

    /// Reads the stored scroll offset of the history entry after a reload, in CSS pixels.
    fn recall(self) -> f64 {
        let left = window().history().ok().and_then(|history| history.state().ok()?.as_f64()).unwrap_or_default();
        self.scroll.set_value(left);
        left
    }

    /// Stops the router's own listener, which would follow every link of this origin, even to pages that only the
    /// server has, and updates the URL only after `<Routes>` has loaded a view, although it is not mounted on every
    /// page.
    fn clicked(self, event: &MouseEvent) {
        self.follow_link(event);
        if !event.default_prevented() && link_around(event).is_some() {
            event.stop_immediate_propagation();
        }
    }

    fn went_through_history(self, event: &web_sys::PopStateEvent) {
        history::discard_pending();
        let here = self.route_now();
        let (browser_route, present) = (browser_route(), self.present(browser_route()));
        if present != here && self.confirm_leaving(|| Leaving::Through) {
            // The browser has already moved in its history, so the current page is pushed again until the person
            // has decided. The router is not notified.
            history::push_with_scroll(&here.url(), self.noted.get_value());
            event.stop_immediate_propagation();
            return;
        }
        if browser_route != present {
            history::replace(&present.url());
        }
        let top = event.state().as_f64().unwrap_or_default();
        self.scroll.set_value(top);
        self.noted.set_value(top);
        self.ahead.set(None);
        // The router's listener runs next and reads the URL. Workspace pages call `settle` themselves when they are
        // shown.
        if !matches!(present, Route::Workspace(..)) {
            self.settle();
        }
    }

    fn was_scrolled(self) {
        self.scrolled.set_value(true);
        if !has_scroll_end() {
            self.save_scroll_when_idle();
        }
    }

    /// Stores the scroll offset when scrolling has ended.
    fn save_scroll_when_idle(self) {
        let top = window().scroll_y().unwrap_or_default();
        after(STILL_MILLIS, move || {
            if self.scrolled.get_value() && window().scroll_y().unwrap_or_default() == top {
                self.save_scroll();
            }
        });
    }

    /// Scrolls to the stored offset as soon as the page is long enough.
    fn restore_scroll(self, frames: u32) {
        let top = self.scroll.get_value();
        window().scroll_to_with_x_and_y(0.0, top);
        // Every page is long enough for the top, so no layout is needed.
        if top > 0.0 && frames > 0 && window().scroll_y().unwrap_or_default() + 1.0 < top {
            next_frame(move || {
                if self.scroll.get_value() == top {
                    self.restore_scroll(frames - 1);
                }
            });
        }
    }

    /// Stores the scroll offset in the current history entry.
    fn save_scroll(self) {
        self.scrolled.set_value(false);
        let top = window().scroll_y().unwrap_or_default();
        // A history update is a message to another process, so an unchanged offset is skipped.
        if self.noted.get_value() == top {
            return;
        }
        self.noted.set_value(top);
        history::save_scroll(top);
    }

    /// Stores the scroll offset of the page that is about to be left.
    fn leave(self, push: bool) {
        if push && self.scrolled.get_value() {
            self.save_scroll();
        }
        self.noted.set_value(0.0);
        self.scroll.set_value(0.0);
    }
}

/// Listens to clicks, history events and scrolling for the lifetime of the document. Must be called before `<Router>`
/// adds its own listeners, so that this one receives each event first; `navigator` is set when `<Router>` is created.
/// Does nothing on the server.
pub fn listen(navigator: StoredValue<Option<Navigator>>) {
    if ON_SERVER {
        return;
    }
    let with = move |act: fn(Navigator, &web_sys::Event)| -> Box<dyn Fn(web_sys::Event)> {
        Box::new(move |event| {
            if let Some(navigator) = navigator.get_value() {
                act(navigator, &event);
            }
        })
    };
    restore_by(ScrollRestoration::Manual);
    on_window("click", with(|navigator, event| navigator.clicked(event.unchecked_ref())));
    // The middle button opens a row's record in a new tab, as on a link.
    on_window(
        "auxclick",
        Box::new(|event| {
            let event: &MouseEvent = event.unchecked_ref();
            if let Some(link) = link_of_row(event).filter(|_| event.button() == 1) {
                open_tab(&link.href());
            }
        }),
    );
    on_window("popstate", with(|navigator, event| navigator.went_through_history(event.unchecked_ref())));
    on_window("scroll", with(|navigator, _| navigator.was_scrolled()));
    on_window("scrollend", with(|navigator, _| navigator.save_scroll()));
    // When a document is reloaded or reached again from another site, the browser restores the scroll offset.
    on_window(
        "pagehide",
        with(|navigator, _| {
            if navigator.scrolled.get_value() {
                navigator.save_scroll();
            }
            restore_by(ScrollRestoration::Auto);
        }),
    );
    on_window("pageshow", Box::new(|_| restore_by(ScrollRestoration::Manual)));
    history::flush_on_input();
}

fn has_scroll_end() -> bool {
    js_sys::Reflect::has(&window(), &"onscrollend".into()).unwrap_or_default()
}

/// Returns the route of the browser's location.
fn browser_route() -> Route {
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
