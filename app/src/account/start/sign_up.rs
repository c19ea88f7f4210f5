//! Sign-up: asks for an email address, then, after the emailed link, for name and password.

use super::{SentPage, StartFrame, ask_sign_up, sign_up};
use crate::{
    account::form::AccountForm,
    browser,
    routes::{ReturnTo, Route, Start},
    session::use_session,
    ui::{EmailField, FormMessage, PasswordField, SubmitButton, TextField},
};
use leptos::prelude::*;

/// Page at `/sign-up`.
#[component]
pub(super) fn AskPage(sent_to: Option<String>) -> impl IntoView {
    let session = use_session();
    let next = match session.navigator.route_now() {
        Route::Start(Start::SignUp { next }) => next,
        _ => None,
    };
    let here = StoredValue::new(Route::Start(Start::SignUp { next: next.clone() }));
    let sign_in = StoredValue::new(Route::SignIn { next: next.clone(), notice: None }.url());
    let to = StoredValue::new(next.as_ref().map(ReturnTo::as_str).unwrap_or_default().to_owned());
    let sent = RwSignal::new(sent_to);
    let form = AccountForm::open();
    let typed = StoredValue::new(form.typed("email").unwrap_or_default());
    let submit = form.submit(move |values| {
        let (email, next) = (values.get("email"), to.get_value());
        async move {
            ask_sign_up(email.clone(), next).await?;
            sent.set(Some(email.trim().to_owned()));
            Ok(())
        }
    });
    let submit = StoredValue::new(submit);
    move || {
        match sent.get() {
        Some(email) => view! { <SentPage email works_for="24 hours" again=here.get_value()/> }.into_any(),
        None => view! {
            <StartFrame title="Create an account" lead="Enter your email. We’ll send you a link to confirm it.">
                <FormMessage form=form.state/>
                <form class="form" method="post" action=here.with_value(Route::url) novalidate data-unguarded on:submit=move |event| submit.with_value(|submit| submit(event))>
                    <input type="hidden" name="action" value="sign-up"/>
                    <input type="hidden" name="next" value=to.get_value()/>
                    <EmailField value=typed.get_value() errors=form.state.errors/>
                    <SubmitButton form=form.state label="Send link" wide=true/>
                </form>
                <p class="after">"Have an account? "<a class="link" href=sign_in.get_value()>"Sign in"</a></p>
            </StartFrame>
        }
        .into_any(),
    }
    }
}

/// Page at `/sign-up/{token}`.
#[component]
pub(super) fn FormPage(email: String) -> impl IntoView {
    let session = use_session();
    let route = session.navigator.route_now();
    let token = match &route {
        Route::Start(Start::SignUpLink(token)) => token.as_str().to_owned(),
        _ => String::new(),
    };
    let form = AccountForm::open();
    let name = form.typed("name").unwrap_or_default();
    let submit = form.submit(move |values| {
        let (token, name, password) = (token.clone(), values.get("name"), values.get("password"));
        async move {
            let path = sign_up(token, name, password).await?;
            browser::load_document(&Route::arrival(&path));
            Ok(())
        }
    });
    view! {
        <StartFrame title="Create your account" lead="Email confirmed. Add your name and choose a password.">
            <FormMessage form=form.state/>
            <form class="form" method="post" action=route.url() novalidate on:submit=submit>
                <input type="hidden" name="action" value="create-account"/>
                <div class="field">
                    <span class="label">"Email"</span>
                    <p class="fixed" data-testid="verified-email">{email.clone()}</p>
                    <input class="visually-hidden" type="email" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=email/>
                </div>
                <TextField name="name" label="Your name" value=name errors=form.state.errors/>
                <PasswordField name="password" label="Password" autocomplete="new-password" errors=form.state.errors hint="At least 12 characters. A few random words work well."/>
                <SubmitButton form=form.state label="Create account" wide=true/>
            </form>
        </StartFrame>
    }
}
