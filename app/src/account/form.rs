//! Forms of the account pages. Without JavaScript, a form posts to its page's URL; otherwise it calls a server function.
//! Both paths return the entered values and the field errors.

use crate::{
    boot::Returned,
    error::AppError,
    session::{Session, use_session},
    ui::FormState,
};
use leptos::{ev::SubmitEvent, prelude::*};

/// Form values by control name.
#[derive(Debug, Clone, Default)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// Returns the value of the named control, or an empty string if there is no such control.
    pub fn get(&self, name: &str) -> String {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
    }
}

/// Form of an account page.
#[derive(Clone, Copy)]
pub struct AccountForm {
    /// State of the form.
    pub state: FormState,
    session: Session,
}

impl AccountForm {
    /// Creates the only form on a page.
    pub fn open() -> Self {
        Self::with(use_session().take_returned().unwrap_or_default())
    }

    /// Creates one of several forms on a page. Each form submits its name as `action`; the returned values and errors
    /// apply only to the form with that name.
    pub fn of(returned: &Returned, action: &str) -> Self {
        Self::with(if returned.value("action") == Some(action) { returned.clone() } else { Returned::default() })
    }

    fn with(returned: Returned) -> Self {
        Self { state: FormState::new(returned), session: use_session() }
    }

    /// Returns the submitted value of a control if the form was returned with errors.
    pub fn typed(self, name: &str) -> Option<String> {
        self.state.typed(name)
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
        let stopped = move |error| self.session.form_error(error);
        move |event: SubmitEvent| self.state.submit(&event, |values| Some(send(Values(values))), |()| {}, stopped)
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
