//! Shared parts of the forms of workspace pages. Without JavaScript, a form posts to its own URL; otherwise it calls a
//! server function. Typed input and validation errors are returned the same way in both cases.

use super::scope::Scope;
use crate::{
    boot::Returned,
    browser,
    error::AppError,
    routes::Page,
    session::Toast,
    ui::{FormMessage, FormState, SubmitButton},
};
use leptos::{ev::SubmitEvent, prelude::*};
use serde::de::DeserializeOwned;

/// Form of a workspace page.
#[derive(Clone, Copy)]
pub struct FormPage {
    /// State of the form.
    pub state: FormState,
    submit: Callback<SubmitEvent>,
    scope: Scope,
}

impl FormPage {
    /// Opens the only form of a page. `save` stores the input and returns the page to navigate to and the message to
    /// show there.
    pub fn open<Input, F>(scope: Scope, save: impl Fn(Input) -> F + Send + Sync + Clone + 'static) -> Self
    where
        Input: DeserializeOwned + 'static,
        F: Future<Output = Result<(Page, String), AppError>> + 'static,
    {
        Self::with(scope, scope.session.take_returned().unwrap_or_default(), save)
    }

    /// Opens one of several forms of a page, with the values and errors that the server returned for it. `save` works
    /// as in [`FormPage::open`].
    pub fn with<Input, F>(
        scope: Scope,
        returned: Returned,
        save: impl Fn(Input) -> F + Send + Sync + Clone + 'static,
    ) -> Self
    where
        Input: DeserializeOwned + 'static,
        F: Future<Output = Result<(Page, String), AppError>> + 'static,
    {
        let state = FormState::new(returned);
        let submit = Callback::new(move |event: SubmitEvent| {
            let send = |values: Vec<(String, String)>| {
                let text = serde_urlencoded::to_string(&values).ok()?;
                serde_urlencoded::from_str::<Input>(&text).ok().map(&save)
            };
            let done = move |(page, message)| {
                scope.session.toast(Toast::done(message));
                scope.changed(page);
            };
            state.submit(&event, send, done, move |error| scope.form_error(error));
        });
        Self { state, submit, scope }
    }

    /// Submits the form. For forms with markup of their own.
    pub fn submit(self, event: SubmitEvent) {
        self.submit.run(event);
    }

    /// Returns the value that was typed into a control of a form returned by the server.
    pub fn typed(self, name: &str) -> Option<String> {
        self.state.typed(name)
    }
}

/// Renders the hidden control with the grant, by which a posted form names the workspace of its page.
pub fn grant_field(scope: Scope) -> AnyView {
    let grant = scope.entry.with_untracked(|entry| entry.as_ref().map(|entry| entry.grant.clone()));
    view! { <input type="hidden" name="grant" value=grant/> }.into_any()
}

/// Form as a part of its page, with message, fields and submit button.
#[component]
pub fn SectionForm(
    /// State of the form.
    page: FormPage,
    /// Action that the form names without JavaScript.
    action: &'static str,
    /// Label of the submit button.
    button: &'static str,
    /// Draws a button that is not the main one of its page.
    #[prop(optional)]
    secondary: bool,
    /// Fields of the form.
    children: Children,
) -> impl IntoView {
    let scope = page.scope;
    let here = scope.url(&scope.page.get_untracked());
    view! {
        <form class="form" method="post" action=here novalidate on:submit=move |event| page.submit.run(event)>
            <FormMessage form=page.state/>
            <input type="hidden" name="action" value=action/>
            {grant_field(scope)}
            {children()}
            <div class="btn-row"><SubmitButton form=page.state label=button secondary/></div>
        </form>
    }
}

/// Form as a page of its own, with title, message, fields and save bar.
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
                <FormMessage form=page.state/>
                <input type="hidden" name="action" value="save"/>
                {grant_field(scope)}
                {children()}
            </div>
            <div class="save-bar">
                <a class="btn quiet" href=scope.url(&back)>"Cancel"</a>
                <SubmitButton form=page.state label=button/>
            </div>
        </form>
    }
}

/// Form as a page of its own, with a preview of its effect beside the fields. The form names its action by the button:
/// `save` or `preview`. With JavaScript, a change of a field updates the preview; otherwise the button does.
#[component]
pub fn PreviewForm(
    /// State of the form.
    page: FormPage,
    /// Title of the page.
    title: String,
    /// Text below the title.
    sub: AnyView,
    /// Label of the submit button.
    button: &'static str,
    /// Target of "Cancel".
    back: Page,
    /// Updates the preview for values by control name.
    ask: Callback<Vec<(String, String)>>,
    /// The preview.
    preview: AnyView,
    /// Fields of the form.
    children: Children,
) -> impl IntoView {
    let scope = page.scope;
    let here = scope.url(&scope.page.get_untracked());
    let submit = move |event: SubmitEvent| {
        let values = browser::form_values(&event);
        if values.iter().any(|(name, value)| name == "action" && value == "preview") {
            event.prevent_default();
            ask.run(values);
        } else {
            page.submit.run(event);
        }
    };
    view! {
        <form class="form-page previewed" method="post" action=here novalidate on:submit=submit on:change=move |_| ask.run(browser::values_of("form.previewed"))>
            <header class="page-head"><div class="titles"><h1>{title}</h1>{sub}</div></header>
            <div class="preview-columns">
                <div class="form">
                    <FormMessage form=page.state/>
                    {grant_field(scope)}
                    {children()}
                    <div class="btn-row"><button class="btn" type="submit" name="action" value="preview">"Update preview"</button></div>
                </div>
                <div class="preview" aria-live="polite" data-testid="preview">{preview}</div>
            </div>
            <div class="save-bar">
                <a class="btn quiet" href=scope.url(&back)>"Cancel"</a>
                <button class="btn primary" type="submit" name="action" value="save" aria-busy=move || page.state.pending.aria_busy()>{button}</button>
            </div>
        </form>
    }
}
