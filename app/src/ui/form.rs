//! State of a form and its submission, for `account::form` and `console::form`.

use crate::{
    boot::Returned,
    browser::{self, FormSnapshot},
    error::AppError,
    ui::{ErrorSummary, Pending},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::FieldErrors;

/// State of a form on the page.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Validation errors by field.
    pub errors: RwSignal<FieldErrors>,
    /// Submission in flight, and the error message for the form as a whole.
    pub pending: Pending,
    returned: StoredValue<Returned>,
    after_success: fn(FormSnapshot),
}

impl FormState {
    /// Creates the state of a form, with the values and errors that the server returned for it.
    pub fn new(returned: Returned) -> Self {
        Self {
            errors: RwSignal::new(returned.errors.clone()),
            pending: Pending::new(returned.message.clone()),
            returned: StoredValue::new(returned),
            after_success: FormSnapshot::saved,
        }
    }

    /// Empties the form after each success, for the next record. Without this, it keeps what was saved.
    pub fn emptied_after_success(self) -> Self {
        Self { after_success: FormSnapshot::reset, ..self }
    }

    /// Returns the submitted value of a control if the form was returned by the server.
    pub fn typed(self, name: &str) -> Option<String> {
        self.returned.with_value(|returned| returned.value(name).map(str::to_owned))
    }

    /// Submits the form, unless a submission is in flight. `send` calls the server with the form's values by control
    /// name, or returns `None` if they can't be read. `done` handles success. An error goes to `stopped`, which returns
    /// it if the form is to show it; the typed input then stays in its fields.
    pub fn submit<T, F>(
        self,
        event: &SubmitEvent,
        send: impl FnOnce(Vec<(String, String)>) -> Option<F>,
        done: impl FnOnce(T) + 'static,
        stopped: impl FnOnce(AppError) -> Option<AppError> + 'static,
    ) where
        T: 'static,
        F: Future<Output = Result<T, AppError>> + 'static,
    {
        event.prevent_default();
        if !self.pending.is_idle() {
            return;
        }
        let Some(answer) = send(browser::form_values(event)) else { return };
        let sent = browser::snapshot_form(event);
        let done = move |value: T| {
            (self.after_success)(sent);
            self.errors.set(FieldErrors::default());
            done(value);
        };
        let stopped = move |error: AppError| {
            let Some(error) = stopped(error) else { return };
            self.pending.message.set(error.form_message(|_| true));
            self.errors.set(error.fields());
            browser::next_frame(|| browser::focus("[aria-invalid=true]"));
        };
        self.pending.run(answer, done, stopped);
    }
}

/// Error summary and form-level error message.
#[component]
pub fn FormMessage(
    /// State of the form.
    form: FormState,
) -> impl IntoView {
    view! {
        <ErrorSummary errors=form.errors/>
        {form.pending.banner()}
    }
}

/// Submit button of a form.
#[component]
pub fn SubmitButton(
    /// State of the form.
    form: FormState,
    /// Button label.
    label: &'static str,
    /// Makes the button as wide as the form.
    #[prop(optional)]
    wide: bool,
    /// Draws a button that is not the main one of its page.
    #[prop(optional)]
    secondary: bool,
) -> impl IntoView {
    let class = match (wide, secondary) {
        (true, _) => "btn primary wide",
        (false, true) => "btn",
        (false, false) => "btn primary",
    };
    view! { <button class=class type="submit" aria-busy=move || form.pending.aria_busy()>{label}</button> }
}
