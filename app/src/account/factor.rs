//! The second-factor prompt. Shown during sign-in, before entering a workspace that requires a second factor, and
//! before changing factors. Code entry works without JavaScript.

use super::{
    AccountFrame, FactorAsk, FactorReason, begin_factor_passkey, prove_factor, prove_factor_by_passkey,
    security::passkey_error,
};
use crate::{
    boot::{AccountData, Returned},
    browser,
    error::AppError,
    reactive,
    routes::{ReturnTo, Route},
    session::{Session, use_session},
    ui::{Icon, Pending, clears_error},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{factor::FactorMethods, text::isolated};

/// Second-factor page at `/account/factor`.
#[component]
pub fn FactorPage() -> impl IntoView {
    let session = use_session();
    let Some(AccountData::Factor(ask)) = session.take_account_data() else {
        // Only the server knows whom to prompt and why, so the page needs a full document load.
        reactive::effect(browser::reload_document);
        return ().into_any();
    };
    let returned = session.take_returned().unwrap_or_default();
    let FactorAsk { why, methods, next } = ask;
    let (title, text) = match &why {
        FactorReason::Workspace(name) if methods.any() => (
            format!("{} requires two-factor authentication", isolated(name)),
            "Confirm it’s you to continue. You won’t be asked again while you stay signed in.".to_owned(),
        ),
        FactorReason::Workspace(name) => (
            format!("{} requires two-factor authentication", isolated(name)),
            "Set it up now. It takes about a minute, and you’ll come straight back here.".to_owned(),
        ),
        FactorReason::Demanding(name) => (
            "Confirm it’s you".to_owned(),
            if methods.any() {
                let name = isolated(name);
                format!(
                    "Before you require two-factor authentication in {name}, confirm it’s you, so that you aren’t \
                     locked out."
                )
            } else {
                let name = isolated(name);
                format!("Before you require two-factor authentication in {name}, set it up for yourself.")
            },
        ),
        FactorReason::Seats => (
            "Confirm it’s you".to_owned(),
            if methods.any() {
                "This change affects access to a workspace that requires two-factor authentication, so confirm it’s you first."
            } else {
                "This change affects access to a workspace that requires two-factor authentication, so set it up first."
            }
            .to_owned(),
        ),
        FactorReason::SignIn(email) => ("One more step".to_owned(), format!("Confirm it’s you to sign in as {email}.")),
        FactorReason::Change => (
            "Confirm it’s you".to_owned(),
            "Use two-factor authentication to change your security settings.".to_owned(),
        ),
    };
    let body = if methods.any() {
        view! { <Prove session methods next=next.clone() returned/> }.into_any()
    } else {
        let next = next.as_deref().and_then(ReturnTo::parse);
        view! { <a class="btn primary wide" href=Route::Security { next }.url() data-testid="set-up">"Set up two-factor authentication"</a> }.into_any()
    };
    let way_out = match why {
        FactorReason::SignIn(_) => view! {
            <form method="post" action="/sign-out"><input type="hidden" name="action" value="sign-out"/><button class="link" type="submit">"Use another account"</button></form>
        }
        .into_any(),
        FactorReason::Workspace(_) | FactorReason::Demanding(_) | FactorReason::Seats => view! { <a class="link" href=Route::home().url()>"All workspaces"</a> }.into_any(),
        FactorReason::Change => view! { <a class="link" href=Route::Security { next: None }.url()>"Back to security"</a> }.into_any(),
    };
    view! {
        <AccountFrame>
            <main class="auth" id="main" data-testid="factor">
                <header><div><h1>{title}</h1><p>{text}</p></div></header>
                {body}
                <div class="after">{way_out}</div>
            </main>
        </AccountFrame>
    }
    .into_any()
}

#[component]
fn Prove(session: Session, methods: FactorMethods, next: Option<String>, returned: Returned) -> impl IntoView {
    let (errors, pending) = (RwSignal::new(returned.errors), Pending::new(returned.message));
    let next = StoredValue::new(next.unwrap_or_default());
    let here = Route::Factor { next: next.with_value(|n| ReturnTo::parse(n)) }.url();
    let failed = move |error: AppError| {
        let Some(error) = session.form_error(error) else { return };
        pending.message.set(error.form_message(|field| field == "code"));
        errors.set(error.fields());
        browser::next_frame(|| browser::focus("[aria-invalid=true]"));
    };
    let leave = |path: String| browser::load_document(&path);
    let by_code = move |event: SubmitEvent| {
        event.prevent_default();
        let values = browser::form_values(&event);
        let code = values.into_iter().find(|(name, _)| name == "code").map(|(_, v)| v).unwrap_or_default();
        pending.run_and_leave(prove_factor(code, next.get_value()), leave, failed);
    };
    let by_passkey = move |_| {
        let next = next.get_value();
        let answer = async move {
            let challenge = begin_factor_passkey().await?;
            let credential = browser::sign_with_passkey(&challenge.options).await.map_err(passkey_error)?;
            prove_factor_by_passkey(challenge.handle, credential, next).await
        };
        pending.run_and_leave(answer, leave, failed);
    };
    let wrong = move || errors.with(|e| e.of("code").map(str::to_owned));
    view! {
        {pending.banner()}
        {methods.passkey.then(|| view! {
            <button class="btn wide" class:primary=!methods.code type="button" data-script data-testid="use-passkey"
                aria-busy=move || pending.aria_busy() on:click=by_passkey><Icon name="passkey"/>"Use a passkey"</button>
        })}
        {methods.code.then(|| view! {
            <form class="form" method="post" action=here novalidate data-unguarded on:submit=by_code>
                <input type="hidden" name="action" value="prove"/>
                <div class="field">
                    <label for="code">"Code"</label>
                    <input class="input" id="code" name="code" type="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" autofocus
                        on:input=clears_error(errors, "code")
                        aria-invalid=move || wrong().map(|_| "true") aria-describedby="code-error code-hint"/>
                    <p class="error" id="code-error">{move || wrong().map(|message| view! { <Icon name="alert"/><span>{message}</span> })}</p>
                    <p class="hint" id="code-hint">"The 6-digit code from your authenticator app, or a recovery code."</p>
                </div>
                <button class="btn primary wide" type="submit" aria-busy=move || pending.aria_busy()>"Confirm"</button>
            </form>
        })}
    }
}
