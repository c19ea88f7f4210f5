//! Unsaved changes: whether leaving the page would discard any.

use super::live::{all, element_of};
use leptos::{ev, prelude::*};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement};

/// The forms whose changes count. Forms with `data-unguarded` don't.
const FORMS: &str = "#main form[method=post]:not([data-unguarded])";
/// A form that is being sent.
const SENDING: &str = "data-sending";

thread_local! {
    // Whether anything may have been typed since the last save. Checked first, so the fields are compared only if
    // needed.
    static TOUCHED: Cell<bool> = const { Cell::new(false) };
    static WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// Records typed input, as long as the document lives.
pub fn watch_typing() {
    let touched = |event: web_sys::Event| {
        let form = element_of(&event).and_then(|element| element.closest(FORMS).ok().flatten());
        if form.is_some() {
            TOUCHED.set(true);
            watch_closing();
        }
    };
    // The listeners live as long as the page.
    let _ = window_event_listener(ev::input, touched);
    let _ = window_event_listener(ev::change, touched);
    // If the browser sends a form by itself, nothing is lost. If the program sends it, it prevents the default.
    let _ = window_event_listener(ev::submit, |event| {
        if !event.default_prevented() {
            forget_unsaved();
        }
    });
}

/// Makes the browser ask before the document is left with unsaved changes. Added only once something was typed, because
/// a document with such a listener may not be kept for going back.
fn watch_closing() {
    if !WATCHED.replace(true) {
        let _ = window_event_listener(ev::beforeunload, |event| {
            if is_unsaved() {
                event.prevent_default();
                // Browsers need one of these two to show their question.
                let _ = js_sys::Reflect::set(&event, &JsValue::from_str("returnValue"), &JsValue::from_str("unsaved"));
            }
        });
    }
}

/// Whether leaving the page would discard unsaved changes.
pub fn is_unsaved() -> bool {
    if !TOUCHED.get() {
        return false;
    }
    let unsaved = all(&format!("{FORMS} :is(input, textarea, select)")).iter().any(is_changed);
    TOUCHED.set(unsaved);
    unsaved
}

/// Marks the typed input as saved or discarded.
pub fn forget_unsaved() {
    TOUCHED.set(false);
}

/// Records that the form of the event is being sent.
pub fn sending(event: &ev::SubmitEvent) {
    if let Some(form) = element_of(event) {
        let _ = form.set_attribute(SENDING, "");
    }
}

/// Records that the sent form was saved. Later changes are compared with the saved values.
pub fn sent() {
    for form in all(&format!("[{SENDING}]")) {
        let _ = form.remove_attribute(SENDING);
        for control in within(&form, ":is(input, textarea, select)") {
            settle(&control);
        }
    }
}

fn within(form: &HtmlElement, selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = form.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
}

fn is_counted(control: &Element) -> bool {
    let secret = control.get_attribute("autocomplete").is_some_and(|word| word == "one-time-code");
    !secret && !control.has_attribute("readonly") && control.closest("[popover]").ok().flatten().is_none()
}

fn is_changed(control: &HtmlElement) -> bool {
    if !is_counted(control) {
        return false;
    }
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "hidden" | "password" | "submit" | "button" | "search" | "file" => false,
            "checkbox" | "radio" => input.checked() != input.default_checked(),
            _ => input.value() != input.default_value(),
        };
    }
    if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        return area.default_value().is_ok_and(|before| before != area.value());
    }
    control.dyn_ref::<HtmlSelectElement>().is_some_and(|select| {
        let all = options(select);
        let before = all.iter().position(HtmlOptionElement::default_selected).unwrap_or_default();
        select.selected_index() >= 0 && select.selected_index() as usize != before
    })
}

fn settle(control: &HtmlElement) {
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        match input.type_().as_str() {
            "hidden" | "password" | "submit" | "button" | "file" => {}
            "checkbox" | "radio" => input.set_default_checked(input.checked()),
            _ => input.set_default_value(&input.value()),
        }
    } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        let _ = area.set_default_value(&area.value());
    } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        for option in options(select) {
            option.set_default_selected(option.selected());
        }
    }
}

fn options(select: &HtmlSelectElement) -> Vec<HtmlOptionElement> {
    let options = select.options();
    (0..options.length()).filter_map(|at| options.item(at)?.dyn_into().ok()).collect()
}
