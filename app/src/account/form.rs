//! Shared form handling for the account pages. Forms POST to their page's URL without JavaScript and call a server
//! function with it. Both paths return the entered values and the field errors.

use crate::{
    boot::Returned,
    browser,
    error::AppError,
    session::{Session, use_session},
    ui::{Banner, ErrorSummary, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::FieldErrors;

/// Form values by control name.
#[derive(Debug, Clone, Default)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// Returns the value of the named control, or an empty string if there is no such control.
    pub fn get(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    }
}

/// State of a form on the page.
#[derive(Clone, Copy)]
pub struct AccountForm {
    /// Validation errors by field.
    pub errors: RwSignal<FieldErrors>,
    /// Error message for the form as a whole; empty if there is none.
    pub message: RwSignal<String>,
    /// `true` while a submission is in flight.
    pub busy: RwSignal<bool>,
    returned: StoredValue<Returned>,
    session: Session,
}

impl AccountForm {
    /// Creates the state for the only form on a page.
    pub fn open() -> Self {
        Self::with(use_session().take_returned().unwrap_or_default())
    }

    /// Creates the state for one of several forms on a page. Each form submits its name as `action`; the returned
    /// values and errors apply only to the form with that name.
    pub fn of(returned: &Returned, action: &str) -> Self {
        Self::with(if returned.value("action") == Some(action) { returned.clone() } else { Returned::default() })
    }

    fn with(returned: Returned) -> Self {
        Self {
            errors: RwSignal::new(returned.errors.clone()),
            message: RwSignal::new(returned.message.clone()),
            busy: RwSignal::new(false),
            returned: StoredValue::new(returned),
            session: use_session(),
        }
    }

    /// Returns the submitted value of a control if the form was returned with errors.
    pub fn typed(self, name: &str) -> Option<String> {
        self.returned.with_value(|returned| returned.value(name).map(str::to_owned))
    }

    /// Returns the submit handler. `send` calls the server function and handles success. On failure the errors are
    /// shown at their fields and the entered values are kept.
    pub fn submit<F>(
        self,
        send: impl Fn(Values) -> F + Send + Sync + 'static,
    ) -> impl Fn(SubmitEvent) + Send + Sync + 'static
    where
        F: Future<Output = Result<(), AppError>> + 'static,
    {
        move |event: SubmitEvent| {
            event.prevent_default();
            if self.busy.get_untracked() {
                return;
            }
            self.busy.set(true);
            let sent = browser::sending(&event);
            let answer = send(Values(browser::form_values(&event)));
            spawn_local(async move {
                let outcome = answer.await;
                if self.busy.try_set(false).is_some() {
                    return;
                }
                match outcome {
                    Ok(()) => {
                        sent.saved();
                        self.errors.set(FieldErrors::default());
                        self.message.set(String::new());
                    }
                    Err(AppError::SignedOut) => self.session.sign_in_again(),
                    Err(error) => {
                        let fields = error.fields();
                        self.message.set(if fields.0.is_empty() { error.message() } else { String::new() });
                        self.errors.set(fields);
                        browser::next_frame(|| browser::focus("[aria-invalid=true]"));
                    }
                }
            });
        }
    }
}

/// Lists the operator tokens that a form revokes, with a checkbox to keep them. Returns `None` if there are none.
pub fn keep_tokens(names: &[String]) -> Option<AnyView> {
    let which = match names {
        [] => return None,
        [one] => format!("Your operator token “{one}” will also be revoked."),
        names => format!("Your {} operator tokens will also be revoked: {}.", names.len(), names.join(", ")),
    };
    Some(
        view! {
            <div class="field" data-testid="keep-tokens">
                <p class="hint">{which}</p>
                <label class="check"><input type="checkbox" name="tokens" value="keep"/><span>"Keep my operator tokens"</span></label>
            </div>
        }
        .into_any(),
    )
}

/// Error summary and form-level error message.
#[component]
pub fn FormMessage(
    /// Form state.
    form: AccountForm,
) -> impl IntoView {
    view! {
        <ErrorSummary errors=form.errors/>
        {move || form.message.with(|m| (!m.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=m.clone()/> }))}
    }
}

/// Submit button of a form.
#[component]
pub fn SubmitButton(
    /// Form state.
    form: AccountForm,
    /// Button label.
    label: &'static str,
    /// Makes the button as wide as the form.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let class = if wide { "btn primary wide" } else { "btn primary" };
    view! { <button class=class type="submit" aria-busy=move || form.busy.get().then_some("true")>{label}</button> }
}
