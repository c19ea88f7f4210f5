//! Shared parts of the workspace plane's forms. Without JavaScript, a form posts to its own URL; otherwise it calls a
//! server function. Typed input and validation errors are returned the same way in both cases.

use super::scope::Scope;
use crate::session::Toast;
use crate::{
    boot::Returned,
    browser,
    error::AppError,
    routes::Page,
    ui::{Banner, ErrorSummary, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::FieldErrors;
use serde::de::DeserializeOwned;

/// State of an open form.
#[derive(Clone, Copy)]
pub struct FormPage {
    /// Validation errors by field.
    pub errors: RwSignal<FieldErrors>,
    message: RwSignal<String>,
    busy: RwSignal<bool>,
    returned: StoredValue<Returned>,
    submit: Callback<SubmitEvent>,
    scope: Scope,
}

impl FormPage {
    /// Opens a form. `save` stores the input and returns the page to navigate to and the message to show there.
    pub fn open<Input, F>(scope: Scope, save: impl Fn(Input) -> F + Send + Sync + Clone + 'static) -> Self
    where
        Input: DeserializeOwned + 'static,
        F: Future<Output = Result<(Page, String), AppError>> + 'static,
    {
        let returned = scope.session.take_returned().unwrap_or_default();
        let errors = RwSignal::new(returned.errors.clone());
        let message = RwSignal::new(returned.message.clone());
        let busy = RwSignal::new(false);
        let submit = Callback::new(move |event: SubmitEvent| {
            event.prevent_default();
            let values = browser::form_values(&event);
            let input =
                serde_urlencoded::to_string(&values).ok().and_then(|v| serde_urlencoded::from_str::<Input>(&v).ok());
            let (Some(input), false) = (input, busy.get_untracked()) else { return };
            busy.set(true);
            let sent = browser::sending(&event);
            let answer = save(input);
            spawn_local(async move {
                let answer = answer.await;
                if busy.try_set(false).is_some() {
                    return;
                }
                match answer {
                    Ok((page, said)) => {
                        errors.set(FieldErrors::default());
                        message.set(String::new());
                        sent.saved();
                        scope.session.toast(Toast::done(said));
                        scope.changed(page);
                    }
                    // The typed input stays in its fields.
                    Err(
                        error @ (AppError::Invalid(_)
                        | AppError::Denied(_)
                        | AppError::Factor
                        | AppError::Limited(_)
                        | AppError::Unavailable
                        | AppError::ReadOnly
                        | AppError::Offline
                        | AppError::Internal),
                    ) => {
                        let fields = error.fields();
                        message.set(if fields.0.is_empty() { error.message() } else { String::new() });
                        errors.set(fields);
                        browser::next_frame(|| browser::focus("[aria-invalid=true]"));
                    }
                    Err(error) => scope.stopped(error),
                }
            });
        });
        Self { errors, message, busy, returned: StoredValue::new(returned), submit, scope }
    }

    /// Submits the form.
    pub fn submit(self, event: SubmitEvent) {
        self.submit.run(event);
    }

    /// Returns `true` while the form is being saved.
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    /// Returns the error message that concerns the form as a whole, if there is one.
    pub fn message(self) -> Option<String> {
        self.message.with(|m| (!m.is_empty()).then(|| m.clone()))
    }

    /// Returns the value that was typed into a control of a form returned by the server.
    pub fn typed(self, name: &str) -> Option<String> {
        self.returned.with_value(|returned| returned.value(name).map(str::to_owned))
    }
}

/// Form with title, message, fields and save bar.
#[component]
pub fn FormShell(
    /// State of the form.
    page: FormPage,
    /// Title of the page.
    title: String,
    /// Label of the submit button.
    button: &'static str,
    /// Target of "Cancel".
    back: Page,
    /// Fields of the form.
    children: Children,
) -> impl IntoView {
    let scope = page.scope;
    let here = scope.url(&scope.page.get_untracked());
    view! {
        <form class="form-page" method="post" action=here novalidate on:submit=move |event| page.submit.run(event)>
            <header class="page-head"><div class="titles"><h1>{title}</h1></div></header>
            <div class="form">
                <ErrorSummary errors=page.errors/>
                {move || page.message.with(|m| (!m.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=m.clone()/> }))}
                <input type="hidden" name="action" value="save"/>
                <input type="hidden" name="grant" value=scope.entry.with_untracked(|e| e.as_ref().map(|e| e.grant.clone()))/>
                {children()}
            </div>
            <div class="save-bar">
                <a class="btn quiet" href=scope.url(&back)>"Cancel"</a>
                <button class="btn primary" type="submit" aria-busy=move || page.busy.get().then_some("true")>{button}</button>
            </div>
        </form>
    }
}
