//! Start of the program in a document that the server has rendered.

use super::{ON_SERVER, dom::all};
use leptos::prelude::Owner;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

thread_local! {
    /// The task that runs once the page has been drawn.
    static START: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Sets the task that [`started`] runs, in the reactive owner of the caller. Does nothing on the server.
pub fn on_start(task: impl FnOnce() + 'static) {
    if ON_SERVER {
        return;
    }
    let owner = Owner::current();
    let task: Box<dyn FnOnce()> = Box::new(task);
    START.set(Some(Box::new(move || match owner {
        Some(owner) => owner.with(task),
        None => task(),
    })));
}

/// Runs the task of [`on_start`]. Called once the page has been drawn.
pub fn started() {
    if let Some(task) = START.take() {
        task();
    }
}

/// Removes the menu content for browsers without JavaScript, and the elements made of it: the program now renders its
/// own. The text is removed too, because it may contain names from the page.
pub fn drop_unscripted() {
    all("[data-unpacked]").iter().for_each(|rows| rows.remove());
    all("noscript").iter().for_each(|element| element.set_text_content(None));
}

/// Dispatches events for input that was made before hydration.
pub fn replay_typing() {
    let tell = |element: &HtmlElement, kind: &str| {
        let options = EventInit::new();
        options.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict(kind, &options) {
            let _ = element.dispatch_event(&event);
        }
    };
    for element in all("input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea, select") {
        if element.dyn_ref::<HtmlInputElement>().is_some_and(|i| i.value() != i.default_value())
            || element
                .dyn_ref::<HtmlTextAreaElement>()
                .is_some_and(|t| t.default_value().is_ok_and(|at_first| t.value() != at_first))
        {
            tell(&element, "input");
        } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>()
            && select.query_selector("option[selected]").ok().flatten().map_or_else(
                || select.selected_index() > 0,
                |option| option.get_attribute("value").as_deref() != Some(&select.value()),
            )
        {
            tell(&element, "change");
        }
    }
}
