//! A password's control, with a button that shows what was typed (ASVS 6.2.6). It takes pastes and password managers.

use super::{Icon, mends};
use leptos::prelude::*;
use model::FieldErrors;

/// A password.
#[component]
pub fn PasswordField(
    /// The control's name; errors are found by it.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// `new-password` or `current-password`: what a password manager is to do.
    autocomplete: &'static str,
    /// The form's errors.
    errors: RwSignal<FieldErrors>,
    /// A sentence below it.
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
                    spellcheck="false" autocapitalize="off" on:input=mends(errors, name)
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
