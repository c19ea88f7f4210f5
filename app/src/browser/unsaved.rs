//! Detection of unsaved changes.

use super::dom::{all, element_of, find};
use leptos::{ev, prelude::*};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement,
};

/// Selector of the guarded forms. Forms with `data-unguarded` are ignored.
const FORMS: &str = "#main form[method=post]:not([data-unguarded])";

thread_local! {
    // `true` if there may have been input since the last save. Checked first, so that the fields are compared only if
    // needed.
    static TOUCHED: Cell<bool> = const { Cell::new(false) };
    static WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// Tracks input for the lifetime of the document.
pub fn watch_typing() {
    let touched = |event: web_sys::Event| {
        let form = element_of(&event).and_then(|element| element.closest(FORMS).ok().flatten());
        if form.is_some() {
            TOUCHED.set(true);
            watch_closing();
        }
    };
    // The listeners live as long as the document.
    let _ = window_event_listener(ev::input, touched);
    let _ = window_event_listener(ev::change, touched);
    // Input in a form that the browser submits itself is not lost; input in other forms would be. When the program
    // submits a form, it prevents the default.
    let _ = window_event_listener(ev::submit, |event| {
        if !event.default_prevented() {
            snapshot_form(&event).saved();
        }
    });
}

/// Makes the browser ask before the document is closed with unsaved changes. Added only after the first input, because
/// such a listener can keep the document out of the back-forward cache.
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

/// Returns `true` if leaving the page would discard unsaved changes.
pub fn is_unsaved() -> bool {
    if !TOUCHED.get() {
        return false;
    }
    let unsaved = all(&format!("{FORMS} :is(input, textarea, select)")).iter().any(is_changed);
    TOUCHED.set(unsaved);
    unsaved
}

/// Returns the unsaved input in the page's forms, as pairs of label and text.
pub fn unsaved_text() -> Vec<(String, String)> {
    let typed = |element: &HtmlElement| {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            (input.value() != input.default_value()).then(|| input.value())
        } else {
            let area = element.dyn_ref::<HtmlTextAreaElement>()?;
            area.default_value().is_ok_and(|before| before != area.value()).then(|| area.value())
        }
    };
    let fields = "#main form[method=post] :is(textarea, input:is([type=text], [type=email], [type=url], [type=number], :not([type])):not([hidden]))";
    let label = |element: &HtmlElement| {
        let label = find(&format!("label[for=\"{}\"]", element.id()))?;
        Some(label.inner_text().trim().to_owned())
    };
    all(fields)
        .into_iter()
        .filter_map(|element| {
            let text = typed(&element)?;
            (!text.trim().is_empty()).then(|| (label(&element).unwrap_or_else(|| "Text".to_owned()), text))
        })
        .collect()
}

/// Marks the input as saved or discarded.
pub fn forget_unsaved() {
    TOUCHED.set(false);
}

/// Snapshot of a form's values at submission.
#[must_use]
pub struct FormSnapshot {
    form: Option<HtmlFormElement>,
    values: Vec<(HtmlElement, Value)>,
}

enum Value {
    Text(String),
    Checked(bool),
    Selected(Vec<bool>),
}

/// Records the values of the submitted form.
pub fn snapshot_form(event: &ev::SubmitEvent) -> FormSnapshot {
    let form = element_of(event).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let controls = form.as_ref().map(|form| within(form, ":is(input, textarea, select)")).unwrap_or_default();
    let values = controls.into_iter().filter_map(|control| value_of(&control).map(|value| (control, value))).collect();
    FormSnapshot { form, values }
}

impl FormSnapshot {
    /// Marks the submitted values as saved. In this form only later input counts as unsaved; other forms are
    /// unaffected.
    pub fn saved(self) {
        for (control, value) in self.values {
            settle(&control, value);
        }
    }

    /// Empties the text fields, also those that the server returned with typed text, and resets all other controls to
    /// their initial values. Then nothing in this form counts as unsaved.
    pub fn reset(self) {
        for (control, value) in self.values {
            if matches!(value, Value::Text(_)) && !control.has_attribute("readonly") {
                settle(&control, Value::Text(String::new()));
            }
        }
        if let Some(form) = self.form {
            form.reset();
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

fn value_of(control: &HtmlElement) -> Option<Value> {
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "hidden" | "password" | "submit" | "button" | "file" => None,
            "checkbox" | "radio" => Some(Value::Checked(input.checked())),
            _ => Some(Value::Text(input.value())),
        };
    }
    if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        return Some(Value::Text(area.value()));
    }
    let select = control.dyn_ref::<HtmlSelectElement>()?;
    Some(Value::Selected(options(select).iter().map(HtmlOptionElement::selected).collect()))
}

/// Sets the baseline to which later changes of the control are compared.
fn settle(control: &HtmlElement, value: Value) {
    match value {
        Value::Text(text) => {
            if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
                input.set_default_value(&text);
            } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
                let _ = area.set_default_value(&text);
            }
        }
        Value::Checked(checked) => {
            if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
                input.set_default_checked(checked);
            }
        }
        Value::Selected(selected) => {
            let Some(select) = control.dyn_ref::<HtmlSelectElement>() else { return };
            for (option, selected) in options(select).iter().zip(selected) {
                option.set_default_selected(selected);
            }
        }
    }
}

fn options(select: &HtmlSelectElement) -> Vec<HtmlOptionElement> {
    let options = select.options();
    (0..options.length()).filter_map(|at| options.item(at)?.dyn_into().ok()).collect()
}
