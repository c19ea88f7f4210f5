//! Values of forms and their controls.

use super::{
    dom::{all, by_id, element_of, find},
    focus::has_focus,
};
use leptos::{
    ev::{Event, SubmitEvent},
    prelude::Effect,
};
use wasm_bindgen::JsCast;
use web_sys::{
    EventInit, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
};

/// Returns the values of a form's controls.
pub fn form_values(event: &SubmitEvent) -> Vec<(String, String)> {
    let form = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
    // Includes the submit button, which selects the form's action, as in a submission without JavaScript.
    let button = event.submitter().and_then(|b| Some((b.get_attribute("name")?, b.get_attribute("value")?)));
    form.map(|form| values(&form).into_iter().chain(button).collect()).unwrap_or_default()
}

/// Returns the values of the controls of the first matching form.
pub fn values_of(selector: &str) -> Vec<(String, String)> {
    find(selector)
        .and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        .map(|form| values(&form))
        .unwrap_or_default()
}

fn values(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let Ok(Some(entries)) = js_sys::try_iter(&data) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let entry = entry.dyn_into::<js_sys::Array>().ok()?;
            Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
        })
        .collect()
}

/// Returns the name of the event's target control.
pub fn event_name(event: &Event) -> String {
    element_of(event).and_then(|element| element.get_attribute("name")).unwrap_or_default()
}

/// Returns the value of the event's target control.
pub fn event_value(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    match target.dyn_into::<HtmlInputElement>() {
        Ok(input) => input.value(),
        Err(other) => match other.dyn_into::<HtmlTextAreaElement>() {
            Ok(area) => area.value(),
            Err(other) => other.dyn_into::<HtmlSelectElement>().map(|s| s.value()).unwrap_or_default(),
        },
    }
}

/// Returns `true` if the event's target checkbox is checked.
pub fn is_checked(event: &Event) -> bool {
    event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()).is_some_and(|input| input.checked())
}

/// Returns the size of the file that is selected in the control with this id, in bytes.
pub fn file_size(id: &str) -> Option<f64> {
    Some(by_id::<HtmlInputElement>(id)?.files()?.get(0)?.size())
}

/// Sets the value of the control with this id.
pub fn put(id: &str, text: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value(text);
    } else if let Some(area) = by_id::<HtmlTextAreaElement>(id) {
        area.set_value(text);
    }
}

/// Sets the value of the control with this id as a person would by typing: the form then has unsaved input.
pub fn type_into(id: &str, text: &str) {
    put(id, text);
    let options = EventInit::new();
    options.set_bubbles(true);
    if let (Some(control), Ok(event)) =
        (by_id::<HtmlElement>(id), web_sys::Event::new_with_event_init_dict("input", &options))
    {
        let _ = control.dispatch_event(&event);
    }
}

/// Clears the control with this id.
pub fn clear(id: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value("");
    }
}

/// Sets the value of the control with this id whenever `text` changes. The initial value of the control is kept:
/// binding the property would discard input made before hydration. Does nothing on the server, where no effect runs.
pub fn follow(id: &'static str, text: impl Fn() -> String + 'static) {
    Effect::new(move |before: Option<String>| {
        let text = text();
        if before.is_some_and(|before| before != text) {
            if let Some(input) = by_id::<HtmlInputElement>(id) {
                if input.value() != text {
                    input.set_value(&text);
                }
            } else if let Some(select) = by_id::<HtmlSelectElement>(id) {
                select.set_value(&text);
            }
        }
        text
    });
}

/// Clears the undo history of the control with this id. The history keeps every typed character, also those typed in a
/// previous workspace, as long as the control is in the document; removing and inserting the control resets it. A
/// focused control keeps its focus and its history.
pub fn forget_typing(id: &str) {
    let Some(control) = by_id::<HtmlElement>(id) else { return };
    if let Some(parent) = control.parent_node().filter(|_| !has_focus(id)) {
        let _ = parent.insert_before(&control, control.next_sibling().as_ref());
    }
}

/// Checks or unchecks all check boxes with this control name.
pub fn check_all(name: &str, checked: bool) {
    for element in all(&format!("input[type=checkbox][name={name}]")) {
        if let Ok(input) = element.dyn_into::<HtmlInputElement>() {
            input.set_checked(checked);
        }
    }
}
