//! Clears controls that are reused for another field.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Element, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement, MutationObserver,
    MutationObserverInit, MutationRecord,
};

/// Observes all controls of the document for its lifetime, and clears a control whenever its name or id changes, before
/// the next paint.
///
/// With type-erased views (.cargo/config.toml), a form that replaces another may be rendered into the elements of the
/// former. A field then has a new name but still the input of the old one, such as a password in a code field. The
/// browser keeps input separate from attributes, so rendering does not reset it.
pub fn watch_controls() {
    let changed = Closure::<dyn Fn(js_sys::Array)>::new(|records: js_sys::Array| {
        for record in records.iter().filter_map(|record| record.dyn_into::<MutationRecord>().ok()) {
            became_another(&record);
        }
    });
    let Ok(observer) = MutationObserver::new(changed.as_ref().unchecked_ref()) else { return };
    let what = MutationObserverInit::new();
    what.set_subtree(true);
    what.set_attribute_old_value(true);
    what.set_attribute_filter(&js_sys::Array::of2(&JsValue::from_str("name"), &JsValue::from_str("id")));
    if observer.observe_with_options(&document(), &what).is_ok() {
        // The observer lives as long as the document.
        changed.forget();
    }
}

fn became_another(record: &MutationRecord) {
    let target = record.target().and_then(|target| target.dyn_into::<Element>().ok());
    let (Some(before), Some(name), Some(target)) = (record.old_value(), record.attribute_name(), target) else {
        return;
    };
    // Rendering again removes and sets the attribute, so only its current value counts.
    if target.get_attribute(&name).is_some_and(|now| now == before) {
        return;
    }
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        match input.type_().as_str() {
            "checkbox" | "radio" => input.set_checked(input.default_checked()),
            _ => input.set_value(&input.default_value()),
        }
    } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(&area.default_value().unwrap_or_default());
    } else if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        let options = select.options();
        let options = (0..options.length()).filter_map(|at| options.item(at)?.dyn_into::<HtmlOptionElement>().ok());
        options.for_each(|option| option.set_selected(option.default_selected()));
    }
}
