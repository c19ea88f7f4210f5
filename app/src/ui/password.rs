//! Password field with a button that reveals the password (ASVS 6.2.6). Allows pasting and password managers.

use super::{Icon, clears_error};
use leptos::prelude::*;
use model::FieldErrors;

/// Password field.
#[component]
pub fn PasswordField(
    /// Control name, by which its errors are found.
    name: &'static str,
    /// Label.
    label: &'static str,
    /// Autofill hint: `new-password` or `current-password`.
    autocomplete: &'static str,
    /// Errors of the form.
    errors: RwSignal<FieldErrors>,
    /// Hint below the control.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let described = match hint {
        Some(_) => format!("{name}-error {name}-hint"),
        None => format!("{name}-error"),
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <div class="reveal">
                <input class="input" id=name name=name type=move || if shown.get() { "text" } else { "password" } autocomplete=autocomplete
                    spellcheck="false" autocapitalize="off" on:input=clears_error(errors, name)
                    aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=described/>
                <button class="btn quiet small" type="button" data-script aria-pressed=move || if shown.get() { "true" } else { "false" }
                    aria-label=format!("Show {}", label.to_lowercase()) on:click=move |_| shown.update(|shown| *shown = !*shown)>
                    {move || if shown.get() { "Hide" } else { "Show" }}
                </button>
            </div>
            <p class="error" id=format!("{name}-error")>
                {move || errors.with(|e| e.of(name).map(|message| view! { <Icon name="alert"/><span>{message.to_owned()}</span> }))}
            </p>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
        </div>
    }
}
