//! What forms of the account plane share: they post to their page's address without JavaScript and call a server
//! function with it; what was typed and what was wrong with it comes back the same way.

use crate::{
    boot::Returned,
    browser,
    error::AppError,
    session::{Session, use_session},
    ui::{Banner, ErrorSummary, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::FieldErrors;

/// What a form holds, by the names of its controls.
#[derive(Debug, Clone, Default)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// The value of a control; empty when there is none of that name.
    pub fn get(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    }
}

/// An open form.
#[derive(Clone, Copy)]
pub struct AccountForm {
    /// What is wrong with which field.
    pub errors: RwSignal<FieldErrors>,
    /// What is wrong with all of it.
    pub message: RwSignal<String>,
    /// Whether it is being sent.
    pub busy: RwSignal<bool>,
    returned: StoredValue<Returned>,
    session: Session,
}

impl AccountForm {
    /// Opens a page's only form.
    pub fn open() -> Self {
        Self::with(use_session().take_returned().unwrap_or_default())
    }

    /// Opens one of a page's forms, each of which sends its name as `action`: what came back goes to the one it is of.
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

    /// What was typed into a control of a form that came back.
    pub fn typed(self, name: &str) -> Option<String> {
        self.returned.with_value(|returned| returned.value(name).map(str::to_owned))
    }

    /// The handler of its submission: `send` calls the server function and does what follows success; a failure is
    /// shown where it belongs, and what was typed stays in its fields.
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

/// Names the operator tokens that a form revokes, and offers to keep them. Empty if there are none.
pub fn keep_tokens(names: &[String]) -> Option<AnyView> {
    let which = match names {
        [] => return None,
        [one] => format!("Your operator token “{one}” is revoked too."),
        names => format!("Your {} operator tokens are revoked too: {}.", names.len(), names.join(", ")),
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

/// What is wrong with all of a form.
#[component]
pub fn FormMessage(
    /// The form.
    form: AccountForm,
) -> impl IntoView {
    view! {
        <ErrorSummary errors=form.errors/>
        {move || form.message.with(|m| (!m.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=m.clone()/> }))}
    }
}

/// A form's button.
#[component]
pub fn SubmitButton(
    /// The form.
    form: AccountForm,
    /// What it says.
    label: &'static str,
    /// Across the whole form.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let class = if wide { "btn primary wide" } else { "btn primary" };
    view! { <button class=class type="submit" aria-busy=move || form.busy.get().then_some("true")>{label}</button> }
}
