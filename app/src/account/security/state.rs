//! Shared state and controls of the security page.

use super::SecurityData;
use crate::{
    browser,
    error::AppError,
    routes::Route,
    session::Session,
    ui::{Icon, Pending, clears_error},
};
use leptos::prelude::*;
use model::FieldErrors;

/// Shared state of the security page.
#[derive(Clone, Copy)]
pub(super) struct SecurityState {
    /// Session context.
    pub(super) session: Session,
    /// Data shown on the page.
    pub(super) data: RwSignal<Option<SecurityData>>,
    /// Validation errors by field.
    pub(super) errors: RwSignal<FieldErrors>,
    /// Request in flight, and the page-level error message.
    pub(super) pending: Pending,
    pub(super) here: StoredValue<Route>,
}

impl SecurityState {
    /// Returns the page's own URL, to which its forms POST.
    pub(super) fn here(self) -> String {
        self.here.with_value(Route::url)
    }

    /// Sends a change to the server and shows the result.
    pub(super) fn run(self, answer: impl Future<Output = Result<SecurityData, AppError>> + 'static) {
        let done = move |data| {
            self.errors.set(FieldErrors::default());
            self.data.set(Some(data));
        };
        self.pending.run(answer, done, move |error| self.failed(error));
    }

    /// Shows an error at its field, or as a page-level message.
    fn failed(self, error: AppError) {
        match error {
            AppError::SignedOut => self.session.sign_in_again(),
            AppError::Factor => self.session.prove_factor(),
            error => {
                self.pending.message.set(error.form_message(|field| matches!(field, "code" | "password" | "name")));
                self.errors.set(error.fields());
                browser::next_frame(|| browser::focus("[aria-invalid=true]"));
            }
        }
    }
}

/// Text field with label and error. `id` distinguishes fields with the same name.
#[component]
pub(super) fn Line(
    security: SecurityState,
    id: &'static str,
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] numeric: bool,
) -> impl IntoView {
    let wrong = move || security.errors.with(|e| e.of(name).map(str::to_owned));
    let error_id = format!("{id}-error");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input class="input" id=id name=name type=kind autocomplete=autocomplete placeholder=placeholder spellcheck="false" on:input=clears_error(security.errors, name)
                inputmode=numeric.then_some("numeric") aria-invalid=move || wrong().map(|_| "true") aria-describedby=error_id.clone()/>
            <p class="error" id=error_id>{move || wrong().map(|message| view! { <Icon name="alert"/><span>{message}</span> })}</p>
        </div>
    }
}
