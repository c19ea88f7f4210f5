//! Password reset: asks for an email address, then, after the emailed link, for a new password.

use super::{SentPage, StartFrame, ask_reset, reset_password};
use crate::{
    account::form::AccountForm,
    browser,
    routes::{Route, Start},
    session::use_session,
    ui::{EmailField, FormMessage, PasswordField, SubmitButton},
};
use leptos::prelude::*;

/// Page at `/reset`.
#[component]
pub(super) fn AskPage(sent_to: Option<String>) -> impl IntoView {
    let sent = RwSignal::new(sent_to);
    let form = AccountForm::open();
    let typed = StoredValue::new(form.typed("email").unwrap_or_default());
    let submit = StoredValue::new(form.submit(move |values| {
        let email = values.get("email");
        async move {
            ask_reset(email.clone()).await?;
            sent.set(Some(email.trim().to_owned()));
            Ok(())
        }
    }));
    move || {
        match sent.get() {
        Some(email) => view! { <SentPage email works_for="an hour" again=Route::Start(Start::Reset)/> }.into_any(),
        None => view! {
            <StartFrame title="Reset your password" lead="Enter your email and we’ll send you a reset link.">
                <FormMessage form=form.state/>
                <form class="form" method="post" action=Route::Start(Start::Reset).url() novalidate data-unguarded on:submit=move |event| submit.with_value(|submit| submit(event))>
                    <input type="hidden" name="action" value="reset"/>
                    <EmailField value=typed.get_value() errors=form.state.errors/>
                    <SubmitButton form=form.state label="Send link" wide=true/>
                </form>
                <p class="after"><a class="link" href=Route::SignIn { next: None, notice: None }.url()>"Back to sign-in"</a></p>
            </StartFrame>
        }
        .into_any(),
    }
    }
}

/// Page at `/reset/{token}`.
#[component]
pub(super) fn FormPage(email: String) -> impl IntoView {
    let session = use_session();
    let route = session.navigator.route_now();
    let token = match &route {
        Route::Start(Start::ResetLink(token)) => token.as_str().to_owned(),
        _ => String::new(),
    };
    let form = AccountForm::open();
    let submit = form.submit(move |values| {
        let (token, password) = (token.clone(), values.get("password"));
        async move {
            let path = reset_password(token, password).await?;
            browser::load_document(&path);
            Ok(())
        }
    });
    view! {
        <StartFrame title="Set a new password" lead="This signs you out on all devices and revokes your operator tokens.">
            <FormMessage form=form.state/>
            <form class="form" method="post" action=route.url() novalidate on:submit=submit>
                <input type="hidden" name="action" value="set-password"/>
                <div class="field">
                    <span class="label">"Email"</span>
                    <p class="fixed">{email.clone()}</p>
                    <input class="visually-hidden" type="email" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=email/>
                </div>
                <PasswordField name="password" label="New password" autocomplete="new-password" errors=form.state.errors hint="At least 12 characters. A few random words work well."/>
                <SubmitButton form=form.state label="Set password" wide=true/>
            </form>
        </StartFrame>
    }
}
