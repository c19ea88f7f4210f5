//! The error summary above a form: how many fields are left to fix, each with a link.

use super::Icon;
use crate::{browser, error::fields_to_fix};
use leptos::prelude::*;
use model::FieldErrors;

/// Counts the errors that are left and disappears with the last one. A single error is shown only at its field.
#[component]
pub fn ErrorSummary(
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
) -> impl IntoView {
    // When one of several errors is left, it is still counted.
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

/// The change handler of a control: removes the error of its field.
pub fn mends<E>(errors: RwSignal<FieldErrors>, name: &'static str) -> impl Fn(E) + Clone + 'static {
    move |_| mend(errors, name)
}

/// The field with that name was changed.
pub fn mend(errors: RwSignal<FieldErrors>, name: &str) {
    if errors.with_untracked(|errors| errors.of(name).is_some()) {
        errors.update(|errors| errors.clear(name));
    }
}
