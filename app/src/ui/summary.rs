//! Error summary above a form: the number of errors, with a link to each field.

use super::Icon;
use crate::{browser, error::fields_to_fix};
use leptos::prelude::*;
use model::FieldErrors;

/// Error summary that counts the remaining errors and disappears with the last one. A single error is shown only at its
/// field.
#[component]
pub fn ErrorSummary(
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
) -> impl IntoView {
    // The last of several errors is still counted.
    let count = Memo::new(move |before: Option<&usize>| match (errors.with(|e| e.0.len()), before) {
        (1, None | Some(0)) => 0,
        (count, _) => count,
    });
    let links = move || {
        let link = |error: &model::FieldError| {
            let (address, target) = (format!("#{}", error.field), format!("[name=\"{}\"]", error.field));
            let message = error.message.clone();
            let go = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                browser::focus(&target);
            };
            view! { <li><a class="link" href=address on:click=go>{message}</a></li> }
        };
        errors.with(|errors| errors.0.iter().map(link).collect_view())
    };
    view! {
        {move || (count.get() > 0).then(|| view! {
            <div class="banner bad" role="alert" data-testid="error-summary">
                <Icon name="alert"/>
                <div><p>{move || fields_to_fix(count.get())}</p><ul class="to-fix">{links}</ul></div>
            </div>
        })}
    }
}

/// Returns the change handler of a control, which removes the error of its field.
pub fn clears_error<E>(errors: RwSignal<FieldErrors>, name: &'static str) -> impl Fn(E) + Clone + 'static {
    move |_| clear_error(errors, name)
}

/// Removes the error of a field after it was changed.
pub fn clear_error(errors: RwSignal<FieldErrors>, name: &str) {
    if errors.with_untracked(|errors| errors.of(name).is_some()) {
        errors.update(|errors| errors.clear(name));
    }
}
