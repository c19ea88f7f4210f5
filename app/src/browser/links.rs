//! Clicks on links, and the decision which links are pages of the console.

use super::{dom::element_of, location::open_tab};
use crate::routes::Route;
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// Returns `true` if a click, or the press that begins one, opens a link in this tab.
pub fn opens_here(event: &MouseEvent) -> bool {
    let modified = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !modified
}

/// Returns the route of a link that was clicked without modifiers and that the console can open itself.
pub(super) fn followed_link(event: &MouseEvent) -> Option<Route> {
    if event.default_prevented() {
        return None;
    }
    let link = match link_around(event) {
        Some(link) => link,
        None => {
            let link = link_of_row(event)?;
            if event.button() == 0 && !opens_here(event) && !selects_in(event, link.closest("tr").ok()??.as_ref()) {
                open_tab(&link.href());
            }
            link
        }
    };
    // A drag that selects the text of a link ends with a click, which must not follow the link.
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

/// Returns the link that contains the event's target.
pub(super) fn link_around(event: &MouseEvent) -> Option<HtmlAnchorElement> {
    element_of(event)?.closest("a[href]").ok()??.dyn_into().ok()
}

/// Returns the link of the clicked row, unless the click was on a link or a control. A row's link covers the row
/// only without JavaScript (style/34-table.css), because text in the row could not be selected otherwise.
pub(super) fn link_of_row(event: &MouseEvent) -> Option<HtmlAnchorElement> {
    let hit = element_of(event)?;
    if hit.closest("a, button, input, label, select, textarea, summary").ok()?.is_some() {
        return None;
    }
    hit.closest("tr").ok()??.query_selector("a.row-link[href]").ok()??.dyn_into().ok()
}

/// Returns `true` if the click ends a text selection in `element`.
fn selects_in(event: &MouseEvent, element: &Element) -> bool {
    let selection = window().get_selection().ok().flatten();
    // A click by keyboard has a count of 0.
    event.detail() > 0
        && selection.is_some_and(|selection| {
            !selection.is_collapsed()
                && selection.contains_node_with_allow_partial_containment(element, true).unwrap_or_default()
        })
}
